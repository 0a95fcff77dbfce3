"use strict";
// Without this the table is a table. With it, each column's name is a button that sorts by it.
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  const said = document.getElementById("sorted");
  const worth = (row, at) => row.cells[at].dataset.value ?? "";
  const sort = (at, down) => {
    const rows = [...table.tBodies[0].rows];
    rows.sort((a, b) => {
      const [one, two] = [worth(a, at), worth(b, at)];
      // What is not known is last, whichever way the rest goes.
      if (one === "" || two === "") return (one === "") - (two === "");
      const order = one - two;
      return down ? -order : order;
    });
    table.tBodies[0].append(...rows);
    heads.forEach((head) => head.removeAttribute("aria-sort"));
    heads[at].setAttribute("aria-sort", down ? "descending" : "ascending");
    said.textContent = `Sorted by ${heads[at].textContent}, ${down ? "most" : "least"} first.`;
    if (at === 0) said.textContent = `Sorted by team, ${down ? "Z to A" : "A to Z"}.`;
  };
  heads.forEach((head, at) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const before = head.getAttribute("aria-sort");
      sort(at, at === 0 ? before === "ascending" : before !== "descending");
    });
  });
  heads[0].setAttribute("aria-sort", "ascending");
  if (table.tBodies[0].rows.length > 12) {
    const label = document.createElement("label");
    const search = document.createElement("input");
    search.type = "search";
    label.append("Find a team ", search);
    table.parentElement.before(label);
    search.addEventListener("input", () => {
      const wanted = search.value.trim().toLowerCase();
      for (const row of table.tBodies[0].rows)
        row.hidden = !row.cells[0].textContent.toLowerCase().includes(wanted);
    });
  }
}
