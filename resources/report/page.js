// Sort, filter, search, copy, fold, theme, hover and keyboard on the charts. The page is whole without any of it.
"use strict";
(() => {
const all = (selector, from = document) => [...from.querySelectorAll(selector)];
const body = document.body;
const text = (node) => node.textContent.replace(/\s+/g, " ").trim();

// ---- theme: the reader's system decides until the button is pressed
const theme = document.getElementById("theme");
const dark = () => (document.documentElement.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
const label = () => { if (theme) theme.textContent = dark() ? body.dataset.light : body.dataset.dark; };
if (theme) {
theme.addEventListener("click", () => { document.documentElement.dataset.theme = dark() ? "light" : "dark"; label(); });
label();
}

// ---- folding
const folds = () => all("details");
const fold = document.getElementById("fold");
if (fold) fold.addEventListener("click", () => {
const open = folds().some((d) => !d.open);
folds().forEach((d) => { d.open = open; });
fold.textContent = open ? fold.dataset.close : fold.dataset.open;
});
let closed = [];
addEventListener("beforeprint", () => { closed = folds().filter((d) => !d.open); closed.forEach((d) => { d.open = true; }); });
addEventListener("afterprint", () => { closed.forEach((d) => { d.open = false; }); closed = []; });
const print = document.getElementById("print");
if (print) print.addEventListener("click", () => window.print());
all(".act, .tools").forEach((node) => { node.hidden = false; });

// ---- a link opens what hides its target
const reveal = () => {
const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
if (!target) return;
for (let node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
if (target.hidden) target.hidden = false;
target.scrollIntoView();
};
addEventListener("hashchange", reveal);
if (location.hash) reveal();

// ---- copying
const put = async (value, button) => {
try { await navigator.clipboard.writeText(value); }
catch { const area = document.createElement("textarea"); area.value = value; body.append(area); area.select(); document.execCommand("copy"); area.remove(); }
if (!button) return;
const before = button.textContent;
button.textContent = body.dataset.copied;
setTimeout(() => { button.textContent = before; }, 1200);
};
all(".link").forEach((a) => a.addEventListener("click", () => put(a.href, null)));

// ---- tables: sort by a heading, search, filter by trajectory, copy as tab-separated text
const rows = (table) => all("tbody.row", table);
const key = (cell) => {
if (!cell) return "";
if (cell.dataset.v !== undefined && cell.dataset.v !== "") return Number(cell.dataset.v);
return text(cell).toLowerCase();
};
const order = new Intl.Collator(document.documentElement.lang, { numeric: true });
const compare = (a, b) => {
if (typeof a === "number" && typeof b === "number") return a - b;
if (typeof a === "number") return -1;
if (typeof b === "number") return 1;
return order.compare(a, b);
};
const sorting = (table) => {
const heads = all("thead th", table);
heads.forEach((th, column) => {
if (!("sort" in th.dataset)) return;
const button = document.createElement("button");
button.type = "button";
button.textContent = th.textContent;
th.dataset.head = th.textContent;
th.replaceChildren(button);
button.addEventListener("click", () => {
const down = th.getAttribute("aria-sort") === "ascending";
heads.forEach((other) => other.removeAttribute("aria-sort"));
th.setAttribute("aria-sort", down ? "descending" : "ascending");
const sorted = rows(table).map((row) => [key(row.rows[0].cells[column]), row]);
sorted.sort((a, b) => (down ? compare(b[0], a[0]) : compare(a[0], b[0])));
table.append(...sorted.map((pair) => pair[1]));
});
});
};
// A cell of a sheet program must never be a formula: the same rule as for findings.tsv.
const safe = (value) => (/^[=+\-@\t\r]/.test(value) ? "'" + value : value);
all(".tools").forEach((bar) => {
const table = document.getElementById(bar.dataset.for);
if (!table) return;
sorting(table);
const search = bar.querySelector("input");
const select = bar.querySelector("select");
const count = bar.querySelector(".count");
const picked = bar.querySelector(".picked");
const hits = (row, token) => !token || (row.dataset.t || "").split(" ").includes(token);
const tell = (n) => { if (count) count.textContent = count.dataset.text.replace("{n}", n).replace("{total}", rows(table).length); };
const show = () => {
const words = (search ? search.value : "").toLowerCase().split(/\s+/).filter(Boolean);
let n = 0;
rows(table).forEach((row) => {
const content = row.textContent.toLowerCase();
const hit = words.every((word) => content.includes(word)) && hits(row, select && select.value) && hits(row, picked && picked.dataset.token);
row.hidden = !hit;
if (hit) n += 1;
});
tell(n);
};
if (search) search.addEventListener("input", show);
if (select) select.addEventListener("change", show);
if (picked) {
picked.addEventListener("click", () => { picked.dataset.token = ""; picked.hidden = true; show(); });
all(".pick").forEach((link) => link.addEventListener("click", () => {
picked.dataset.token = link.dataset.token;
picked.textContent = "× " + link.dataset.label;
picked.hidden = false;
show();
}));
}
tell(rows(table).length);
const copy = bar.querySelector(".copy");
copy.addEventListener("click", () => {
const lines = [all("thead th", table)].concat(rows(table).filter((row) => !row.hidden).map((row) => [...row.rows[0].cells]));
put(lines.map((cells) => cells.map((cell) => safe(text(cell))).join("\t")).join("\n") + "\n", copy);
});
});

// ---- charts: hover or focus shows a mark's numbers; one tab stop a chart, arrows move between marks
const tip = document.createElement("div");
tip.className = "tip";
tip.hidden = true;
const showTip = (mark) => {
const figure = mark.closest("figure");
figure.append(tip);
tip.textContent = mark.getAttribute("aria-label");
tip.hidden = false;
const at = mark.getBoundingClientRect();
const frame = figure.getBoundingClientRect();
tip.style.left = Math.max(0, Math.min(at.left - frame.left, frame.width - tip.offsetWidth)) + "px";
tip.style.top = (at.top - frame.top - tip.offsetHeight - 6) + "px";
};
all(".pt").forEach((mark) => {
const title = mark.querySelector("title");
mark.setAttribute("role", "img");
mark.setAttribute("tabindex", "-1");
mark.setAttribute("aria-label", title.textContent);
title.remove();
});
const visible = (mark) => mark.getClientRects().length > 0;
all("svg.chart").forEach((chart) => {
const marks = () => all(".pt", chart).filter(visible);
const stops = () => { const list = marks(); all(".pt", chart).forEach((m) => m.setAttribute("tabindex", "-1")); if (list[0]) list[0].setAttribute("tabindex", "0"); };
stops();
all("input[name=scale]", chart.closest("figure")).forEach((input) => input.addEventListener("change", stops));
chart.addEventListener("keydown", (event) => {
const list = marks();
const i = list.indexOf(document.activeElement);
if (i < 0) return;
const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
if (event.key === "Escape") { tip.hidden = true; return; }
if (!step) return;
event.preventDefault();
const next = list[(i + step + list.length) % list.length];
list[i].setAttribute("tabindex", "-1");
next.setAttribute("tabindex", "0");
next.focus();
});
});
all(".pt").forEach((mark) => {
mark.addEventListener("mouseenter", () => showTip(mark));
mark.addEventListener("focus", () => showTip(mark));
mark.addEventListener("mouseleave", () => { tip.hidden = true; });
mark.addEventListener("blur", () => { tip.hidden = true; });
});
})();
