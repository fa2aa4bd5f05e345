// Sort, filter and search the rankings of a page. What is chosen stands in the address after "#",
// so that a link carries it. Without this script every row is there all the same.
"use strict";
(() => {
  const WORDS = ["task", "metric", "language", "profile", "origin", "size", "model", "text"];
  const UNITS = { M: 1e6, B: 1e9 };
  const byId = (id) => document.getElementById(id);
  const sections = [...document.querySelectorAll("details.ranking")];
  const tables = sections.map((section) => section.querySelector("table"));
  const elsewhere = [...document.querySelectorAll("#elsewhere a")];
  const original = new Map(tables.map((table) => [table, [...table.tBodies[0].rows]]));
  let state = new Map();

  // The address

  const read = () => {
    state = new Map(new URLSearchParams(location.hash.slice(1)));
    for (const word of WORDS) {
      const field = byId(word);
      const asked = state.get(word) ?? "";
      if (asked === "") {
        state.delete(word);
      }
      field.value = asked;
      if (field.tagName === "SELECT" && field.value !== asked) {
        field.add(new Option(asked, asked)); // a link may ask for what is not here: no row fits it
        field.value = asked;
      }
    }
  };

  const write = () => {
    const kept = [...state].filter(([, value]) => value !== "");
    const hash = new URLSearchParams(kept).toString();
    history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
    for (const link of elsewhere) {
      link.hash = hash;
    }
  };

  const choose = (word, value) => {
    if (value === "") {
      state.delete(word);
    } else {
      state.set(word, value);
    }
    write();
    show();
  };

  // Columns

  const headings = (table) => [...table.tHead.rows[0].cells];
  const columns = [
    ...new Set(tables.flatMap((table) => headings(table).map((cell) => cell.dataset.column))),
  ];
  // On a phone the scores come first: what else there is can be switched on.
  const unasked = () => (matchMedia("(max-width: 40rem)").matches ? "interval,n,seeds,size" : "");
  const hidden = () =>
    new Set((state.get("hide") ?? unasked()).split(",").filter((name) => columns.includes(name)));

  const makeColumnChoices = () => {
    for (const name of columns.filter((one) => one !== "model")) {
      const box = document.createElement("input");
      box.type = "checkbox";
      box.dataset.column = name;
      const label = document.createElement("label");
      label.append(box, name);
      byId("columns").append(label);
      box.addEventListener("change", () => {
        const names = hidden();
        if (box.checked) {
          names.delete(name);
        } else {
          names.add(name);
        }
        choose("hide", [...names].join(",") || (unasked() && "none"));
      });
    }
  };

  const showColumns = () => {
    const names = hidden();
    const language = state.get("language");
    for (const box of byId("columns").querySelectorAll("input")) {
      box.checked = !names.has(box.dataset.column);
    }
    for (const table of tables) {
      headings(table).forEach((heading, place) => {
        const other = language && heading.dataset.language && heading.dataset.language !== language;
        const off = names.has(heading.dataset.column) || Boolean(other);
        for (const row of table.rows) {
          row.cells[place].hidden = off;
        }
      });
    }
  };

  // Rows

  // The score of a cell, without the mark of a note and the interval below it.
  const own = (cell) => cell?.firstChild?.textContent ?? "";
  const number = (text) => {
    const found = /^\s*([-+]?[\d,]*\.?\d+)([kMB]?)/.exec(text);
    const factor = { "": 1, k: 1e3, M: 1e6, B: 1e9 };
    return found ? Number(found[1].replaceAll(",", "")) * factor[found[2]] : null;
  };
  // What a score is sorted and placed by: the whole value, as the text of it is rounded.
  const exact = (cell) =>
    cell?.dataset.value === undefined ? number(own(cell)) : Number(cell.dataset.value);
  const fitsSize = (row, wanted) => {
    const size = row.dataset.size === undefined ? null : Number(row.dataset.size);
    if (!wanted || wanted === "unknown" || size === null) {
      return !wanted || (wanted === "unknown") === (size === null);
    }
    const [low, high] = [...wanted.matchAll(/(\d+)([MB])/g)].map((x) => Number(x[1]) * UNITS[x[2]]);
    if (wanted.startsWith(">")) {
      return size >= low;
    }
    return wanted.startsWith("<") ? size < low : size >= low && size < high;
  };

  const showRows = () => {
    const has = (text, word) => text.toLowerCase().includes((state.get(word) ?? "").toLowerCase());
    let models = 0;
    let rankings = 0;
    sections.forEach((section, at) => {
      const language = state.get("language");
      const place = headings(tables[at]).findIndex((one) => one.dataset.language === language);
      const fits =
        ["task", "metric", "profile"].every(
          (word) => !state.has(word) || section.dataset[word] === state.get(word),
        ) &&
        (!language || place >= 0);
      let shown = 0;
      for (const row of original.get(tables[at])) {
        const name = row.querySelector("th");
        const visible =
          fits &&
          (!state.has("origin") || row.dataset.origin === state.get("origin")) &&
          fitsSize(row, state.get("size")) &&
          has(name.textContent, "model") &&
          has(row.textContent, "text") &&
          (!language || own(row.cells[place]) !== "");
        row.hidden = !visible;
        shown += visible ? 1 : 0;
      }
      section.hidden = shown === 0;
      models += shown;
      rankings += shown ? 1 : 0;
      if (shown && (state.has("metric") || state.has("task"))) {
        section.open = true;
      }
    });
    let others = 0;
    for (const link of elsewhere) {
      const off = ["task", "metric", "profile"].some(
        (word) => state.has(word) && link.dataset[word] !== state.get(word),
      );
      link.parentElement.hidden = off;
      others += off ? 0 : 1;
    }
    const said = (count, what) => `${count} ${what}${count === 1 ? "" : "s"}`;
    const more = others ? `; ${said(others, "ranking")} on other pages, see below` : "";
    byId("count").textContent = `${said(models, "row")} in ${said(rankings, "ranking")}${more}`;
  };

  // Places and bars follow the language that is chosen.

  const rankBy = (table) => {
    const language = state.get("language") ?? table.dataset.ranked;
    const column = headings(table).findIndex((one) => one.dataset.language === language);
    if (column < 0) {
      return;
    }
    const sign = table.dataset.better === "high" ? -1 : 1;
    const rows = original.get(table).map((row) => ({
      row,
      exact: exact(row.cells[column]),
      value: number(own(row.cells[column])),
      ends: (row.cells[column].querySelector("small")?.textContent ?? "").split("–").map(number),
    }));
    rows.sort((a, b) => (a.exact === null) - (b.exact === null) || sign * (a.exact - b.exact));
    let place = 0;
    rows.forEach((one, at) => {
      place = at && rows[at - 1].exact === one.exact ? place : at + 1;
      one.row.cells[0].textContent = one.value === null ? "" : String(place);
    });
    const known = rows.flatMap((one) => [one.value, ...one.ends]).filter((x) => x !== null);
    const low = sign < 0 ? Math.min(0, ...known) : Math.min(...known);
    const most = Math.max(...known);
    const high = most > low ? most : low + (sign < 0 ? 100 : 1);
    const x = (value) => ((120 * (value - low)) / (high - low)).toFixed(1);
    const axis = table.tHead.querySelector('[data-column="interval"] small');
    const digits = sign < 0 ? 1 : 3;
    axis.textContent = known.length ? `${low.toFixed(digits)} to ${high.toFixed(digits)}` : "";
    for (const { row, value, ends } of rows) {
      const bar = row.querySelector("svg.interval");
      if (bar) {
        bar.classList.toggle("none", value === null);
        const whole = ends.length === 2 && ends.every((end) => end !== null);
        bar.querySelector("path")?.setAttribute("d", whole ? `M${x(ends[0])} 6H${x(ends[1])}` : "");
        bar.querySelector("circle").setAttribute("cx", value === null ? "0" : x(value));
      }
    }
  };

  // Sorting

  const makeSortable = (table) => {
    for (const heading of headings(table)) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...heading.childNodes);
      heading.append(button);
      button.addEventListener("click", () => {
        const [column, way] = (state.get("sort") ?? "").split(":");
        const first = startsDown(table, heading) ? "down" : "up";
        const name = heading.dataset.column;
        const other = first === "up" ? "down" : "up";
        choose("sort", `${name}:${column === name && way === first ? other : first}`);
      });
    }
  };

  const startsDown = (table, heading) =>
    heading.dataset.language || heading.dataset.column === "interval"
      ? table.dataset.better === "high"
      : ["size", "seeds", "n"].includes(heading.dataset.column);

  const sort = (table) => {
    const [name, way] = (state.get("sort") ?? "").split(":");
    const all = headings(table);
    let column = all.findIndex((heading) => heading.dataset.column === name);
    for (const heading of all) {
      const sorted = heading === all[column] ? (way === "down" ? "descending" : "ascending") : null;
      if (sorted) {
        heading.setAttribute("aria-sort", sorted);
      } else {
        heading.removeAttribute("aria-sort");
      }
    }
    let sign = way === "down" ? -1 : 1;
    if (column < 0) {
      [column, sign] = [0, 1]; // by place
    } else if (name === "interval") {
      const language = state.get("language") ?? table.dataset.ranked;
      column = all.findIndex((heading) => heading.dataset.language === language);
    }
    const texts = ["model", "origin"].includes(name);
    const value = (row) => {
      const cell = row.cells[column];
      if (texts) {
        return cell.textContent;
      }
      return name === "size" && row.dataset.size ? Number(row.dataset.size) : exact(cell);
    };
    const rows = original.get(table).map((row) => ({ row, value: value(row) }));
    rows.sort((a, b) => {
      if (texts) {
        return sign * a.value.localeCompare(b.value);
      }
      return (a.value === null) - (b.value === null) || sign * (a.value - b.value);
    });
    table.tBodies[0].append(...rows.map((one) => one.row));
  };

  const show = () => {
    showRows();
    showColumns();
    tables.forEach(rankBy);
    tables.forEach(sort);
  };

  if (!tables.length) {
    return;
  }
  byId("filters").hidden = false;
  makeColumnChoices();
  tables.forEach(makeSortable);
  for (const word of WORDS) {
    byId(word).addEventListener("input", (event) => choose(word, event.target.value));
  }
  byId("clear").addEventListener("click", () => {
    state.clear();
    write();
    read();
    show();
  });
  addEventListener("hashchange", () => {
    if (document.getElementById(location.hash.slice(1)) === null) {
      read();
      show();
    }
  });
  read();
  write();
  show();
})();
