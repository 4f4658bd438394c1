// Every page's script: parts that are fetched anew, keys, dialogs, and times in the reader's sense.
import { followKeys } from "./keys.js";
import { openDialogs } from "./dialogs.js";
import { watchForNew } from "./new_texts.js";

const TOKEN = document.querySelector('meta[name="form-token"]')?.content ?? "";

/** Teaches htmx our token, ETags for what is polled, and to ask nothing while nobody looks. */
function configure(event) {
  const { ctx } = event.detail;
  const isPolled = ctx.sourceEvent?.type === "every";
  if (isPolled && document.hidden) {
    event.preventDefault();
    return;
  }
  ctx.request.headers["X-Form-Token"] = TOKEN;
  const tag = ctx.sourceElement.dataset.etag;
  if (isPolled && tag) ctx.request.headers["If-None-Match"] = tag;
}

/** Keeps what a part's answer was called, to ask for a newer one next time. */
function remember(event) {
  const { ctx } = event.detail;
  const tag = ctx.response?.headers.get("etag");
  if (tag) ctx.sourceElement.dataset.etag = tag;
}

document.addEventListener("htmx:config:request", configure);
document.addEventListener("htmx:after:request", remember);
followKeys();
openDialogs();
watchForNew();
// At a desk the menu stands open by its style; a browser that does not know that style yet opens it here.
if (!CSS.supports("selector(::details-content)")) document.querySelector(".menu")?.setAttribute("open", "");
// Without it every page still works: forms are sent and pages loaded as a whole.
if (document.documentElement.dataset.built?.split(" ").includes("htmx")) import("./htmx.js");
