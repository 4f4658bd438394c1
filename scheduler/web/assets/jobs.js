// The list of jobs: ticking all, how many are ticked; and an order of many that goes on by itself.

const boxes = () => [...document.querySelectorAll('#rows input[name="job"]')];
const counter = document.querySelector("[data-ticked]");
const all = document.querySelector("[data-tick-all]");
const goesOn = document.querySelector("form[data-goes-on]");

/** Says how many are ticked. */
function count() {
  if (!counter) return;
  const ticked = boxes().filter((box) => box.checked).length;
  counter.textContent = ticked ? `(${ticked})` : "";
}

if (all) {
  all.hidden = false;
  all.addEventListener("click", () => {
    const wanted = boxes().some((box) => !box.checked);
    for (const box of boxes()) box.checked = wanted;
    count();
  });
}
document.addEventListener("change", count);
document.addEventListener("htmx:after:swap", count);
// Rows stand still while somebody ticks them: what is ticked is what was seen.
document.addEventListener("htmx:config:request", (event) => {
  const { ctx } = event.detail;
  if (ctx.sourceEvent?.type === "every" && boxes().some((box) => box.checked)) event.preventDefault();
});
if (goesOn) setTimeout(() => goesOn.requestSubmit(), 100);
