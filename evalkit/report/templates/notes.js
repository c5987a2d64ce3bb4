// Notes of a reader on examples, kept in the browser and exchanged as JSON.

const NOTES_OF = `notes.${data.run}.${data.started}`;
let notes = readNotes(remembered(NOTES_OF)) ?? {};

/** Return the notes that a text holds, by example; null where it is not what `save` writes. */
function readNotes(text) {
  try {
    const { notes: found } = JSON.parse(text);
    const kept = Object.entries(found).filter(([id, note]) => INDEX.has(id) && typeof note === "string");
    return Object.fromEntries(kept);
  } catch {
    return null;
  }
}

function writeNotes() {
  return JSON.stringify({ run: data.run, started: data.started, notes }, null, 2);
}

function keepNote(id, note) {
  if (note.trim()) notes[id] = note;
  else delete notes[id];
  remember(NOTES_OF, writeNotes());
  $("save-notes").disabled = !Object.keys(notes).length;
}

function noteBox(example) {
  const area = el("textarea", { rows: "2", lang: ROOT.lang });
  area.value = notes[example.id] ?? "";
  area.addEventListener("input", () => keepNote(example.id, area.value));
  return el("label", { class: "reader" }, t("notes.yours"), area);
}

/** Add the notes of a file to those that are here; a note of the file replaces one of its example. */
async function importNotes(file) {
  const found = readNotes(await file.text());
  const n = Object.keys(found ?? {}).length;
  if (found) {
    notes = { ...notes, ...found };
    remember(NOTES_OF, writeNotes());
  }
  show();
  $("told").textContent = found ? t("notes.read", { n }) : t("notes.unreadable", { name: file.name });
}

function listenToNotes() {
  $("save-notes").disabled = !Object.keys(notes).length;
  $("save-notes").addEventListener("click", () => save(`${data.run}-notes.json`, "application/json", writeNotes()));
  $("load-notes").addEventListener("click", () => $("notes-file").click());
  $("notes-file").addEventListener("change", async () => {
    const [file] = $("notes-file").files;
    if (file) await importNotes(file);
    $("notes-file").value = "";
    $("save-notes").disabled = !Object.keys(notes).length;
  });
}
