<#
What the page does on which two writers are compared. Plain JavaScript, no library. Text only ever becomes text nodes.

Variables: none. Don't write two less-than signs in a row: they begin a variable.
#>
"use strict";
(() => {
const $ = (id) => document.getElementById(id);
const data = JSON.parse($("data").textContent);
const cards = data.places.flatMap((place) => place);
const memory = `episodeck comparison ${data.comparison}`;
const CHOICES = [["keep", "Keep"], ["edit", "Edit"], ["drop", "Drop"]];

/** Choices by the number of a card, and by the index of a place with several: the number of the better card, or 0. */
const choices = new Map();
const better = new Map();
let unsaved = false;

/** A new element with attributes and children; texts become text nodes. */
function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** A choice of one of several; `chosen` is told its value. */
function radios(title, name, options, now, chosen) {
  const labels = options.map(([value, text]) => {
    const input = el("input", {type: "radio", name, value});
    input.checked = now === value;
    input.addEventListener("change", () => { chosen(value); unsaved = true; remember(); count(); });
    return el("label", {class: String(value)}, input, el("span", {}, text));
  });
  return el("fieldset", {}, el("legend", {}, title), ...labels);
}

function card(one) {
  const about = [one.speaker, one.topic, one.time].filter(Boolean).join(" · ");
  const said = one.excerpt ? [el("details", {}, el("summary", {}, "What was said"), el("p", {dir: "auto"}, one.excerpt))] : [];
  return el("article", {class: "card", "data-card": one.number, "aria-label": `Card ${one.number}`},
    el("p", {class: "about"}, `Card ${one.number}`),
    el("p", {class: "question", dir: "auto"}, one.question),
    el("p", {class: "answer", dir: "auto"}, one.answer),
    el("p", {class: "about", dir: "auto"}, about),
    ...said,
    radios("This card:", `card-${one.number}`, CHOICES, choices.get(one.number), (value) => choices.set(one.number, value)));
}

function place(several, index) {
  const made = el("li", {class: "place"}, el("div", {class: "cards"}, ...several.map(card)));
  if (several.length > 1) {
    const options = [...several.map((one) => [one.number, `Card ${one.number}`]), [0, "No difference"]];
    made.append(radios("Better:", `place-${index}`, options, better.get(index), (value) => better.set(index, value)));
  }
  return made;
}

function count() {
  const pairs = data.places.filter((several) => several.length > 1).length;
  $("count").textContent = `${choices.size} of ${cards.length} cards judged${pairs ? `, ${better.size} of ${pairs} ${pairs === 1 ? "pair" : "pairs"}` : ""}`;
  $("download").disabled = choices.size + better.size === 0;
}

/** The file of choices: JSON, a line for each. */
function file() {
  const ofCards = cards.filter((one) => choices.has(one.number)).map((one) => `  {"card": ${one.number}, "choice": "${choices.get(one.number)}"}`);
  const ofPairs = [...better].sort(([a], [b]) => a - b).map(([index, number]) => `  {"cards": [${data.places[index].map((one) => one.number).join(", ")}], "better": ${number || null}}`);
  const list = (lines) => lines.length ? `[\n${lines.join(",\n")}\n]` : "[]";
  return `{"episodeck": "comparison", "version": 1, "comparison": ${JSON.stringify(data.comparison)}, "choices": ${list(ofCards)}, "pairs": ${list(ofPairs)}}\n`;
}

function download() {
  const address = URL.createObjectURL(new Blob([file()], {type: "application/json"}));
  const link = el("a", {href: address, download: "comparison.json"});
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
  unsaved = false;
  $("say").textContent = "comparison.json is saved";
}

/** Choices outlive a reload, where the browser lets a page keep something. */
function remember() {
  try {
    localStorage.setItem(memory, JSON.stringify([[...choices], [...better]]));
  } catch { /* the page works without */ }
}

function recall() {
  try {
    const [ofCards, ofPlaces] = JSON.parse(localStorage.getItem(memory) ?? "[[], []]");
    for (const [number, choice] of ofCards) if (cards.some((one) => one.number === number) && CHOICES.some(([value]) => value === choice)) choices.set(number, choice);
    for (const [index, number] of ofPlaces) if (number === 0 || data.places[index]?.some((one) => one.number === number)) better.set(index, number);
  } catch { choices.clear(); better.clear(); }
}

recall();
$("places").append(...data.places.map(place));
$("download").addEventListener("click", download);
addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
count();
})();
