// Conversations: the counter while one types, templates by `/`, the newest line in sight, and word of new texts.
import { countWhileTyping, offerTemplates } from "./writing.js";

/** Shows the end of a conversation, also when a new text comes while its end is in sight. */
function keepEndInSight() {
  const lines = document.querySelector("#lines");
  if (!lines) return;
  const toEnd = () => { lines.scrollTop = lines.scrollHeight; };
  toEnd();
  let atEnd = true;
  lines.addEventListener("scroll", () => { atEnd = lines.scrollTop + lines.clientHeight > lines.scrollHeight - 40; });
  new MutationObserver(() => { if (atEnd) toEnd(); }).observe(lines, { childList: true, subtree: true });
}

/** Notes that a conversation was read once somebody looks at it. */
function markRead() {
  const form = document.querySelector("form[data-reads]");
  if (!form) return;
  const send = async () => {
    if (document.hidden) return;
    document.removeEventListener("visibilitychange", send);
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
    if (answer.type === "opaqueredirect") form.hidden = true;
  };
  document.addEventListener("visibilitychange", send);
  send();
}

keepEndInSight();
markRead();
countWhileTyping();
offerTemplates();
