"use strict";
// A list at the door: who is here is kept in this browser until it is cleared.
const list = JSON.parse(document.getElementById("list").textContent);
const key = "oa-door-" + list.id;
const by = (id) => document.getElementById(id);
let here = { people: {}, walkIns: [] };
try {
  const stored = JSON.parse(localStorage.getItem(key));
  if (stored && stored.people && Array.isArray(stored.walkIns)) here = stored;
} catch (error) { /* a damaged entry begins anew */ }

function keep() {
  try {
    localStorage.setItem(key, JSON.stringify(here));
    by("trouble").hidden = true;
  } catch (error) { by("trouble").hidden = false; }
  show();
}
function node(tag, text, into, name) {
  const made = document.createElement(tag);
  made.textContent = text;
  if (name) made.className = name;
  into.append(made);
  return made;
}
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const matches = (name, typed) => plain(name).split(/\s+/).some((word, place, words) =>
  words.slice(place).join(" ").startsWith(typed));

function show() {
  const typed = plain(by("typed").value.trim());
  const rows = by("rows");
  rows.replaceChildren();
  for (const person of list.people) {
    if (typed && !matches(person.name, typed)) continue;
    const isHere = person.id in here.people;
    const row = node("button", (isHere ? "\u2713 " : "") + person.name, rows, isHere ? "here" : "");
    row.dataset.id = person.id;
    row.setAttribute("aria-pressed", isHere);
    row.onclick = () => {
      if (isHere) delete here.people[person.id];
      else here.people[person.id] = new Date().toISOString();
      by("typed").value = "";
      by("typed").focus();
      keep();
    };
  }
  here.walkIns.forEach((guest, place) => {
    if (typed && !matches(guest.name, typed)) return;
    const row = node("button", "\u2713 " + guest.name + " (walk-in)", rows, "here");
    row.onclick = () => {
      if (!confirm("Take " + guest.name + " off the list?")) return;
      here.walkIns.splice(place, 1);
      keep();
    };
  });
  const n = list.people.filter((person) => person.id in here.people).length;
  by("count").textContent = n + " of " + list.people.length + " are here, and " +
    here.walkIns.length + " walked in.";
  const missing = by("missing");
  missing.replaceChildren();
  for (const person of list.people) {
    if (person.id in here.people) continue;
    const line = node("li", person.name + " ", missing);
    if (person.phone) node("a", person.phone, line).href = "tel:" + person.phone.replace(/[^0-9+]/g, "");
  }
  const next = by("next");
  next.replaceChildren();
  for (const person of list.people) {
    if (person.id in here.people && person.next) node("li", person.name + ": " + person.next, next);
  }
}
// No spreadsheet may take a cell for a formula; a load takes the apostrophe away again.
const cell = (text) => '"' + (/^[\s=+\-@\uff1d\uff0b\uff0d\uff20']/.test(text) &&
  !/^\+?[\d ().-]+$/.test(text) ? "'" : "") + text.replace(/"/g, '""') + '"';
function csv() {
  const rows = [["Name", "Email", "Phone", "Checked in", "At"]];
  for (const person of list.people) {
    const at = here.people[person.id];
    if (at) rows.push([person.name, person.email, person.phone, "yes", at]);
  }
  for (const guest of here.walkIns) rows.push([guest.name, guest.email, guest.phone, "yes", guest.at]);
  return "\ufeff" + rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}
by("typed").oninput = show;
by("walk-in").onsubmit = (event) => {
  event.preventDefault();
  const [name, email, phone] = ["name", "email", "phone"].map((id) => by(id).value.trim());
  if (!name) return;
  here.walkIns.push({ name, email, phone, at: new Date().toISOString() });
  by("walk-in").reset();
  by("typed").value = "";
  keep();
};
by("save").onclick = () => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([csv()], { type: "text/csv" }));
  link.download = list.file;
  link.click();
};
by("clear").onclick = () => {
  if (!confirm("Clear who is here? Save the list first.")) return;
  here = { people: {}, walkIns: [] };
  keep();
};
show();
