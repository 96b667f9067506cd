<#
What the page does that lists the others. Questions to search through come as scripts beside the pages, for a page that
was opened from a folder can load nothing else, and only when somebody searches. Texts only ever become text nodes.

Variables: none. Don't write two less-than signs in a row: they begin a variable.
#>
"use strict";
(() => {
const MOST = 200;
const $ = (id) => document.getElementById(id);
const data = JSON.parse($("data").textContent);
const pages = new Map(data.pages.map((page) => [page.page, page]));
const total = data.pages.reduce((sum, page) => sum + page.cards, 0);
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const plain = (text) => text.replace(/\\([*`$])|[*`]/g, "$1").replace(/\s+/g, " ");
const counted = (number, what) => `${number.toLocaleString("en")} ${what}${number === 1 ? "" : "s"}`;
const address = (page) => `pages/${encodeURIComponent(page)}.html`;

function el(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const title = (page) => page.first === page.last ? page.first : `${page.first} – ${page.last}`;

function drawPages() {
  let show = null, list;
  for (const page of data.pages) {
    if (page.show !== show) {
      show = page.show;
      list = el("ul", {});
      $("pages").append(el("h2", {dir: "auto"}, show || "Show not known"), list);
    }
    const link = el("a", {href: address(page.page), dir: "auto"}, title(page));
    list.append(el("li", {}, link, el("small", {}, ` ${counted(page.episodes, "episode")}, ${counted(page.cards, "card")}`)));
  }
}

// Searching

const questions = []; // [page, card id, question, the same to search in]
let waiting = -1;

/** Called by the scripts beside the pages. */
window.episodeckQuestions = (page, cards) => {
  for (const [id, question] of cards) questions.push([page, id, question, fold(question)]);
};

function load() {
  if (waiting >= 0) return;
  waiting = pages.size;
  for (const page of pages.keys()) {
    const script = el("script", {src: `pages/${encodeURIComponent(page)}.js`});
    script.async = false; // in the order of the pages
    script.onload = script.onerror = () => { waiting -= 1; if (waiting === 0) find(); };
    document.head.append(script);
  }
}

function find() {
  const words = fold($("query").value).split(/\s+/).filter(Boolean);
  $("found").hidden = words.length === 0;
  $("pages").hidden = words.length > 0;
  $("found").replaceChildren();
  if (words.length === 0) {
    $("count").textContent = counted(total, "card");
    return;
  }
  if (waiting !== 0) {
    $("count").textContent = "looking …";
    return;
  }
  const hits = questions.filter((question) => words.every((word) => question[3].includes(word)));
  const first = hits.length > MOST ? `; the first ${MOST}` : "";
  $("count").textContent = `${hits.length.toLocaleString("en")} of ${counted(total, "card")}${first}`;
  for (const [page, id, question] of hits.slice(0, MOST)) {
    const link = el("a", {href: `${address(page)}#${encodeURIComponent(id)}`, dir: "auto"}, plain(question));
    const where = [pages.get(page).show, title(pages.get(page))].filter(Boolean).join(": ");
    $("found").append(el("li", {}, link, el("small", {dir: "auto"}, ` ${where}`)));
  }
}

let pending = 0;
$("query").addEventListener("input", () => {
  load();
  clearTimeout(pending);
  pending = setTimeout(find, 90);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target === $("query")) return;
  event.preventDefault();
  $("query").focus();
});
drawPages();
find();
})();
