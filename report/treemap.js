// The map of what takes the space: distributions, packages, modules; one zooms into it, or goes through the list beside.

// A node of the tree is {name, size, files, colour, parent, children, kind, module}.
function buildTree() {
  const root = { name: data.name, size: 0, files: 0, colour: "fx", children: new Map() };
  const child = (parent, name, colour) => {
    let n = parent.children.get(name);
    if (!n) parent.children.set(name, n = { name, size: 0, files: 0, colour, parent, children: new Map() });
    return n;
  };
  for (const [name, kind, distribution, size] of data.files) {
    const label = data.kinds[kind].name;
    const dotted = label === "module" || label === "package" || label === "namespace";
    const parts = dotted ? name.split(".") : name.split("/");
    const d = data.distributions[distribution];
    let n = child(root, d.name + (d.version ? " " + d.version : ""), colourOf(distribution));
    for (const part of parts) n = child(n, part, n.colour);
    if (label === "package") n = child(n, "__init__", n.colour);
    Object.assign(n, { kind: label, module: dotted ? name : "", own: size });
    for (let up = n; up; up = up.parent) { up.size += size; up.files++; }
  }
  for (const o of data.other) {
    const n = child(root, o.name, "fx");
    n.size += o.size;
    n.kind = "not a file of the program";
    root.size += o.size;
  }
  const settle = (n) => {
    n.children = [...n.children.values()].sort((a, b) => b.size - a.size || (a.name < b.name ? -1 : 1));
    n.children.forEach(settle);
  };
  settle(root);
  for (const n of root.children) n.first = n.colour;
  return root;
}

// squarify divides a rectangle among sizes, largest first, so that the parts are as square as they may be (Bruls, Huizing,
// van Wijk, 2000). It returns a rectangle for each.
function squarify(sizes, x, y, w, h) {
  const out = [];
  let total = sizes.reduce((a, b) => a + b, 0);
  for (let i = 0; i < sizes.length;) {
    if (!(total > 0) || w <= 0 || h <= 0) { out.push({ x, y, w: 0, h: 0 }); i++; continue; }
    const short = Math.min(w, h), scale = w * h / total;
    const worst = (sum, min, max) => Math.max(short * short * max * scale / (sum * sum * scale * scale), sum * sum * scale * scale / (short * short * min * scale));
    let sum = sizes[i], k = i + 1;
    while (k < sizes.length && sizes[k] > 0 && worst(sum + sizes[k], sizes[k], sizes[i]) <= worst(sum, sizes[k - 1], sizes[i])) sum += sizes[k++];
    const thick = sum * scale / short;
    let at = 0;
    for (let j = i; j < k; j++) {
      const length = sizes[j] / sum * short;
      out.push(w >= h ? { x, y: y + at, w: thick, h: length } : { x: x + at, y, w: length, h: thick });
      at += length;
    }
    if (w >= h) { x += thick; w -= thick; } else { y += thick; h -= thick; }
    total -= sum;
    i = k;
  }
  return out;
}

const tree = buildTree();
let shown = tree; // what is zoomed to
let drawn = []; // the map's width and height, and what was shown, when it was last drawn
const map = svg("svg", { id: "map", role: "img", "aria-label": "Map of what takes the space; the list beside it says the same" });
const crumbs = el("nav", { class: "crumbs", "aria-label": "Where the map is" });
const sizes = el("ul", { class: "sizes", "aria-label": "What takes the space here, largest first" });

// paint gives the parts of what is shown their colours: distributions keep theirs, further in each part has its own.
function paint() {
  const colour = (n, c) => { n.colour = c; n.children.forEach((k) => colour(k, c)); };
  shown.children.forEach((n, i) => colour(n, shown === tree ? n.first : i < 10 ? "f" + i : "fx"));
}

function zoom(n, focus) {
  shown = n;
  paint();
  tip();
  drawCrumbs();
  drawSizes();
  drawMap();
  if (focus) (sizes.querySelector("button") || crumbs.querySelector("button") || map).focus?.();
}

function pathOf(n) {
  const path = [];
  for (; n; n = n.parent) path.unshift(n);
  return path;
}

function drawCrumbs() {
  const path = pathOf(shown);
  crumbs.replaceChildren(
    ...path.flatMap((n, i) => i === path.length - 1
      ? [el("span", { class: "here", "aria-current": "true" }, n.name)]
      : [el("button", { type: "button", onclick: () => zoom(n, true) }, n.name), el("span", { class: "soft", "aria-hidden": "true" }, "›")]),
    el("span", { class: "sum" }, bytes(shown.size) + " · " + plural(shown.files, "file")));
}

function drawSizes() {
  const most = shown.children.length ? shown.children[0].size : 0;
  sizes.replaceChildren(...shown.children.slice(0, 400).map((n) => {
    const bar = el("i", { class: n.colour });
    bar.style.width = (most ? 100 * n.size / most : 0) + "%";
    const parts = [
      el("span", { class: "dot " + n.colour }), el("span", { class: "name", title: n.name }, n.name),
      el("span", { class: "num" }, bytes(n.size) + " · " + percent(n.size, shown.size)), el("span", { class: "bar" }, bar),
    ];
    const light = (on) => () => n.cell && n.cell.classList.toggle("lit", on);
    const hover = { onmouseenter: light(true), onmouseleave: light(false) };
    if (n.children.length) return el("li", hover, el("button", { type: "button", onclick: () => zoom(n, true) }, parts));
    if (importsKnow(n.module)) return el("li", hover, el("button", { type: "button", title: "Who imports it", onclick: () => go("imports", n.module) }, parts));
    return el("li", hover, el("div", { class: "row" }, parts));
  }), shown.children.length > 400 ? el("li", { class: "empty" }, "and " + plural(shown.children.length - 400, "smaller one")) : null || "");
}

// drawMap draws what is zoomed to: its parts, and their parts inside of them where there is room.
function drawMap() {
  const width = map.clientWidth, height = map.clientHeight;
  if (width === drawn[0] && height === drawn[1] && shown === drawn[2]) return;
  drawn = [width, height, shown];
  map.setAttribute("viewBox", `0 0 ${width} ${height}`);
  map.replaceChildren();
  const parts = shown.children.length ? shown.children : [shown];
  if (width > 0 && height > 0) drawParts(map, parts, 0, 0, width, height, 0, null);
}

function drawParts(into, parts, x, y, w, h, depth, top) {
  const places = squarify(parts.map((n) => n.size), x, y, w, h);
  parts.forEach((n, i) => {
    const p = places[i];
    n.cell = null;
    if (p.w < 1.5 || p.h < 1.5) return;
    const target = top || n;
    const rect = svg("rect", { x: p.x, y: p.y, width: p.w, height: p.h, class: n.colour, "fill-opacity": [1, .84, .7, .6][depth] || .6, rx: depth ? 0 : 3 });
    const g = svg("g", { class: "cell" + (target.children.length ? "" : " leaf"), "data-name": n.name }, rect);
    n.cell = g;
    into.append(g);
    g.addEventListener("click", (e) => {
      e.stopPropagation();
      if (target.children.length && target !== shown) zoom(target);
      else if (importsKnow(n.module)) go("imports", n.module);
    });
    g.addEventListener("mousemove", (e) => {
      e.stopPropagation();
      tip(e, pathOf(n).slice(1).map((a) => a.name).join(" › ") || n.name, bytes(n.size) + " · " + percent(n.size, tree.size) + " of all", n.kind || plural(n.files, "file"));
    });
    const room = p.w > 60 && p.h > 44 && n.children.length > 0 && depth < 3;
    label(g, n, p, room);
    if (room) drawParts(g, n.children, p.x + 3, p.y + 21, p.w - 6, p.h - 24, depth + 1, target);
  });
}

// label writes the name into a cell, as far as it fits.
function label(g, n, p, head) {
  const fits = Math.floor((p.w - 10) / 7);
  if (p.h < 17 || fits < 3) return;
  const name = n.name.length > fits ? n.name.slice(0, fits - 1) + "…" : n.name;
  g.append(svg("text", { x: p.x + 6, y: p.y + 15, class: head ? "head" : "" }, name));
  if (!head && p.h > 36 && p.w > 54) g.append(svg("text", { x: p.x + 6, y: p.y + 30, class: "size" }, bytes(n.size)));
}

map.addEventListener("mouseleave", () => tip());
document.addEventListener("keydown", (e) => {
  if (e.key === "Escape" && current === "size" && shown.parent) zoom(shown.parent, true);
});
new ResizeObserver(() => requestAnimationFrame(drawMap)).observe(map);

function sizePart() {
  const modules = data.files.filter((f) => ["module", "package", "extension"].includes(data.kinds[f[1]].name)).length;
  const unknown = data.components.filter((c) => !c.licence).length;
  const needed = data.imports ? data.imports.missing.filter((m) => !m.optional && !m.reason).length : 0;
  const tile = (value, label, part) => part
    ? el("button", { type: "button", class: "tile", onclick: () => go(part) }, el("b", {}, value), el("span", {}, label))
    : el("div", { class: "tile" }, el("b", {}, value), el("span", {}, label));
  const fileBytes = data.files.reduce((sum, f) => sum + f[3], 0);
  return [
    el("div", { class: "tiles" },
      data.size ? tile(bytes(data.size), "executable") : null,
      tile(bytes(fileBytes), plural(data.files.length, "file")),
      tile(number(modules), "modules", data.imports ? "imports" : ""),
      tile(number(data.components.filter((c) => c.kind === "distribution").length), "distributions", "licences"),
      data.imports ? tile(number(needed), "modules needed and nowhere", "missing") : null,
      tile(number(unknown), "components without a known licence", "licences"),
      tile(number(data.natives.length), "files of machine code", "native")),
    el("div", { class: "split" },
      el("section", { class: "sheet" }, el("h2", {}, "What takes the space"), crumbs, map,
        el("p", { class: "soft" }, "Click a part to look into it; Escape goes back.")),
      el("section", { class: "sheet" }, sizes)),
    el("section", { class: "sheet facts-sheet" }, el("h2", {}, "The program"),
      el("dl", { class: "facts" }, data.facts.map((f) => [el("dt", {}, f.name), el("dd", { class: f.name === "Fingerprint" ? "mono" : "" }, f.value)]))),
  ];
}
