// uPlot, for charts; the tables beside them say the same.
export { default } from "uplot";
