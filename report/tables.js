// Tables of the page: missing modules, licences, machine code, files that were left out.

// table makes a table of rows that can be searched and sorted. A column is {title, of, show, num}: of gives what is sorted and
// searched by, show what stands in the cell.
function table(columns, rows, options) {
  const settings = Object.assign({ most: 300, sort: -1, down: false, filter: () => true }, options);
  const body = el("tbody");
  const note = el("span", { class: "note", role: "status" });
  const query = el("input", { class: "search", type: "search", placeholder: settings.placeholder || "Search", "aria-label": settings.placeholder || "Search", spellcheck: "false" });
  let most = settings.most;
  const heads = columns.map((c, i) => el("th", { class: c.num ? "num" : "", scope: "col" }, el("button", {
    type: "button", onclick: () => { settings.down = settings.sort === i ? !settings.down : Boolean(c.num); settings.sort = i; draw(); },
  }, c.title)));
  const more = el("button", { type: "button", class: "more", onclick: () => { most += 1000; draw(); } });
  function draw() {
    const fits = matcher(query.value);
    const list = rows.filter((r) => settings.filter(r) && fits(columns.map((c) => c.of(r)).join(" ")));
    const by = columns[settings.sort];
    if (by) {
      list.sort((a, b) => { const x = by.of(a), y = by.of(b); return x < y ? -1 : x > y ? 1 : 0; });
      if (settings.down) list.reverse();
    }
    heads.forEach((h, i) => i === settings.sort ? h.setAttribute("aria-sort", settings.down ? "descending" : "ascending") : h.removeAttribute("aria-sort"));
    body.replaceChildren(...list.slice(0, most).map((r) => el("tr", {}, columns.map((c) => el("td", { class: [c.num ? "num" : "", c.mono ? "mono" : ""].join(" ").trim() || null }, (c.show || c.of)(r))))));
    note.textContent = list.length === rows.length ? number(rows.length) : number(list.length) + " of " + number(rows.length);
    more.hidden = list.length <= most;
    more.textContent = "Show more";
  }
  query.addEventListener("input", later(() => { most = settings.most; draw(); }));
  draw();
  return {
    draw, settings,
    parts: [el("div", { class: "tools" }, query, settings.tools || null, note),
      el("div", { class: "scroll" }, el("table", {}, el("thead", {}, el("tr", {}, heads)), body)), more],
  };
}

// bars shows numbers of things by name.
function bars(list) {
  const most = Math.max(1, ...list.map((t) => t.files));
  return el("div", { class: "bars" }, list.flatMap((t) => {
    const bar = el("i");
    bar.style.width = 100 * t.files / most + "%";
    return [el("span", {}, t.name), el("span", { class: "bar" }, bar), el("span", { class: "soft" }, number(t.files) + (t.size ? " · " + bytes(t.size) : ""))];
  }));
}

function missingPart() {
  if (!graph) return importsPart("");
  const verdict = (m) => m.reason || (m.optional ? "optional" : "needed");
  const needed = graph.missing.filter((m) => verdict(m) === "needed").length;
  let only = needed > 0;
  const box = el("input", { type: "checkbox", id: "needed" });
  box.checked = only;
  const t = table([
    { title: "Module", of: (m) => m.name, mono: true },
    { title: "Verdict", of: verdict, show: (m) => el("span", { class: "chip" + (verdict(m) === "needed" ? " bad" : "") }, verdict(m)) },
    { title: "Importers", num: true, of: (m) => m.importers.length, show: (m) => number(m.importers.length) },
    {
      title: "Who", of: (m) => m.importers.map((i) => graph.nodes[i.node]?.[0]).join(" "), show: (m) => {
        const one = (i) => [graph.nodes[i.node] ? link(i.node) : "–", el("span", { class: "soft" }, (i.line ? " line " + i.line : "") + (i.when ? ", only: " + graph.whens[i.when] : ""))];
        if (m.importers.length < 2) return m.importers.map(one).flat();
        return el("details", {}, el("summary", {}, graph.nodes[m.importers[0].node]?.[0] + " and " + number(m.importers.length - 1) + " more"), el("ul", {}, m.importers.slice(0, 200).map((i) => el("li", {}, one(i)))));
      },
    },
  ], graph.missing, { placeholder: "Search missing modules", filter: (m) => !only || verdict(m) === "needed", tools: el("label", {}, box, " needed only") });
  box.addEventListener("change", () => { only = box.checked; t.draw(); });
  return [el("section", { class: "sheet" }, el("h2", {}, "Imported, and nowhere"),
    el("p", { class: "lead" }, needed
      ? `${plural(needed, "module")} that the program can't go without, by the look of it: an import that always runs asks for them, and neither the program nor the interpreter has them.`
      : "All that is imported without condition is there. What is missing is asked for by code that goes on without it, or that runs elsewhere."), ...t.parts)];
}

function licencesPart() {
  const text = (c) => c.licence || (c.stated ? "“" + c.stated + "”" : "unknown");
  const groups = new Map();
  for (const c of data.components) groups.set(c.licence || "unknown", (groups.get(c.licence || "unknown") || 0) + 1);
  let only = "";
  const chips = el("div", { class: "chips" });
  const t = table([
    { title: "Component", of: (c) => c.name, show: (c) => el("span", { class: "d" + Math.min(3, c.depth || 0), title: c.summary || null }, c.homepage ? el("a", { href: c.homepage, rel: "noreferrer noopener" }, c.name) : c.name) },
    { title: "Version", of: (c) => c.version || "", mono: true },
    { title: "Licence", of: text, show: (c) => c.licence ? c.licence : el("span", { class: "bad" }, text(c)) },
    { title: "Found in", of: (c) => c.from || "", show: (c) => el("span", { class: "soft" }, c.from || "–") },
    { title: "Kind", of: (c) => c.kind, show: (c) => el("span", { class: "soft" }, c.kind) },
    { title: "Package URL", of: (c) => c.purl || "", mono: true },
  ], data.components, { placeholder: "Search components and licences", filter: (c) => !only || (c.licence || "unknown") === only });
  const draw = () => chips.replaceChildren(...[...groups].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([name, n]) => el("button", {
    type: "button", class: "chip" + (name === only ? " on" : name === "unknown" ? " bad" : ""), "aria-pressed": name === only ? "true" : "false",
    onclick: () => { only = only === name ? "" : name; draw(); t.draw(); },
  }, name + " " + n)));
  draw();
  return [el("section", { class: "sheet" }, el("h2", {}, "Components and licences"),
    el("p", { class: "lead" }, "All that is in the executable, and under what it comes. What is indented lies inside of the one above it."), chips, ...t.parts)];
}

function nativePart() {
  const list = (texts) => texts && texts.length ? el("details", {}, el("summary", {}, plural(texts.length, "library", "libraries")), el("ul", { class: "mono" }, texts.map((n) => el("li", {}, n)))) : "–";
  const t = table([
    { title: "File", of: (n) => n.path, mono: true },
    { title: "Distribution", of: (n) => distributionName(n.distribution) },
    { title: "Size", num: true, of: (n) => n.size, show: (n) => bytes(n.size) },
    { title: "Needs of glibc and GCC", of: (n) => n.glibc || "", mono: true },
    { title: "Runs from", of: (n) => n.oldest || "", show: (n) => n.oldest || "–" },
    { title: "Tag", of: (n) => n.tag || "", mono: true },
    { title: "Linked with", of: (n) => (n.needs || []).join(" "), show: (n) => list(n.needs) },
  ], data.natives, { placeholder: "Search machine code" });
  return [el("section", { class: "sheet" }, el("h2", {}, "Machine code"),
    data.systems.length ? el("dl", { class: "facts" }, data.systems.map((s) => [el("dt", {}, "The program on " + s.target), el("dd", {}, s.versions ? s.versions + ": from " + s.oldest + " on" : "needs no particular glibc")])) : null,
    el("h3", {}, "Files"), ...t.parts)];
}

function filesPart() {
  const t = table([
    { title: "Verdict", of: (f) => f.verdict, show: (f) => el("span", { class: "chip" }, f.verdict) },
    { title: "File", of: (f) => f.origin, mono: true },
    { title: "Why", of: (f) => f.reason || "" },
  ], data.left, { placeholder: "Search files" });
  return [el("section", { class: "sheet" }, el("h2", {}, "What became of the files"), el("h3", {}, "In the program, by kind"), bars(data.kinds),
    el("h3", {}, "Of the sources, by verdict"), bars(data.verdicts), el("h3", {}, "With a reason"), ...t.parts,
    data.leftOut ? el("p", { class: "soft" }, "and " + plural(data.leftOut, "more", "more") + ": oxgen inspect --verdicts lists them") : null)];
}
