// The sample explorer: filters, the list, one sample or two side by side. The address has the state.
"use strict";
(() => {
  const { SampleIndex, range, search } = Samples;
  const { answer, label, make, nearestRows, section, written } = SampleDetail;
  const { around, fillGlimpses, headRow, listRow } = SampleList;
  const EMPTY = {
    run: "", with: "", task: "", language: "", outcome: "", text: "", problem: "", length: "",
    order: "", differ: "", page: "", at: "",
  };
  const FIELDS = Object.keys(EMPTY).filter((name) => name !== "page" && name !== "at");
  const SCHEMA = 2; // of the shards, as samples_page.py writes it
  const PAGE = 30;
  const GLIMPSES_AFTER = 80; // milliseconds
  const NUMBER = new Intl.NumberFormat("en");
  const byId = (id) => document.getElementById(id);
  const control = (name) => byId(`filter-${name}`);

  let index = null;
  let state = { ...EMPTY };
  let hits = [];
  let searching = 0; // counts searches, so that one which goes on knows that it is over
  let showing = 0;
  let glimpsing = 0;

  // State and address

  const readState = () => {
    const given = new URLSearchParams(location.hash.slice(1));
    return Object.fromEntries(
      Object.entries(EMPTY).map(([name, usual]) => [name, given.get(name) ?? usual]),
    );
  };

  const address = (changes) => {
    const all = new URLSearchParams();
    for (const [name, value] of Object.entries({ ...state, ...changes })) {
      if (value) {
        all.set(name, value);
      }
    }
    return `#${all}`;
  };

  const change = (changes) => {
    const before = state;
    history.replaceState(null, "", address(changes));
    state = { ...state, ...changes };
    follow(before);
  };

  // A sample by what stays the same when the site is built again.
  const placeOf = (sample) => {
    const [run, task, language] = index.cellOf(sample);
    const { runs, tasks, languages } = index.head;
    const parts = [runs[run].key, tasks[task], languages[language], index.index[sample]];
    return [...parts, index.problemId(sample)].join("|");
  };

  const sampleAt = (place) => {
    const parts = place.split("|");
    if (parts.length < 5) {
      return -1;
    }
    const [key, task, language, number] = parts;
    const { tasks, languages } = index.head;
    const taskNumber = tasks.indexOf(task);
    const id = parts.slice(4).join("|");
    const problem = index.problems.findIndex(([of, name]) => of === taskNumber && name === id);
    const run = index.runNumber(key);
    return index.find(run, taskNumber, languages.indexOf(language), problem, Number(number));
  };

  // What those who make lists and links need to know.
  const view = {
    address,
    placeOf,
    get index() {
      return index;
    },
    get state() {
      return state;
    },
  };

  const follow = (before) => {
    showControls();
    const filtered = FIELDS.some((name) => before?.[name] !== state[name]);
    if (index) {
      if (filtered) {
        applyFilters();
      } else {
        showList();
      }
      if (before?.at !== state.at || before?.with !== state.with || before?.text !== state.text) {
        showSample();
      }
    }
  };

  // Filters

  const showControls = () => {
    for (const name of FIELDS) {
      const element = control(name);
      if (element.type === "checkbox") {
        element.checked = state[name] !== "";
      } else if (element.value !== state[name]) {
        element.value = state[name];
        if (element.tagName === "SELECT" && element.value !== state[name]) {
          // Several at once, or one that this site does not have: a link may ask for it.
          element.append(make("option", { value: state[name] }, label(state[name])));
          element.value = state[name];
        }
      }
    }
    control("with").disabled = !state.run;
    control("differ").disabled = !(state.run && state.with);
    const wrong = state.length !== "" && !range(state.length);
    control("length").setAttribute("aria-invalid", String(wrong));
  };

  const fillSelect = (name, values) => {
    const select = control(name);
    select.append(...values.map(([value, text]) => make("option", { value }, label(text))));
    select.value = state[name];
  };

  const fillControls = (head) => {
    const runs = head.runs.map((run, number) => ({ ...run, number }));
    const used = new Set(head.cells.map(([run]) => run));
    const named = runs
      .filter(({ number }) => used.has(number))
      .map(({ key, name, role }) => [key, role === "run" ? name : `${name} (${role})`]);
    fillSelect("run", named);
    fillSelect("with", named);
    const plain = (names) => names.map((name) => [name, name.replaceAll("_", " ")]);
    fillSelect("task", head.tasks.map((name) => [name, name]));
    fillSelect("language", head.languages.map((name) => [name, name]));
    fillSelect("outcome", plain(head.outcomes));
  };

  const status = (text) => {
    byId("status").textContent = text;
  };

  const samplesWord = (count) => `${NUMBER.format(count)} ${count === 1 ? "sample" : "samples"}`;

  const applyFilters = () => {
    const mine = (searching += 1);
    const goOn = () => mine === searching;
    const found = index.filter(state);
    if (!state.text.trim()) {
      hits = found;
      showList();
      status(`${samplesWord(hits.length)} of ${NUMBER.format(index.total)}`);
      return;
    }
    hits = [];
    showList();
    const more = (samples, done, all) => {
      if (!goOn()) {
        return;
      }
      hits.push(...samples);
      if (samples.length && hits.length - samples.length < (pageNumber() + 1) * PAGE) {
        showList();
      } else if (done === all) {
        showPager();
      }
      const part = done < all ? `, ${done} of ${all} parts searched` : "";
      status(`${samplesWord(hits.length)} with this text${part}`);
    };
    search(index, found, state.text, more, goOn).catch((error) => status(error.message));
  };

  // The list

  const pageNumber = () => {
    const last = Math.max(0, Math.ceil(hits.length / PAGE) - 1);
    return Math.min(Math.max(0, Math.trunc(Number(state.page)) || 0), last);
  };

  const otherRun = () => (state.run && state.with ? index.runNumber(state.with) : -1);

  const showList = () => {
    const page = pageNumber();
    const other = otherRun();
    const rows = Array.from(hits.slice(page * PAGE, (page + 1) * PAGE), (sample) =>
      listRow(view, sample, other),
    );
    byId("list-head").replaceChildren(headRow(view, other));
    byId("list-body").replaceChildren(...rows);
    showPager();
    // Behind the list itself, which must not wait for texts.
    clearTimeout(glimpsing);
    glimpsing = setTimeout(() => {
      fillGlimpses(index.head, rows).catch((error) => status(error.message));
    }, GLIMPSES_AFTER);
  };

  const showPager = () => {
    const page = pageNumber();
    const first = page * PAGE;
    const last = Math.min(first + PAGE, hits.length);
    const pages = Math.ceil(hits.length / PAGE);
    byId("page-before").disabled = page === 0;
    byId("page-after").disabled = page + 1 >= pages;
    byId("page-now").textContent = hits.length
      ? `${NUMBER.format(first + 1)} to ${NUMBER.format(last)} of ${NUMBER.format(hits.length)}`
      : "No sample fits the filters.";
  };

  // One sample

  const move = (step) => {
    const at = state.at ? hits.indexOf(sampleAt(state.at)) : -1;
    const next = at < 0 ? 0 : at + step;
    if (next >= 0 && next < hits.length) {
      const page = Math.trunc(next / PAGE);
      change({ at: placeOf(hits[next]), page: page ? String(page) : "" });
      document.querySelector("#list-body [aria-current]")?.scrollIntoView({ block: "nearest" });
    }
  };

  const showSample = async () => {
    const mine = (showing += 1);
    const box = byId("sample");
    const sample = state.at ? sampleAt(state.at) : -1;
    document.body.classList.toggle("one-sample", sample >= 0);
    byId("sample-bar").hidden = sample < 0;
    if (sample < 0) {
      const none = state.at ? "There is no such sample in this site." : "Choose a sample: j and k go on and back.";
      box.replaceChildren(make("p", { class: "soft" }, none));
      return;
    }
    const { head } = index;
    const row = await Shards.row("t", head.answers, sample);
    const other = otherRun();
    const partner = other < 0 || other === index.cellOf(sample)[0] ? -1 : index.partner(sample, other);
    const rows = [[sample, row]];
    if (partner >= 0) {
      rows.push([partner, await Shards.row("t", head.answers, partner)]);
    }
    const prompts = [];
    for (const number of new Set(rows.map(([, one]) => one[0]))) {
      prompts.push(written(await Shards.row("q", head.texts, number), state.text));
    }
    const columns = [];
    for (const [number, one] of rows) {
      columns.push(await answer(index, number, one, state.text));
    }
    const { top, bottom, task, language, run } = around(view, sample);
    const nearest = await nearestRows(head, head.runs[run], row[0]);
    if (mine !== showing) {
      return;
    }
    const place = `${label(head.tasks[task])} · ${label(head.languages[language])}`;
    box.replaceChildren(
      make("h2", {}, label(index.problemId(sample))),
      make("p", { class: "soft" }, place),
      ...top.filter((one) => one !== null),
      section(prompts.length > 1 ? "Prompts, of each run" : "Prompt", ...prompts),
      make("div", { class: columns.length > 1 ? "answers beside" : "answers" }, ...columns),
      ...[bottom, nearest].filter((one) => one !== null),
    );
    box.scrollTop = 0;
  };

  // Events

  const listen = () => {
    let typing = 0;
    byId("filters").addEventListener("input", (event) => {
      const { name, type, checked, value } = event.target;
      const given = type === "checkbox" ? (checked ? "yes" : "") : value;
      const changes = { [name]: given, page: "" };
      if (name === "run" && !given) {
        Object.assign(changes, { with: "", differ: "" });
      }
      clearTimeout(typing);
      typing = setTimeout(() => change(changes), name === "text" ? 250 : 0);
    });
    byId("filters").addEventListener("submit", (event) => event.preventDefault());
    byId("filters-off").addEventListener("click", () => change({ ...EMPTY, at: state.at }));
    byId("page-before").addEventListener("click", () => change({ page: String(pageNumber() - 1) }));
    byId("page-after").addEventListener("click", () => change({ page: String(pageNumber() + 1) }));
    byId("sample-before").addEventListener("click", () => move(-1));
    byId("sample-after").addEventListener("click", () => move(1));
    byId("sample-close").addEventListener("click", () => change({ at: "" }));
    byId("list-body").addEventListener("click", (event) => {
      const row = event.target.closest("tr");
      if (row && !event.target.closest("a") && !getSelection().toString()) {
        location.hash = address({ at: placeOf(Number(row.dataset.sample)) });
      }
    });
    document.addEventListener("keydown", (event) => {
      const { key } = event;
      const typed = event.target.closest("#filters input:not([type=checkbox])");
      // Out of a field again, with what was typed: a browser's own Escape would clear a search.
      if (typed && ["Enter", "Escape"].includes(key) && !event.isComposing) {
        event.preventDefault();
        typed.blur();
      }
      if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select")) {
        return;
      }
      const doing = {
        j: () => move(1), k: () => move(-1), "/": () => control("text").focus(),
        Escape: () => state.at && change({ at: "" }),
      }[key];
      if (index && doing) {
        event.preventDefault();
        doing();
      }
    });
    addEventListener("hashchange", () => {
      const before = state;
      state = readState();
      follow(before);
    });
  };

  const start = async () => {
    state = readState();
    const head = await Shards.json("samples");
    if (head.schema !== SCHEMA) {
      throw new Error("data/ is of another version than this page: build the site again");
    }
    fillControls(head);
    showControls();
    listen();
    for (const fault of head.faults) {
      byId("status").after(make("p", { class: "soft" }, `Left out: ${label(fault)}`));
    }
    const loaded = new SampleIndex(head);
    status(`${samplesWord(head.total)} are loading.`);
    await loaded.load((done, all) => status(`${samplesWord(head.total)}: ${done} of ${all} parts`));
    index = loaded;
    applyFilters();
    await showSample();
    document.documentElement.dataset.ready = "yes";
  };

  start().catch((error) => status(error.message));
})();
