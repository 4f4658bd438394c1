// The rules' room: what is typed is kept as a draft and checked, previews follow, and CodeMirror where it was built.

const KEEP_AFTER = 1200;
const CHECK_AFTER = 400;
const TOKEN = document.querySelector('meta[name="form-token"]')?.content ?? "";
const kept = document.querySelector("[data-kept]");
const problemsPlace = document.querySelector("[data-problems]");
const fields = [...document.querySelectorAll("textarea[data-editor]:not([readonly])")];
const told = new Set();

/** Sends a form as a script, with the page's token. */
function post(path, values) {
  const body = new URLSearchParams(values);
  return fetch(path, { method: "POST", body, headers: { "X-Form-Token": TOKEN, Accept: "application/json" } });
}

/** Returns a function that runs `work` once nothing more was asked for some milliseconds. */
function later(work, wait) {
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...values), wait);
  };
}

/** Keeps one field's text in the draft; what stands there from another window is never overwritten. */
async function keep(field) {
  if (field.dataset.keeping) return void later(() => keep(field), KEEP_AFTER)();
  const text = field.value;
  field.dataset.keeping = "1";
  kept.textContent = kept.dataset.saving;
  try {
    const answer = await post("/rules/draft", { path: field.dataset.path, text, seen: field.dataset.seen });
    if (answer.status === 409) return void field.form.requestSubmit(field.form.querySelector('[value="keep"]'));
    if (!answer.ok) throw new Error(String(answer.status));
    field.dataset.seen = (await answer.json()).seen;
    const hidden = field.form.elements["seen"] ?? field.form.elements[`seen:${field.dataset.path}`];
    if (hidden) hidden.value = field.dataset.seen;
    kept.textContent = kept.dataset.done;
    field.dataset.dirty = "";
    refreshParts();
  } catch {
    kept.textContent = kept.dataset.failed;
    later(() => keep(field), 5000)();
  } finally {
    delete field.dataset.keeping;
  }
}

/** Asks what is wrong with the draft as it is typed; shows it beside the text and in its lines. */
async function check(field) {
  const text = field.value;
  try {
    const answer = await post("/rules/check", { path: field.dataset.path, text });
    if (!answer.ok || field.value !== text) return;
    const { problems } = await answer.json();
    showProblems(problems.filter((each) => fields.some((one) => one.dataset.path === each.file)));
    for (const tell of told) tell(problems);
  } catch {
    // Without a connection the last check stays; the draft says that it could not be kept.
  }
}

/** Lists problems beside the text. */
function showProblems(problems) {
  if (!problemsPlace) return;
  const list = document.createElement(problems.length ? "ul" : "p");
  list.className = problems.length ? "problems" : "soft";
  if (!problems.length) list.textContent = problemsPlace.dataset.none;
  for (const each of problems) {
    const item = list.appendChild(document.createElement("li"));
    const badge = item.appendChild(document.createElement("span"));
    badge.className = `badge ${each.severity === "error" ? "bad" : "warn"}`;
    badge.textContent = problemsPlace.dataset[each.severity];
    item.append(" ", Object.assign(document.createElement("span"), { className: "mono", textContent: `${each.file}:${each.line}:${each.column}` }));
    item.append(" ", each.text);
  }
  problemsPlace.replaceChildren(list);
}

/** Fetches the parts beside the editor anew. */
const refreshParts = later(async () => {
  const contact = document.querySelector("[data-preview-contact]")?.value.trim() ?? "";
  for (const part of document.querySelectorAll("[data-part]")) {
    const address = new URL(part.dataset.part, location.origin);
    if (contact) address.searchParams.set("contact", contact);
    const headers = part.dataset.etag ? { "If-None-Match": part.dataset.etag } : {};
    const answer = await fetch(address, { headers }).catch(() => null);
    if (!answer || answer.status !== 200) continue;
    part.dataset.etag = answer.headers.get("etag") ?? "";
    part.innerHTML = await answer.text();
  }
}, 150);

const keepLater = new Map(fields.map((field) => [field, later(keep, KEEP_AFTER)]));
const checkLater = later(check, CHECK_AFTER);

/** Notes that a field was typed in. */
function typed(field) {
  field.dataset.dirty = "1";
  keepLater.get(field)(field);
  checkLater(field);
}

for (const field of fields) field.addEventListener("input", () => typed(field));
const form = document.querySelector("[data-preview-form]");
form?.addEventListener("submit", (event) => (event.preventDefault(), refreshParts()));
form?.addEventListener("input", later(refreshParts, 300));
addEventListener("beforeunload", (event) => {
  if (fields.some((field) => field.dataset.dirty) && !document.activeElement?.form?.hasAttribute("data-editing")) event.preventDefault();
});
refreshParts();
if (document.documentElement.dataset.built?.split(" ").includes("editor") && fields.length) {
  import("./rules_editor.js").then(({ mount }) => fields.forEach((field) => told.add(mount(field, typed))));
}
