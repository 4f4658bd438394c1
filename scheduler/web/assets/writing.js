// The box that a text is written in. What it costs and what a template says is asked of the server, never reckoned here.

const PAUSE = 250;
const box = document.querySelector("#box");

/** Asks for the counter a quarter of a second after the last key; an older answer never replaces a newer one. */
export function countWhileTyping() {
  const bill = document.querySelector("#bill");
  if (!box || !bill) return;
  let timer = 0;
  let asked = 0;
  const ask = async () => {
    const mine = ++asked;
    try {
      const answer = await fetch(box.dataset.segmentsUrl, { method: "POST", body: new FormData(box) });
      const html = answer.ok ? await answer.text() : null;
      if (html !== null && mine === asked) bill.innerHTML = html;
    } catch { /* Without a connection the counter stands still; sending reckons anew anyway. */ }
  };
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  if (box.elements.text.value) ask();
}

/** Opens the templates by `/` in an empty box, and puts the chosen one's words in without leaving the page. */
export function offerTemplates() {
  const details = document.querySelector("#templates");
  const text = box?.elements.text;
  if (!details || !text) return;
  const form = details.querySelector("form");
  const { template } = form.elements;
  const which = form.querySelector("#which");
  const askWhich = () => { if (which) which.hidden = template.selectedOptions[0]?.dataset.asks !== "yes"; };
  text.addEventListener("keydown", (event) => {
    if (event.key !== "/" || text.value !== "") return;
    event.preventDefault();
    details.open = true;
    template.focus();
  });
  template.addEventListener("change", askWhich);
  askWhich();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    fill(form, which, details, text);
  });
}

async function fill(form, which, details, text) {
  const asked = new URLSearchParams(new FormData(form));
  const whom = box.elements.to?.value;
  if (whom) asked.set("to", whom);
  if (!which || which.hidden) asked.delete("occasion");
  const problem = form.querySelector("[data-words-problem]");
  const answer = await fetch(`/texts/words?${asked}`);
  const said = await answer.json().catch(() => ({}));
  problem.hidden = Boolean(said.text);
  problem.textContent = said.problem ?? "";
  if (!said.text) return;
  text.setRangeText(said.text, text.selectionStart, text.selectionEnd, "end");
  details.open = false;
  text.focus();
  text.dispatchEvent(new Event("input", { bubbles: true }));
}
