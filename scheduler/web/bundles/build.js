// Bundles what the console takes from npm into scheduler/web/static: `npm run build`. Our own modules need no building.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { build } from "esbuild";

const INTO = "scheduler/web/static";

/** Returns the folders of the packages whose files went into the bundles. */
function packagesOf(metafile) {
  const inputs = Object.keys(metafile.inputs);
  const found = inputs.map((path) => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]);
  return [...new Set(found.filter(Boolean))].sort();
}

/** Returns what a package says of how it may be used, under its name. */
async function licenceOf(folder) {
  const names = (await readdir(folder)).filter((name) => /^licen[cs]e/i.test(name));
  const texts = await Promise.all(names.map((name) => readFile(`${folder}/${name}`, "utf8")));
  return [folder.replace("node_modules/", ""), ...texts].join("\n\n");
}

const { metafile } = await build({
  entryPoints: ["htmx.js", "editor.js", "chart.js", "chart.css"].map((name) => `scheduler/web/bundles/${name}`),
  outdir: INTO,
  bundle: true,
  minify: true,
  metafile: true,
  format: "esm",
  target: "es2022",
  logLevel: "warning",
});
const licences = await Promise.all(packagesOf(metafile).map(licenceOf));
await writeFile(`${INTO}/licences.txt`, licences.join("\n\n----\n\n"));
