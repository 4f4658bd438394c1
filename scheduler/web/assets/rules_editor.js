// CodeMirror over a text field: completion and help from the rules' JSON Schema, what is wrong in its line.
import * as cm from "./editor.js";

const schema = fetch("/rules/schema.json").then((answer) => (answer.ok ? answer.json() : {})).catch(() => ({}));
const FILTERS = ["date", "time", "weekday", "day", "money", "default", "lower", "upper", "title"];

const look = cm.EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--sheet)", fontSize: "14px" },
  ".cm-scroller": { fontFamily: 'ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace', overflow: "auto", maxHeight: "75vh" },
  ".cm-content": { caretColor: "var(--ink)", minHeight: "8rem" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--raised)", color: "var(--soft)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--raised)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--accent-wash) !important" },
  ".cm-tooltip": { backgroundColor: "var(--sheet)", color: "var(--ink)", border: "1px solid var(--strong-line)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--accent-ink)" },
  ".cm-help": { padding: ".3rem .6rem", maxWidth: "26rem" },
  ".cm-lintRange-error": { backgroundImage: "none", borderBottom: "2px wavy var(--bad)", textDecoration: "underline wavy var(--bad)" },
  ".cm-lintRange-warning": { backgroundImage: "none", textDecoration: "underline wavy var(--warn)" },
  ".cm-lint-marker-error, .cm-lint-marker-warning": { content: "none", width: ".7em", height: ".7em", borderRadius: "50%" },
  ".cm-lint-marker-error": { backgroundColor: "var(--bad)" },
  ".cm-lint-marker-warning": { backgroundColor: "var(--warn)" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--bad)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--warn)" },
});
const colours = cm.HighlightStyle.define([
  { tag: [cm.tags.propertyName, cm.tags.definition(cm.tags.propertyName)], color: "var(--accent)" },
  { tag: cm.tags.string, color: "var(--good)" },
  { tag: cm.tags.comment, color: "var(--soft)", fontStyle: "italic" },
]);

/** Follows references and alternatives to the parts of a schema that say something. */
function parts(root, part) {
  if (!part) return [];
  if (part.$ref) return parts(root, part.$ref.split("/").slice(1).reduce((at, name) => at?.[name], root));
  const many = [...(part.anyOf ?? []), ...(part.oneOf ?? []), ...(part.allOf ?? [])];
  return [part, ...many.flatMap((each) => parts(root, each))];
}

/** Goes one key, or into a list (null), down from parts. */
function below(root, found, key) {
  return found.flatMap((part) => {
    if (key === null) return parts(root, part.items);
    return parts(root, part.properties?.[key] ?? (typeof part.additionalProperties === "object" ? part.additionalProperties : null));
  });
}

/** Returns the keys above a place of the text, outermost first; null stands for a list's entry. */
function pathAt(doc, at) {
  const line = doc.lineAt(at);
  const path = [];
  let before = line.text.slice(0, at - line.from);
  let depth = 0;
  let end = before.length;
  const inner = [];
  for (let index = before.length - 1; index >= 0; index -= 1) {
    const sign = before[index];
    if (sign === "}" || sign === "]") depth += 1;
    if (sign !== "{" && sign !== "[") continue;
    if (depth > 0) { depth -= 1; continue; }
    const opener = /([\w-]+):\s*$/.exec(before.slice(0, index));
    if (sign === "[") inner.unshift(null);
    if (opener) inner.unshift(opener[1]);
    else if (sign === "{" && /-\s*$/.test(before.slice(0, index))) { end = index; }
    end = Math.min(end, index);
  }
  let indent = /^[\s-]*/.exec(before)[0].length;
  if (/^\s*- /.test(line.text)) path.unshift(null), (indent = line.text.indexOf("-"));
  for (let number = line.number - 1; number > 0 && indent > 0; number -= 1) {
    const text = doc.line(number).text;
    const match = /^(\s*)((?:- )*)([\w-]+):/.exec(text);
    if (!match) continue;
    const own = match[1].length + match[2].length;
    if (match[2] && match[1].length < indent && own === indent) { path.unshift(null); indent = match[1].length; continue; }
    if (own < indent || (own === indent && path[0] === null && !match[2])) {
      path.unshift(match[3]);
      if (match[2]) path.unshift(null);
      indent = match[2] ? match[1].length : own;
    }
  }
  return [...path, ...inner];
}

/** Returns what the schema says of a place: from the top, or, where that leads nowhere, of a step, a rule, the settings. */
function partsAt(root, path) {
  const top = parts(root, root);
  const found = path.reduce((at, key) => below(root, at, key), top);
  return found.length ? found : [];
}

function completion(root) {
  return (context) => {
    const word = context.matchBefore(/[\w-]*/);
    const line = context.state.doc.lineAt(context.pos);
    const before = line.text.slice(0, (word?.from ?? context.pos) - line.from);
    if (/#/.test(before) || (word.from === word.to && !context.explicit && !/[{,:[] ?$/.test(before))) return null;
    const value = /([\w-]+):\s*\[?[^{},]*$/.exec(before);
    const found = partsAt(root, pathAt(context.state.doc, word.from));
    if (value) {
      const of = below(root, found, value[1]).flatMap((part) => [part, ...parts(root, part.items)]);
      const words = [...new Set(of.flatMap((part) => part.enum ?? (part.const === undefined ? [] : [part.const])))];
      return words.length ? { from: word.from, options: words.map((each) => ({ label: String(each), type: "enum" })) } : null;
    }
    const options = found.flatMap((part) => Object.entries(part.properties ?? {})).map(([label, part]) => ({
      label, type: "property", apply: `${label}: `, info: help(root, part),
    }));
    return options.length ? { from: word.from, options, validFor: /^[\w-]*$/ } : null;
  };
}

const help = (root, part) => parts(root, part).map((each) => each.description).find(Boolean) ?? "";

function hover(root) {
  return cm.hoverTooltip((view, at) => {
    const line = view.state.doc.lineAt(at);
    const key = [...line.text.matchAll(/([\w-]+):/g)].find((each) => line.from + each.index <= at && at <= line.from + each.index + each[1].length);
    if (!key) return null;
    const from = line.from + key.index;
    const said = partsAt(root, pathAt(view.state.doc, from)).map((part) => help(root, part.properties?.[key[1]])).find(Boolean);
    if (!said) return null;
    const dom = Object.assign(document.createElement("div"), { className: "cm-help", textContent: said });
    return { pos: from, end: from + key[1].length, create: () => ({ dom }) };
  });
}

/** Completes what a text may name, between braces. */
function names(field) {
  const known = (field.dataset.names ?? "").trim().split(/\s+/);
  return (context) => {
    const open = context.matchBefore(/\{\{[^}]*/);
    const word = context.matchBefore(/[\w.]*/);
    if (!open) return null;
    const labels = /\|\s*\w*$/.test(open.text) ? FILTERS : known;
    return { from: word.from, options: labels.map((label) => ({ label, type: "variable" })) };
  };
}

/** Puts an editor over a field, which keeps the text; returns what takes the problems of a check. */
export function mount(field, typed) {
  const host = document.createElement("div");
  host.className = "editor";
  field.after(host);
  const shadow = host.attachShadow({ mode: "open" });
  const isYaml = field.dataset.editor === "yaml";
  const complete = new cm.Compartment();
  const source = (one) => [cm.autocompletion({ override: [one] })];
  const view = new cm.EditorView({
    root: shadow,
    parent: shadow,
    doc: field.value,
    extensions: [
      cm.lineNumbers(), cm.highlightSpecialChars(), cm.history(), cm.drawSelection(), cm.bracketMatching(), cm.closeBrackets(),
      cm.highlightActiveLine(), cm.syntaxHighlighting(colours), cm.lintGutter(), look, cm.indentUnit.of("  "),
      isYaml ? [cm.yaml(), cm.indentOnInput()] : cm.EditorView.lineWrapping,
      cm.keymap.of([...cm.closeBracketsKeymap, ...cm.completionKeymap, ...cm.defaultKeymap, ...cm.searchKeymap, ...cm.historyKeymap, ...cm.lintKeymap]),
      cm.EditorView.contentAttributes.of({ "aria-label": field.dataset.label }),
      complete.of(isYaml ? [] : source(names(field))),
      cm.EditorView.updateListener.of((update) => {
        if (!update.docChanged) return;
        field.value = update.state.doc.toString();
        typed(field);
      }),
    ],
  });
  field.hidden = true;
  view.scrollDOM.tabIndex = 0;
  if (isYaml) schema.then((root) => view.dispatch({ effects: complete.reconfigure([...source(completion(root)), hover(root)]) }));
  goToLine(view);
  return (problems) => view.dispatch(cm.setDiagnostics(view.state, problems.filter((each) => each.file === field.dataset.path).map((each) => place(view.state.doc, each))));
}

/** Goes to the line that the address names: `#line-6`. */
function goToLine(view) {
  const line = Number(/^#line-(\d+)$/.exec(location.hash)?.[1] ?? 0);
  if (line < 1 || line > view.state.doc.lines) return;
  view.dispatch({ selection: { anchor: view.state.doc.line(line).from }, scrollIntoView: true });
  view.focus();
}

function place(doc, each) {
  const line = doc.line(Math.min(Math.max(1, each.line), doc.lines));
  const from = Math.min(line.from + each.column - 1, line.to);
  const length = /^[\w-]+/.exec(doc.sliceString(from, line.to))?.[0].length ?? 1;
  return { from, to: Math.min(line.to, from + length), severity: each.severity, message: each.text };
}
