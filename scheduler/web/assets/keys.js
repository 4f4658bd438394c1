// Keys for those who work here all day: `/` to search, `j` and `k` along the rows, `?` for this list, `g` then a letter.

const TYPING = "input, textarea, select, [contenteditable], .cm-editor";
const ROW = "[data-row]";
let wantsRoom = false;

/** Moves along the rows of a list; Enter follows the row's first link. */
function step(by) {
  const rows = [...document.querySelectorAll(ROW)];
  const at = rows.indexOf(document.activeElement?.closest(ROW));
  const row = rows[Math.min(rows.length - 1, Math.max(0, at + by))];
  const target = row?.querySelector("a, button, input") ?? row;
  target?.focus();
  row?.scrollIntoView({ block: "nearest" });
}

/** Goes to the room whose link carries that letter. */
function goTo(letter) {
  document.querySelector(`nav [data-key="${CSS.escape(letter)}"]`)?.click();
}

const ACTS = {
  "/": () => document.querySelector("[data-search]")?.focus(),
  "?": () => document.querySelector("#keys-dialog")?.showModal(),
  j: () => step(1),
  k: () => step(-1),
};

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(TYPING)) return;
  if (document.querySelector("dialog[open]")) return;
  if (wantsRoom) {
    wantsRoom = false;
    goTo(event.key);
    return;
  }
  if (event.key === "g") {
    wantsRoom = true;
    return;
  }
  const act = ACTS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

/** Listens to the keys of the page. */
export function followKeys() {
  document.addEventListener("keydown", onKey);
}
