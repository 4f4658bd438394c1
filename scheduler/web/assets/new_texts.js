// Word of new texts: a number in the page's title and at the room's link, a badge at the app, and, if allowed, a notice.

const EVERY = 20_000;
const plainTitle = document.title;
let known = null;

function showCount(count) {
  document.title = count ? `(${count}) ${plainTitle}` : plainTitle;
  const link = document.querySelector('nav [data-key="m"]');
  let badge = link?.querySelector(".badge");
  if (link && count && !badge) {
    badge = document.createElement("span");
    badge.className = "badge accent";
    link.append(badge);
  }
  if (badge) {
    badge.textContent = String(count);
    badge.hidden = !count;
  }
  if (count) navigator.setAppBadge?.(count)?.catch?.(() => {});
  else navigator.clearAppBadge?.()?.catch?.(() => {});
}

/** Tells by the browser, without a word of the text or a name: a screen may be seen by anybody. */
function tell(newest) {
  const said = document.querySelector("#ask-notices")?.dataset.said;
  if (!document.hidden || !said || globalThis.Notification?.permission !== "granted") return;
  const notice = new Notification("Quietbell", { body: said, tag: newest });
  notice.onclick = () => { globalThis.focus(); };
}

async function look() {
  try {
    const answer = await fetch("/conversations/new", { headers: { accept: "application/json" } });
    if (!answer.ok) return;
    const { texts, newest } = await answer.json();
    showCount(texts);
    if (known !== null && newest && newest > known) tell(newest);
    known = newest ?? "";
  } catch { /* Without a connection nothing new is known. */ }
}

/** Looks every twenty seconds, also while the page is hidden: that is when a notice helps. */
export function watchForNew() {
  if (!document.querySelector('nav [data-key="m"]')) return;
  const button = document.querySelector("#ask-notices");
  if (button && globalThis.Notification?.permission === "default") {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await Notification.requestPermission();
      button.hidden = true;
    });
  }
  look();
  setInterval(look, EVERY);
}
