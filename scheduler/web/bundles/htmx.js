// htmx, for parts of pages that are fetched anew.
export { default } from "htmx.org";
