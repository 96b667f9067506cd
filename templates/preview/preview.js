<#
What the preview page does. Plain JavaScript, no library. Text from cards only ever becomes text nodes here;
the HTML of cards is made by the templates of notes and shown in a frame that runs no script.

Variables: none. Don't write two less-than signs in a row: they begin a variable.
#>
"use strict";
(() => {
const ROW = 78, SPARE_ROWS = 6, LEAP = 10;
const SMALL = matchMedia("(max-width: 720px)"); // as in preview.css
const MARKS = {keep: "✓", drop: "✕", edit: "✎"};
const SAID = {keep: "kept", drop: "dropped", edit: "edited"};

const $ = (id) => document.getElementById(id);
const data = JSON.parse($("data").textContent);
const cards = data.cards;
const byId = new Map(cards.map((card) => [card.id, card]));
const memory = `episodeck preview ${data.deck} ${data.key}`;

/** Choices by card id: {do: "keep", "drop" or "", question, answer}; the texts only where edited. */
const choices = new Map();
let shown = [];
let at = 0;
let side = "front";
let deck = {};
let unsaved = false;

/** A new element with attributes and children; texts become text nodes. */
function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null && value !== false) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** Tells a screen reader what it doesn't read by itself. */
function say(text) {
  $("say").textContent = "";
  requestAnimationFrame(() => { $("say").textContent = text; });
}

// What a card says

const question = (card) => choices.get(card.id)?.question ?? card.question;
const answer = (card) => choices.get(card.id)?.answer ?? card.answer;
const isEdited = (card) => question(card) !== card.question || answer(card) !== card.answer;
const stateOf = (card) => choices.get(card.id)?.do || (isEdited(card) ? "edit" : "");
const plain = (text) => text.replace(/\\([*`$])|[*`]/g, "$1").replace(/\s+/g, " ");
const current = () => cards[shown[at]];
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

const ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;", "{": "&#123;", "}": "&#125;", "[": "&#91;", "]": "&#93;"};
const escaped = (text) => text.replace(/[&<>"'{}[\]]/g, (letter) => ENTITIES[letter]).replace(/\\(?=[()]|&#9[13];)/g, "&#92;<span></span>");
const lines = (text) => text.split("\n").map(escaped).join("<br>");
const SPAN = /\\(?<escaped>[*`$])|`(?<code>[^`\n]{1,500})`|(?<![\p{L}\p{N}_$\\])\$(?<math>[^\s$](?:[^$\n]{0,500}[^\s$])?)\$(?![\p{L}\p{N}_$])|(?<![\p{L}\p{N}_*])\*\*(?<strong>[^\s*](?:.{0,1000}?[^\s*])?)\*\*(?![\p{L}\p{N}_*])|(?<![\p{L}\p{N}_*])\*(?<em>(?:[^\s*]|\*\*[^*]{1,500}\*\*)(?:(?:[^*]|\*\*[^*]{1,500}\*\*){0,1000}?[^\s*])?)\*(?![\p{L}\p{N}_*])/gsu;

/** The HTML of a card's text, as anki/markup.py makes it. */
function markdown(text) {
  let out = "", end = 0;
  for (const match of text.matchAll(SPAN)) {
    const {escaped: sign, code, math, strong, em} = match.groups;
    out += lines(text.slice(end, match.index));
    end = match.index + match[0].length;
    if (sign !== undefined) out += escaped(sign);
    else if (code !== undefined) out += `<code>${escaped(code)}</code>`;
    else if (math !== undefined) out += `\\(${math.replace(/[&<>"'{}[\]]/g, (letter) => ENTITIES[letter])}\\)`;
    else out += strong !== undefined ? `<strong>${markdown(strong)}</strong>` : `<em>${markdown(em)}</em>`;
  }
  return out + lines(text.slice(end));
}

/** What stands in a hole of the layout, an edit taken in. */
function filled(card, hole, value) {
  const edits = {Question: [card.question, question(card)], Answer: [card.answer, answer(card)]};
  const [was, is] = edits[hole.field] ?? [];
  if (was === is) return value;
  if (hole.plain) return lines(plain(is));
  const bare = (text) => text.trim().replace(/^["“„«]([^"“”„«»]*)["”“»]$/, "$1");
  for (const form of [(text) => text.trim(), bare]) {
    const old = markdown(form(was));
    if (old && value.includes(old)) return value.replace(old, () => markdown(form(is)));
  }
  return markdown(is.trim());
}

function sideOf(card, which) {
  const shape = data.shapes[card.shape];
  return shape[which].map((part) => (typeof part === "string" ? part : filled(card, shape.holes[part], card.values[part]))).join("");
}

// Finding

/** All of a card that a search looks at. */
function haystack(card) {
  const episode = data.episodes[card.episode];
  card.haystack ??= fold([card.question, card.answer, card.speaker, card.guest, card.topic, card.kind, card.excerpt, episode.title, episode.show, card.id].join("\n"));
  return isEdited(card) ? `${card.haystack}\n${fold(question(card))}\n${fold(answer(card))}` : card.haystack;
}

function matches(card, words, kind, state, least, most) {
  if (deck.guest !== undefined && card.guest !== deck.guest) return false;
  if (deck.topic !== undefined && card.topic !== deck.topic) return false;
  if (kind && card.kind !== kind) return false;
  if (state === "open" ? stateOf(card) : state === "pinned" ? !card.pinned : state === "edit" ? !isEdited(card) : state && stateOf(card) !== state) return false;
  const score = card.score ?? -1;
  if ((least > 0 && score < least) || (most < 1 && score > most)) return false;
  return words.every((word) => haystack(card).includes(word));
}

/** Looks for the cards anew; the one on the desk stays there if it is among them. */
function find() {
  const stayed = current();
  const words = fold($("query").value).split(/\s+/).filter(Boolean);
  const least = Number($("least").value), most = Number($("most").value);
  shown = [];
  cards.forEach((card, i) => {
    if (matches(card, words, $("kind").value, $("state").value, least, most)) shown.push(i);
  });
  const order = $("order").value, sign = order === "best" ? -1 : 1;
  if (order) shown.sort((a, b) => sign * ((cards[a].score ?? 2 * (sign < 0 ? -1 : 1)) - (cards[b].score ?? 2 * (sign < 0 ? -1 : 1))) || a - b);
  const kept = stayed ? shown.indexOf(cards.indexOf(stayed)) : -1;
  at = Math.max(0, kept);
  const all = cards.length === 1 ? "1 card" : `${cards.length.toLocaleString("en")} cards`;
  $("count").textContent = shown.length === cards.length ? all : `${shown.length.toLocaleString("en")} of ${all}`;
  $("rows").style.blockSize = `${shown.length * ROW}px`;
  if (kept < 0) {
    side = "front";
    $("list").scrollTop = 0;
  }
  into();
  drawRows();
  drawCard();
}

let pending = 0;
function findSoon() {
  clearTimeout(pending);
  pending = setTimeout(find, 90);
}

// The list: only the rows in sight exist

const drawn = new Map();

function drawRows(afresh = true) {
  const list = $("list"), first = Math.max(0, Math.floor(list.scrollTop / ROW) - SPARE_ROWS);
  const last = Math.min(shown.length, Math.ceil((list.scrollTop + list.clientHeight) / ROW) + SPARE_ROWS);
  const wanted = new Set();
  for (let i = first; i < last; i++) wanted.add(i);
  if (shown.length) wanted.add(at);
  for (const [i, row] of drawn) {
    if (!wanted.has(i)) {
      row.remove();
      drawn.delete(i);
    }
  }
  for (const i of wanted) {
    if (!drawn.has(i)) {
      const row = el("div", {role: "option", id: `row-${i}`, style: `inset-block-start:${i * ROW}px`});
      row.addEventListener("click", () => go(i));
      drawn.set(i, row);
      $("rows").append(row);
      fill(row, i);
    } else if (afresh) {
      fill(drawn.get(i), i);
    }
  }
  if (shown.length) list.setAttribute("aria-activedescendant", `row-${at}`);
  else list.removeAttribute("aria-activedescendant");
}

/** What a row says. The element stays the same: a new one in its place would be read out again. */
function fill(row, i) {
  const card = cards[shown[i]], state = stateOf(card);
  const score = card.score === null ? null : card.score.toFixed(2);
  const attributes = {class: state === "drop" ? "row dropped" : "row", "aria-selected": i === at, "aria-posinset": i + 1, "aria-setsize": shown.length};
  for (const [key, value] of Object.entries(attributes)) row.setAttribute(key, value);
  row.replaceChildren(
    el("div", {class: "q", dir: "auto"}, plain(question(card))),
    el("div", {class: "m"}, [card.kind, card.topic, score].filter(Boolean).join(" · ")));
  const marks = [state, state !== "edit" && isEdited(card) ? "edit" : ""].filter(Boolean);
  if (marks.length) row.append(el("span", {class: `mark ${marks[0]}`, title: marks.map((m) => SAID[m]).join(", ")}, el("span", {"aria-hidden": "true"}, marks.map((m) => MARKS[m]).join(" ")), el("span", {class: "unseen"}, ` ${marks.map((m) => SAID[m]).join(", ")}`)));
  else if (card.pinned) row.append(el("span", {class: "mark keep", title: "pinned before"}, el("span", {"aria-hidden": "true"}, "•"), el("span", {class: "unseen"}, " pinned before")));
}

function into() {
  const list = $("list"), top = at * ROW;
  if (top < list.scrollTop) list.scrollTop = top;
  else if (top + ROW > list.scrollTop + list.clientHeight) list.scrollTop = top + ROW - list.clientHeight;
}

function go(i) {
  if (!shown.length) return;
  const before = at;
  at = Math.min(shown.length - 1, Math.max(0, i));
  side = "front";
  into();
  drawRows();
  drawCard();
  document.querySelector(".desk").scrollTop = 0;
  if (SMALL.matches && $("stage").getBoundingClientRect().top < 0) $("stage").scrollIntoView();
  if (at === before && i !== at) say(i > at ? "That was the last card." : "This is the first card.");
  // From the list, the row itself is read.
  else if (at === before || document.activeElement !== $("list")) say(`Card ${at + 1} of ${shown.length}. ${plain(question(current()))}`);
}

// The card on the desk

/** The frame has Anki's own structure: html, body.card, #qa. It is written once and then only filled. */
function frameDocument() {
  const inner = $("frame").contentDocument;
  return inner?.getElementById("qa") ? inner : null;
}

function drawCard() {
  const card = current(), inner = frameDocument();
  for (const id of ["turn", "keep", "drop", "edit", "previous", "next"]) $(id).disabled = !card;
  $("previous").disabled ||= at === 0;
  $("next").disabled ||= at === shown.length - 1;
  const state = card ? stateOf(card) : "";
  for (const what of ["keep", "drop"]) $(what).setAttribute("aria-pressed", String(card !== undefined && choices.get(card.id)?.do === what));
  $("edit").classList.toggle("edited", Boolean(card && isEdited(card)));
  const phone = document.querySelector("#width input:checked").value === "phone";
  $("stage").className = `stage${phone ? " phone" : ""}${state === "drop" ? " drop" : ""}`;
  if (inner) {
    const night = document.documentElement.dataset.theme === "night";
    inner.documentElement.className = [phone ? "mobile android linux js" : "", night ? "night-mode" : ""].filter(Boolean).join(" ");
    inner.body.className = `card card1 ${phone ? "mobile" : "isLin fancy"}${night ? " nightMode night_mode" : ""}`;
    const style = card ? data.styles[data.shapes[card.shape].style] : "";
    if (inner.getElementById("style").textContent !== style) inner.getElementById("style").textContent = style;
    inner.getElementById("qa").innerHTML = card ? sideOf(card, side) : "";
    inner.scrollingElement.scrollTop = 0;
    inner.body.scrollTop = 0;
    fit(inner);
  }
  $("frame").title = card ? `${side === "front" ? "Front" : "Back"} of card ${at + 1} of ${shown.length}` : "No card";
  $("frame").dataset.card = card ? card.id : "";
  $("frame").dataset.side = side;
  drawAbout(card);
}

/** On a small screen the card is as tall as its text: two things that scroll, one in the other, are one too many. */
function fit(inner) {
  const stage = $("stage");
  stage.style.blockSize = "";
  if (!SMALL.matches) return;
  const tall = inner.documentElement.scrollHeight + $("frame").offsetHeight - inner.documentElement.clientHeight;
  if (tall > stage.offsetHeight) stage.style.blockSize = `${tall}px`;
}

function drawAbout(card) {
  const about = $("about");
  about.replaceChildren();
  if (!card) {
    about.append(el("p", {class: "nothing"}, cards.length ? "No card is like that." : "There are no cards yet."));
    return;
  }
  if (isEdited(card)) about.append(el("p", {class: "note"}, "Edited here; the card files get the new text with ", el("code", {}, "episodeck build --choices"), "."));
  if (card.pinned) about.append(el("p", {class: "note"}, "Pinned: the program leaves its text as it is."));
  const episode = data.episodes[card.episode];
  const facts = el("p", {class: "facts"}, el("bdi", {class: "deckname"}, [card.guest, card.topic].filter(Boolean).join(" › ")), el("span", {class: "chip"}, card.kind));
  if (card.speaker && card.speaker !== card.guest) facts.append(el("span", {}, "said by ", el("bdi", {}, card.speaker)));
  about.append(facts);
  about.append(el("h2", {}, "Why it was chosen"));
  const why = el("p", {class: "facts"});
  if (card.score === null) why.append(el("span", {}, "added by hand, so without a score"));
  else why.append(el("span", {class: "score"}, el("i", {"aria-hidden": "true"}, el("b", {style: `inline-size:${Math.round(card.score * 100)}%`})), `score ${card.score.toFixed(2)}`));
  if (card.score !== null) why.append(...card.reasons.map((reason) => el("span", {class: "chip"}, reason)));
  about.append(why);
  if (card.excerpt) {
    about.append(el("h2", {}, "In its surroundings"));
    const around = el("blockquote", {class: "around", dir: "auto"});
    if (card.said) around.append(...turns(card));
    else around.append(el("p", {}, el("mark", {}, card.excerpt)));
    about.append(around);
    if (!card.said) about.append(el("p", {class: "source"}, "The transcript is gone or no longer holds these words."));
  }
  about.append(el("p", {class: "source"}, [episode.title, episode.show, card.time ? `at ${card.time}` : "", `${episode.source || "no transcript"} → ${episode.file}`, card.id].filter(Boolean).join(" · ")));
}

/** The passage as a paragraph for each turn, the excerpt marked. */
function turns(card) {
  const made = [];
  for (const [parts, marked] of [[card.before, false], [card.said, true], [card.after, false]]) {
    parts.forEach(([who, text], i) => {
      if (!made.length || who || i > 0) made.push(el("p", {}, who ? el("bdi", {class: "who"}, who) : null));
      const paragraph = made[made.length - 1];
      paragraph.append(marked ? el("mark", {}, text) : text, " ");
    });
  }
  if (card.before.length) made[0].prepend("… ");
  if (card.after.length) made[made.length - 1].append("…");
  return made;
}

function turn() {
  if (!current()) return;
  side = side === "front" ? "back" : "front";
  drawCard();
  say(side === "back" ? `Back. ${plain(answer(current()))}` : `Front. ${plain(question(current()))}`);
}

// Choosing

function choose(what) {
  const card = current();
  if (!card) return;
  const choice = choices.get(card.id) ?? {do: ""};
  choice.do = choice.do === what ? "" : what;
  choices.set(card.id, choice);
  // On the button itself, pressed or not is read.
  if (document.activeElement !== $(what)) say(choice.do ? SAID[what] : `no longer ${SAID[what]}`);
  chosen(card);
}

function chosen(card) {
  const choice = choices.get(card.id);
  if (choice && !choice.do && !isEdited(card)) choices.delete(card.id);
  unsaved = choices.size > 0;
  remember();
  drawRows();
  drawCard();
  drawDownload();
}

function drawDownload() {
  const number = choices.size;
  $("download").disabled = number === 0;
  $("download").textContent = number ? `Download ${number} choice${number === 1 ? "" : "s"}` : "Download choices";
}

function openEditor() {
  const card = current();
  if (!card) return;
  $("new-question").value = question(card);
  $("new-answer").value = answer(card);
  $("editor").showModal();
  $("new-question").focus();
}

function saveEdit() {
  const card = current();
  const texts = {question: $("new-question").value.trim(), answer: $("new-answer").value.trim()};
  for (const name of ["question", "answer"]) {
    const field = $(`new-${name}`);
    field.setCustomValidity(texts[name] ? "" : "Write something here, or drop the card.");
    if (!field.reportValidity()) return;
  }
  const choice = choices.get(card.id) ?? {do: ""};
  if (choice.do === "drop") choice.do = "";
  for (const name of ["question", "answer"]) {
    if (texts[name] === card[name].trim()) delete choice[name];
    else choice[name] = texts[name];
  }
  choices.set(card.id, choice);
  $("editor").close();
  say(isEdited(card) ? "edited" : "as it was");
  chosen(card);
}

/** The file of choices: JSON, a line for each card, in the order of the cards. */
function file() {
  const json = (value) => JSON.stringify(value).replace(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const entries = cards.filter((card) => choices.has(card.id)).map((card) => {
    const choice = choices.get(card.id);
    const entry = {card: card.id, choice: choice.do || "edit"};
    if (choice.do !== "drop") {
      if (question(card) !== card.question) entry.question = question(card);
      if (answer(card) !== card.answer) entry.answer = answer(card);
    }
    entry.seen = card.seen;
    return `  {${Object.entries(entry).map(([key, value]) => `${json(key)}: ${json(value)}`).join(", ")}}`;
  });
  return `{"episodeck": "choices", "version": 1, "choices": [\n${entries.join(",\n")}\n]}\n`;
}

function download() {
  const address = URL.createObjectURL(new Blob([file()], {type: "application/json"}));
  const link = el("a", {href: address, download: "choices.json"});
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
  unsaved = false;
  help("choices.json is downloaded");
}

/** Opens the page of help; a dialog's title is read as it opens, while all behind it is silent. */
function help(title) {
  $("helper-title").textContent = title;
  $("helper").showModal();
}

/** Choices outlive a reload, where the browser lets a page keep something. */
function remember() {
  try {
    if (choices.size) localStorage.setItem(memory, JSON.stringify([...choices].map(([id, choice]) => [id, byId.get(id).seen, choice])));
    else localStorage.removeItem(memory);
  } catch { /* the page works without */ }
}

function recall() {
  try {
    for (const [id, seen, choice] of JSON.parse(localStorage.getItem(memory) ?? "[]")) {
      const card = byId.get(id);
      if (!card || card.seen !== seen) continue;
      const kept = {do: ["keep", "drop"].includes(choice.do) && !(choice.do === "keep" && card.pinned) ? choice.do : ""};
      for (const name of ["question", "answer"]) if (typeof choice[name] === "string" && choice[name] !== card[name]) kept[name] = choice[name];
      if (kept.do || kept.question || kept.answer) choices.set(id, kept);
    }
  } catch { /* nothing kept, or not ours */ }
}

// The tree of decks

function drawTree() {
  const axes = document.querySelector("#axis input:checked").value === "guest" ? ["guest", "topic"] : ["topic", "guest"];
  const groups = new Map();
  for (const card of cards) {
    const outer = card[axes[0]], inner = card[axes[1]];
    if (!groups.has(outer)) groups.set(outer, new Map());
    groups.get(outer).set(inner, (groups.get(outer).get(inner) ?? 0) + 1);
  }
  const sorted = (map) => [...map].sort(([a], [b]) => (a === "") - (b === "") || a.localeCompare(b));
  const all = item("All decks", cards.length, 1, {}, null);
  const items = sorted(groups).map(([outer, inner]) => {
    const number = [...inner.values()].reduce((sum, some) => sum + some, 0);
    return item(outer, number, 1, {[axes[0]]: outer}, () => sorted(inner).map(([name, some]) => item(name, some, 2, {[axes[0]]: outer, [axes[1]]: name}, null)));
  });
  $("tree").replaceChildren(all, ...items);
  deck = {};
  all.tabIndex = 0;
  all.setAttribute("aria-selected", "true");
}

let decksMade = 0;

/** One deck; `inner` makes those beneath it when they are first unfolded. */
function item(name, number, level, filter, inner) {
  const label = name || "no topic";
  // Named by its own line: without it, the decks beneath would be part of its name.
  const line = `deck-${++decksMade}`;
  const made = el("li", {role: "treeitem", "aria-level": level, "aria-selected": "false", "aria-expanded": inner ? "false" : null, tabindex: -1, "aria-labelledby": line},
    el("div", {class: "deck", id: line}, el("span", {class: "twist", "aria-hidden": "true"}, inner ? "›" : ""), el("bdi", {class: "name"}, label), " ",
      el("span", {class: "number"}, String(number), el("span", {class: "unseen"}, number === 1 ? " card" : " cards"))));
  made.filter = filter;
  made.inner = inner;
  made.querySelector(".deck").addEventListener("click", (event) => {
    if (inner && (event.target.classList.contains("twist") || made.getAttribute("aria-selected") === "true")) unfold(made, made.getAttribute("aria-expanded") !== "true");
    else if (inner) unfold(made, true);
    pick(made);
  });
  return made;
}

function unfold(of, open) {
  if (!of.inner) return;
  of.setAttribute("aria-expanded", String(open));
  let group = of.querySelector("ul");
  if (open && !group) {
    group = el("ul", {role: "group"});
    group.append(...of.inner());
    of.append(group);
  }
  if (group) group.hidden = !open;
}

function pick(of) {
  for (const other of $("tree").querySelectorAll('[aria-selected="true"]')) other.setAttribute("aria-selected", "false");
  of.setAttribute("aria-selected", "true");
  visit(of);
  deck = of.filter;
  find();
}

function visit(of) {
  for (const other of $("tree").querySelectorAll('[tabindex="0"]')) other.tabIndex = -1;
  of.tabIndex = 0;
  of.focus({preventScroll: false});
}

function treeKey(event) {
  const here = event.target.closest('[role="treeitem"]');
  const open = [...$("tree").querySelectorAll('[role="treeitem"]')].filter((one) => !one.closest("ul[hidden]"));
  const i = open.indexOf(here);
  const step = {ArrowDown: i + 1, ArrowUp: i - 1, Home: 0, End: open.length - 1}[event.key];
  if (step !== undefined) {
    if (open[step]) visit(open[step]);
  } else if (event.key === "ArrowRight") {
    if (here.inner && here.getAttribute("aria-expanded") === "false") unfold(here, true);
    else if (here.inner) visit(here.querySelector('[role="treeitem"]'));
  } else if (event.key === "ArrowLeft") {
    if (here.getAttribute("aria-expanded") === "true") unfold(here, false);
    else visit(here.parentElement.closest('[role="treeitem"]') ?? here);
  } else if (event.key === "Enter" || event.key === " ") {
    pick(here);
  } else {
    return false;
  }
  return true;
}

// Keys

const KEYS = {
  " ": turn,
  ArrowDown: () => go(at + 1), ArrowRight: () => go(at + 1), ArrowUp: () => go(at - 1), ArrowLeft: () => go(at - 1),
  PageDown: () => go(at + LEAP), PageUp: () => go(at - LEAP), Home: () => go(0), End: () => go(shown.length - 1),
  k: () => choose("keep"), d: () => choose("drop"), e: openEditor,
  n: () => say(set("theme", document.documentElement.dataset.theme === "night" ? "light" : "night")),
  p: () => say(set("width", document.querySelector("#width input:checked").value === "phone" ? "desktop" : "phone")),
  "/": () => { $("query").focus(); $("query").select(); },
  "?": () => help("Looking through cards"),
};

function key(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
  const on = event.target;
  if (on.closest?.("#tree") && treeKey(event)) {
    event.preventDefault();
    return;
  }
  if (on.id === "query" && event.key === "Escape") {
    on.value = "";
    find();
    $("list").focus();
    return;
  }
  const name = on.tagName;
  if (name === "TEXTAREA" || name === "SELECT" || (name === "INPUT" && on.type !== "radio")) return;
  const pressing = event.key === " " || event.key === "Enter";
  if (pressing && (name === "BUTTON" || name === "A" || (name === "INPUT" && !on.checked))) return;
  if (name === "INPUT" && event.key.startsWith("Arrow")) return;
  const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

/** Sets a switch; what it says there. */
function set(name, value) {
  document.querySelector(`#${name} input[value="${value}"]`).checked = true;
  if (name === "theme") document.documentElement.dataset.theme = value;
  drawCard();
  return document.querySelector(`#${name} input[value="${value}"]`).parentElement.textContent;
}

// Beginning

function begin() {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let own = false;
  const follow = () => { if (!own) set("theme", dark.matches ? "night" : "light"); };
  follow();
  dark.addEventListener("change", follow);
  $("theme").addEventListener("change", (event) => { own = true; set("theme", event.target.value); });
  $("width").addEventListener("change", drawCard);
  $("axis").addEventListener("change", () => { drawTree(); find(); });
  $("fold").addEventListener("click", () => $("fold").setAttribute("aria-expanded", String($("fold").getAttribute("aria-expanded") !== "true")));
  $("query").addEventListener("input", findSoon);
  for (const id of ["kind", "state", "order"]) $(id).addEventListener("change", find);
  for (const id of ["least", "most"]) $(id).addEventListener("input", () => {
    if (id === "least") $("least").value = Math.min(Number($("least").value), Number($("most").value));
    else $("most").value = Math.max(Number($("least").value), Number($("most").value));
    const least = Number($("least").value), most = Number($("most").value);
    $("range").style.setProperty("--from", `${least * 100}%`);
    $("range").style.setProperty("--to", `${most * 100}%`);
    $("bounds").textContent = least === 0 && most === 1 ? "any" : `${least.toFixed(2)} to ${most.toFixed(2)}`;
    findSoon();
  });
  SMALL.addEventListener("change", drawCard);
  $("list").addEventListener("scroll", () => drawRows(false), {passive: true});
  new ResizeObserver(() => drawRows(false)).observe($("list"));
  const buttons = {turn, previous: () => go(at - 1), next: () => go(at + 1), keep: () => choose("keep"), drop: () => choose("drop"), edit: openEditor, download, help: () => help("Looking through cards")};
  for (const [id, act] of Object.entries(buttons)) $(id).addEventListener("click", (event) => {
    act();
    // After a click the keyboard belongs to the cards again: space turns, it doesn't press the button anew.
    if (event.detail > 0 && !document.querySelector("dialog[open]")) $("list").focus({preventScroll: true});
  });
  for (const group of document.querySelectorAll(".switch")) group.addEventListener("click", (event) => {
    if (event.detail > 0) setTimeout(() => $("list").focus({preventScroll: true}));
  });
  $("editor-form").addEventListener("submit", (event) => { event.preventDefault(); saveEdit(); });
  $("editor-form").addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) saveEdit(); });
  $("editor-cancel").addEventListener("click", () => $("editor").close());
  $("editor-undo").addEventListener("click", () => {
    $("new-question").value = current().question;
    $("new-answer").value = current().answer;
  });
  for (const id of ["new-question", "new-answer"]) $(id).addEventListener("input", () => $(id).setCustomValidity(""));
  $("helper-close").addEventListener("click", () => $("helper").close());
  for (const id of ["editor", "helper"]) $(id).addEventListener("close", () => $("list").focus({preventScroll: true}));
  document.addEventListener("keydown", key);
  addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });

  const frame = $("frame");
  frame.addEventListener("load", () => {
    const inner = frameDocument();
    if (!inner) return;
    inner.addEventListener("keydown", key);
    inner.addEventListener("click", (event) => {
      const hint = event.target.closest?.("a.hint");
      if (!hint) return;
      event.preventDefault();
      hint.style.display = "none";
      hint.nextElementSibling.style.display = "block";
    });
    drawCard();
  });
  frame.srcdoc = `<!DOCTYPE html><html dir="ltr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><base target="_blank"><style>${data.frame}</style><style id="style"></style></head><body class="card card1"><div id="qa" dir="auto"></div></body></html>`;

  recall();
  drawTree();
  drawDownload();
  find();
  $("list").focus({preventScroll: true});
}

begin();
})();
