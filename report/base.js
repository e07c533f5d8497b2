// What the parts of the page share: the data, elements, numbers. All that comes from the data becomes text, never markup.

const data = JSON.parse(document.getElementById("data").textContent);
const svgNS = "http://www.w3.org/2000/svg";

// fill sets attributes, listeners (onclick) and children of an element. Children are nodes, texts and lists of these, however deep;
// null is none.
function fill(e, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) e.addEventListener(name.slice(2), value);
    else if (value === true) e.setAttribute(name, "");
    else if (value !== false && value != null) e.setAttribute(name, value);
  }
  for (const c of children.flat(Infinity)) if (c != null) e.append(c);
  return e;
}

const el = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
const svg = (tag, attributes, ...children) => fill(document.createElementNS(svgNS, tag), attributes, children);

// bytes writes a number of bytes as people read it.
function bytes(n) {
  if (n < 1000) return n + " B";
  if (n < 1e6) return (n / 1e3).toFixed(1) + " kB";
  return (n / 1e6).toFixed(1) + " MB";
}

const percent = (part, whole) => whole ? (100 * part / whole).toFixed(part / whole < 0.1 ? 1 : 0) + " %" : "";
const number = (n) => n.toLocaleString("en");
const plural = (n, one, many) => number(n) + " " + (n === 1 ? one : many || one + "s");

// matcher returns a function that tells whether a text has all words of a query, whatever the case of letters.
function matcher(query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return (text) => words.every((w) => text.toLowerCase().includes(w));
}

// later calls a function when the user has stopped typing.
function later(f) {
  let timer;
  return (...args) => { clearTimeout(timer); timer = setTimeout(() => f(...args), 80); };
}

// tip shows a note beside the pointer; without lines it hides it.
const tipBox = document.getElementById("tip");
function tip(event, ...lines) {
  tipBox.hidden = lines.length === 0;
  if (tipBox.hidden) return;
  tipBox.replaceChildren(el("b", {}, lines[0]), ...lines.slice(1).filter(Boolean).map((l) => el("div", {}, l)));
  const width = tipBox.offsetWidth, height = tipBox.offsetHeight;
  tipBox.style.left = Math.max(4, Math.min(event.clientX + 14, innerWidth - width - 8)) + "px";
  tipBox.style.top = (event.clientY + 18 + height > innerHeight ? event.clientY - height - 10 : event.clientY + 18) + "px";
}

// The colours of distributions: those that take most get one each.
const distributionSizes = data.distributions.map(() => 0);
for (const f of data.files) distributionSizes[f[2]] += f[3];
const colours = new Map(distributionSizes.map((size, i) => [i, size]).sort((a, b) => b[1] - a[1]).map(([i], rank) => [i, rank < 10 ? "f" + rank : "fx"]));
const colourOf = (distribution) => colours.get(distribution) || "fx";
const distributionName = (i) => i < 0 || !data.distributions[i] ? "–" : data.distributions[i].name;
