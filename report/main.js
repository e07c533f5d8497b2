// The parts of the page, and the address that names the one that is shown: #imports/json.decoder.

const neededCount = graph ? graph.missing.filter((m) => !m.optional && !m.reason).length : 0;
const unknownCount = data.components.filter((c) => !c.licence).length;
const parts = [
  { id: "size", title: "Size", make: sizePart },
  { id: "imports", title: "Imports", make: importsPart },
  { id: "missing", title: "Missing", make: missingPart, count: graph ? neededCount : null, bad: neededCount > 0 },
  { id: "licences", title: "Licences", make: licencesPart, count: data.components.length, bad: unknownCount > 0 },
  { id: "native", title: "Machine code", make: nativePart, count: data.natives.length },
  { id: "files", title: "Files", make: filesPart },
];
let current = "";

function go(part, detail) {
  location.hash = part + (detail ? "/" + encodeURIComponent(detail) : "");
}

function route() {
  const [id, detail] = location.hash.slice(1).split("/");
  const part = parts.find((p) => p.id === id) || parts[0];
  let name = "";
  try { name = decodeURIComponent(detail || ""); } catch { /* a hand-written address */ }
  current = part.id;
  tip();
  for (const p of parts) p.tab.setAttribute("aria-selected", p === part ? "true" : "false");
  if (!part.shown || part.id === "imports") part.shown = part.make(name).filter(Boolean);
  document.getElementById("main").replaceChildren(...part.shown);
  if (part.id === "size") zoom(shown);
  if (part.id === "imports" && !name && graph) search.focus();
}

document.getElementById("title").textContent = data.name;
document.getElementById("subtitle").textContent = ["Python " + (data.facts.find((f) => f.name === "Python")?.value || ""), data.facts.find((f) => f.name === "Targets")?.value].filter(Boolean).join(" · ");
const tabs = document.getElementById("tabs");
for (const p of parts) {
  p.tab = el("button", { type: "button", role: "tab", id: "tab-" + p.id, onclick: () => go(p.id) }, p.title,
    p.count == null ? null : el("span", { class: "count" + (p.bad ? " bad" : "") }, number(p.count)));
  tabs.append(p.tab);
}
tabs.addEventListener("keydown", (e) => {
  const i = parts.findIndex((p) => p.tab === document.activeElement), step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
  if (i >= 0 && step) parts[(i + step + parts.length) % parts.length].tab.focus();
});

const theme = document.getElementById("theme");
const dark = () => document.documentElement.dataset.theme ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
const drawTheme = () => { theme.textContent = dark() ? "☀" : "☾"; };
theme.addEventListener("click", () => { document.documentElement.dataset.theme = dark() ? "light" : "dark"; drawTheme(); });
drawTheme();
addEventListener("hashchange", route);
route();
