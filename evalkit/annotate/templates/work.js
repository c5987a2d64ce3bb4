// What both pages share: a person's work is kept in the browser's storage, and saved as a file.

/** Return what is kept under a name; null where there is nothing. */
function kept(name) {
  try {
    return JSON.parse(localStorage.getItem(`evalkit ${data.package} ${name}`));
  } catch {
    return null; // no storage here, or another program's words in it
  }
}

function keep(name, work) {
  try {
    localStorage.setItem(`evalkit ${data.package} ${name}`, JSON.stringify(work));
    $("unkept").hidden = true;
  } catch {
    $("unkept").hidden = false;
  }
}

/** Have the browser save work as a JSON file that is YAML too: what YAML takes for a break is escaped. */
function save(file, work) {
  const text = JSON.stringify(work, null, 1).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  const content = new Blob([`${text}\n`], { type: "application/json" });
  const link = el("a", { href: URL.createObjectURL(content), download: file });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Return a text as a part of a file's name. */
function fileName(text) {
  return text.replace(/[^\p{L}\p{N}]+/gu, "-");
}

/** Put the page into its language, and again whenever another one is chosen. */
function listenToLanguage(show) {
  const set = (name) => {
    ROOT.lang = LANGUAGES.includes(name) ? name : LANGUAGES[0];
    $("language").value = ROOT.lang;
    document.title = t(document.querySelector("h1 [data-t]").dataset.t);
    translate();
    show();
  };
  $("language").addEventListener("change", () => {
    keep("language", $("language").value);
    set($("language").value);
  });
  set(kept("language") ?? LANGUAGES.find((name) => navigator.language.startsWith(name)));
}
