// Dialogs: a button with data-opens="id" opens the dialog of that id, one with data-closes closes the one it stands in.

/** Opens and closes dialogs for the whole page, also in parts that come later. */
export function openDialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest?.("[data-opens]");
    if (opener) {
      event.preventDefault();
      document.getElementById(opener.dataset.opens)?.showModal();
    }
    event.target.closest?.("[data-closes]")?.closest("dialog")?.close();
  });
}
