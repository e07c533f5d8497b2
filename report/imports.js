// Who imports whom: search, the chain by which a module came in, its importers and imports.

const graph = data.imports;
const nodeIndex = new Map();
const importedBy = [], importsOf = []; // edges of each node
if (graph) {
  graph.nodes.forEach((n, i) => { nodeIndex.set(n[0], i); importedBy.push([]); importsOf.push([]); });
  graph.edges.forEach((e, i) => { importsOf[e[0]].push(i); importedBy[e[1]].push(i); });
}

const importsKnow = (name) => Boolean(graph && name && nodeIndex.has(name));
const reached = (i) => graph.nodes[i][5] >= 0 || graph.nodes[i][6] !== "";

// chainTo returns the edges that lead to a node from a root, and the root.
function chainTo(i) {
  const edges = [];
  for (let guard = 0; graph.nodes[i][5] >= 0 && guard <= graph.nodes.length; guard++) {
    const e = graph.edges[graph.nodes[i][5]];
    edges.unshift(e);
    i = e[0];
  }
  return { root: i, edges };
}

// how says in words by what an edge imports.
function how(e) {
  const kind = graph.kinds[e[2]], when = graph.whens[e[4]];
  return [e[3] ? "line " + e[3] : "", kind === "import" ? "" : kind, when ? "only: " + when : ""].filter(Boolean).join(", ");
}

const search = el("input", { class: "search", type: "search", id: "search", placeholder: "Search modules", "aria-label": "Search modules", autocomplete: "off", spellcheck: "false" });
const foundNote = el("p", { class: "soft", role: "status" });
const found = el("ul", { class: "found", id: "found" });
const about = el("section", { class: "sheet", id: "about", "aria-live": "polite" });
let chosen = -1;

function drawFound() {
  const fits = matcher(search.value);
  const query = search.value.trim().toLowerCase();
  let list = graph.nodes.map((n, i) => i).filter((i) => fits(graph.nodes[i][0] + " " + distributionName(graph.nodes[i][2])));
  const rank = (i) => {
    const name = graph.nodes[i][0].toLowerCase();
    return name === query ? 0 : query && name.startsWith(query) ? 1 : query && name.split(".").includes(query) ? 2 : 3;
  };
  list.sort((a, b) => rank(a) - rank(b) || a - b);
  foundNote.textContent = plural(list.length, "module");
  found.replaceChildren(...list.slice(0, 300).map((i) => el("li", {}, el("button", {
    type: "button", class: "mono" + (reached(i) ? "" : " away"), "aria-current": i === chosen ? "true" : "false",
    title: graph.nodes[i][0], onclick: () => go("imports", graph.nodes[i][0]),
  }, graph.nodes[i][0]))), list.length > 300 ? el("li", { class: "empty" }, "and " + plural(list.length - 300, "more", "more")) : "");
}
search.addEventListener("input", later(() => drawFound()));
search.addEventListener("keydown", (e) => {
  if (e.key === "Enter") found.querySelector("button")?.click();
  if (e.key === "ArrowDown") { found.querySelector("button")?.focus(); e.preventDefault(); }
});
found.addEventListener("keydown", (e) => {
  const item = document.activeElement.closest?.("li");
  if (!item || (e.key !== "ArrowDown" && e.key !== "ArrowUp")) return;
  const next = e.key === "ArrowDown" ? item.nextElementSibling : item.previousElementSibling;
  (next?.querySelector("button") || search).focus();
  e.preventDefault();
});

const link = (i) => el("button", { type: "button", class: "mono", onclick: () => go("imports", graph.nodes[i][0]) }, graph.nodes[i][0]);

function show(i) {
  chosen = i;
  drawFound();
  if (i < 0) {
    about.replaceChildren(el("h2", {}, "Who imports whom"), el("p", { class: "lead" },
      `The bytecode of ${plural(graph.nodes.length, "module")} has ${plural(graph.edges.length, "import")}. Choose a module to see why it is in the program, what it imports and who imports it.`),
    el("h3", {}, "Where the program starts"), chain(rootsOfUser()),
    el("h3", {}, "Imported by most"), el("ul", { class: "plain" }, mostImported().map((k) => el("li", {}, link(k), el("span", { class: "soft" }, " by " + plural(new Set(importedBy[k].map((e) => graph.edges[e][0])).size, "module"))))));
    return;
  }
  const [name, kind, distribution, size, file, , root] = graph.nodes[i];
  const why = chainTo(i);
  about.replaceChildren(
    el("h2", { class: "mono" }, name),
    el("div", { class: "chips" }, el("span", { class: "chip" }, graph.kinds[kind]), distribution >= 0 ? el("span", { class: "chip" }, distributionName(distribution)) : null,
      size ? el("span", { class: "chip" }, bytes(size)) : null, file ? el("span", { class: "chip mono" }, file) : null),
    el("h3", {}, "Why it is here"),
    reached(i) ? el("ol", { class: "chain", id: "why" },
      el("li", {}, link(why.root), el("span", { class: "soft" }, " – " + (graph.nodes[why.root][6] || root))),
      why.edges.map((e) => el("li", {}, link(e[1]), el("span", { class: "soft" }, " imported by " + graph.nodes[e[0]][0] + (how(e) ? " (" + how(e) + ")" : "")))))
      : el("p", { class: "empty" }, "Nothing that runs leads to it: it is in the program because its distribution is."),
    el("h3", {}, "Around it"), ego(i),
    el("div", { class: "pair" },
      edgeList("Imported by", importedBy[i], 0), edgeList("Imports", importsOf[i], 1)));
}

const chain = (list) => el("ul", { class: "plain" }, list.map((i) => el("li", {}, link(i), el("span", { class: "soft" }, " – " + graph.nodes[i][6]))));

// rootsOfUser are the roots that people know: not those of the interpreter.
function rootsOfUser() {
  const list = graph.nodes.map((n, i) => i).filter((i) => graph.nodes[i][6] && !graph.nodes[i][6].startsWith("the interpreter"));
  const rank = (i) => graph.nodes[i][6].startsWith("the program runs") ? 0 : 1;
  return list.sort((a, b) => rank(a) - rank(b) || a - b).slice(0, 12);
}

function mostImported() {
  return graph.nodes.map((n, i) => i).sort((a, b) => importedBy[b].length - importedBy[a].length || a - b).slice(0, 12);
}

function edgeList(title, edges, end) {
  const rows = edges.map((k) => graph.edges[k]).sort((a, b) => a[end] - b[end] || a[3] - b[3]);
  const list = el("ul", { class: "plain" });
  const draw = (n) => {
    list.replaceChildren(...rows.slice(0, n).map((e) => el("li", {}, link(e[end]), el("span", { class: "soft" }, how(e) ? " " + how(e) : ""))));
    if (rows.length > n) list.append(el("button", { type: "button", class: "more", onclick: () => draw(n + 500) }, "and " + number(rows.length - n) + " more"));
  };
  draw(40);
  return el("div", {}, el("h3", {}, title + " " + number(rows.length)), rows.length ? list : el("p", { class: "empty" }, "nothing"));
}

// ego draws a module with the modules around it: importers on the left, imports on the right.
function ego(i) {
  const most = 9, row = 30, wide = 900, box = 250;
  const unique = (edges, end) => [...new Set(edges.map((k) => graph.edges[k][end]))].filter((k) => k !== i);
  const heavy = (list) => [...list].sort((a, b) => importedBy[b].length - importedBy[a].length || a - b);
  const left = heavy(unique(importedBy[i], 0)), right = heavy(unique(importsOf[i], 1));
  const rows = Math.max(1, Math.min(most, left.length) + (left.length > most), Math.min(most, right.length) + (right.length > most));
  const height = rows * row + 6, middle = height / 2;
  const s = svg("svg", { class: "ego", viewBox: `0 0 ${wide} ${height}`, role: "group", "aria-label": "The modules around " + graph.nodes[i][0] });
  const place = (k, x, y, centre) => {
    const name = graph.nodes[k][0], fits = Math.floor((box - 16) / 7.2);
    const g = svg("g", { class: centre ? "centre" : "", tabindex: "0", role: "link", "aria-label": name },
      svg("rect", { x, y: y - 12, width: box, height: 24, rx: 6 }),
      svg("text", { x: x + 9, y: y + 4 }, name.length > fits ? "…" + name.slice(1 - fits) : name), svg("title", {}, name));
    const open = () => go("imports", name);
    g.addEventListener("click", open);
    g.addEventListener("keydown", (e) => { if (e.key === "Enter") open(); });
    return g;
  };
  const side = (list, x, isLeft) => {
    const shownRows = Math.min(most, list.length), offset = (height - (shownRows + (list.length > most)) * row) / 2 + row / 2;
    list.slice(0, most).forEach((k, n) => {
      const y = offset + n * row, from = isLeft ? box : (wide + box) / 2, to = isLeft ? (wide - box) / 2 : x;
      const [y1, y2] = isLeft ? [y, middle] : [middle, y], bend = (from + to) / 2;
      s.append(svg("path", { d: `M${from} ${y1}C${bend} ${y1} ${bend} ${y2} ${to} ${y2}` }));
    });
    list.slice(0, most).forEach((k, n) => s.append(place(k, x, offset + n * row)));
    if (list.length > most) s.append(svg("text", { class: "more", x: x + 9, y: offset + most * row + 4 }, "and " + number(list.length - most) + " more"));
  };
  side(left, 0, true);
  side(right, wide - box, false);
  s.append(place(i, (wide - box) / 2, middle, true));
  return s;
}

function importsPart(name) {
  if (!graph) return [el("p", { class: "empty" }, "The imports of this program are not known: it was generated without bytecode, or by an earlier oxgen.")];
  show(nodeIndex.has(name) ? nodeIndex.get(name) : -1);
  return [el("div", { class: "split narrow" }, el("section", { class: "sheet" }, search, foundNote, found), about)];
}
