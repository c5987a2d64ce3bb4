"use strict";
// The page's data, its words, and how it makes elements: always as text, never as markup.

const data = JSON.parse(document.getElementById("data").textContent);
const LANGUAGES = data.languages;
const ROOT = document.documentElement;
const $ = (id) => document.getElementById(id);

const HIDDEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]/gu;

function showHidden(text) {
  return String(text).replace(HIDDEN, (char) => {
    const code = char.charCodeAt(0);
    const hex = code.toString(16).toUpperCase().padStart(4, "0");
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : `[U+${hex}]`;
  });
}

function t(key, values = {}) {
  return inLanguage(data.labels[key]).replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (_, name, one, many) => {
    const filled = showHidden(values[name]);
    return one === undefined ? filled : `${filled} ${filled === "1" ? one : many}`;
  });
}

/** Return that one of the texts that is in the page's language. */
function inLanguage(texts) {
  return texts[LANGUAGES.indexOf(ROOT.lang)];
}

function word(family, name) {
  const key = `${family}.${name}`;
  return key in data.labels ? t(key) : showHidden(name);
}

/** Return a metric's name with what it means. */
function explained(metric) {
  const meaning = word("metric", metric);
  return meaning === metric ? metric : t("named", { meaning, name: metric });
}

function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") made.addEventListener("click", value);
    else if (value !== null && value !== undefined) made.setAttribute(name, value);
  }
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== "") {
      made.append(child instanceof Node ? child : showHidden(child));
    }
  }
  return made;
}

function translate() {
  for (const node of document.querySelectorAll("[data-t]")) {
    node.textContent = t(node.dataset.t, JSON.parse(node.dataset.v || "{}"));
  }
  for (const node of document.querySelectorAll("[data-message]")) {
    node.textContent = inLanguage(JSON.parse(node.dataset.message));
  }
  for (const node of document.querySelectorAll("time")) {
    const [when, style] = [new Date(node.dateTime), { dateStyle: "medium", timeStyle: "short" }];
    if (!Number.isNaN(when.getTime())) node.textContent = when.toLocaleString(ROOT.lang, style);
  }
  for (const node of document.querySelectorAll("[data-t-label]")) {
    node.setAttribute("aria-label", t(node.dataset.tLabel));
  }
  for (const node of document.querySelectorAll("[data-t-placeholder]")) {
    node.placeholder = t(node.dataset.tPlaceholder);
  }
}
