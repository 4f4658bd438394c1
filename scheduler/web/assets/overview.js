// The chart of the next hours, drawn from the table beside it: bars for what is due, quiet hours shaded, a line for
// what the senders can send. It is drawn anew when the table changes, the window does, or light turns to dark.
import uPlot from "./chart.js";

const HEIGHT = 220;
const box = document.querySelector("#hours-chart");
let plot = null;
let drawn = "";

function colour(name) {
  return getComputedStyle(box).getPropertyValue(name).trim();
}

/** Resolves light-dark(): a canvas cannot, an element can. */
function resolved(name) {
  const probe = document.createElement("i");
  probe.hidden = true;
  box.append(probe);
  probe.style.color = `var(${name})`;
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found || colour(name);
}

function rowsOf(table) {
  return [...table.querySelectorAll("tr[data-at]")].map((row) => row.dataset);
}

/** Shades the quiet hours behind everything else. */
function shade(rows, tint) {
  return (shown) => {
    const { ctx, bbox } = shown;
    ctx.save();
    ctx.fillStyle = tint;
    rows.forEach((row, index) => {
      if (!row.quiet) return;
      const left = shown.valToPos(index - 0.5, "x", true);
      const right = shown.valToPos(index + 0.5, "x", true);
      ctx.fillRect(left, bbox.top, right - left, bbox.height);
    });
    ctx.restore();
  };
}

/** Keeps the bars tall where the senders can send far more than is due: the line then lies at the edge. */
function topOf(rows) {
  const due = Math.max(...rows.map((row) => Number(row.due)), 1);
  const capacity = Math.max(...rows.map((row) => Number(row.capacity)), 1);
  return Math.max(due * 1.15, Math.min(capacity * 1.05, due * 3));
}

function options(rows, width) {
  const [ink, line, bar, limit] = ["--soft", "--line", "--accent", "--warn"].map(resolved);
  const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { stroke: line } };
  const top = topOf(rows);
  return {
    width,
    height: HEIGHT,
    cursor: { drag: { x: false, y: false } },
    scales: { x: { time: false, range: [-0.5, rows.length - 0.5] }, y: { range: [0, top] } },
    axes: [
      { ...axis, space: 70, grid: { show: false }, values: (_, at) => at.map((each) => rows[each]?.clock ?? "") },
      { ...axis, size: 56, values: (_, at) => at.map((each) => (Number.isInteger(each) ? String(each) : "")) },
    ],
    series: [
      { label: box.dataset.hour, value: (_, each) => rows[each]?.clock ?? "" },
      { label: box.dataset.due, stroke: bar, fill: bar, paths: uPlot.paths.bars({ size: [0.7, 40] }), points: { show: false } },
      {
        label: box.dataset.capacity,
        stroke: limit,
        width: 2,
        dash: [6, 4],
        points: { show: false },
        value: (_, __, ___, index) => rows[index]?.capacity ?? "",
      },
    ],
    hooks: { drawClear: [shade(rows, resolved("--line"))] },
  };
}

function draw() {
  const table = document.querySelector("#hours-table");
  if (!table) return;
  const rows = rowsOf(table);
  box.hidden = false;
  const width = box.clientWidth;
  const wanted = JSON.stringify([rows, width, resolved("--accent")]);
  if (wanted === drawn || !width) return;
  drawn = wanted;
  plot?.destroy();
  const top = topOf(rows);
  const data = [
    rows.map((_, index) => index),
    rows.map((row) => Number(row.due)),
    rows.map((row) => Math.min(Number(row.capacity), top)),
  ];
  plot = new uPlot(options(rows, width), data, box);
}

if (box) {
  box.setAttribute("aria-label", box.dataset.label);
  const part = document.querySelector("#part-hours");
  new MutationObserver(draw).observe(part, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-due"] });
  new ResizeObserver(draw).observe(box.parentElement);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  draw();
}
