// Rows of the list, and the links from one sample to others of its problem.
"use strict";
(() => {
  const { shownPart } = Samples;
  const { badge, label, make, table } = SampleDetail;
  const NUMBER = new Intl.NumberFormat("en");

  const isOne = (asked) => asked !== "" && !asked.includes(",");

  // Which columns there are: those that a filter has chosen would say the same in every row.
  const columnsOf = (view, other) => [
    "Outcome",
    ...(other >= 0 ? ["Beside"] : []),
    "Problem",
    ...(view.state.run ? [] : ["Run"]),
    ...(isOne(view.state.language) ? [] : ["Language"]),
    "Answer",
    "Length",
    ...(isOne(view.state.task) ? [] : ["Task"]),
  ];

  const headRow = (view, other) =>
    make(
      "tr",
      {},
      ...columnsOf(view, other).map((name) =>
        make("th", { scope: "col", class: name === "Length" ? "number" : null }, name),
      ),
    );

  const plain = (text) => make("td", { title: text }, text);

  // The end of a long name, which tells it from its neighbours; the whole is in its title.
  const ending = (text) => {
    const letters = [...text];
    return letters.length > 22 ? `…${letters.slice(-21).join("")}` : text;
  };

  const listRow = (view, sample, other) => {
    const { address, index, placeOf, state } = view;
    const { head } = index;
    const [run, task, language] = index.cellOf(sample);
    const place = placeOf(sample);
    const id = label(index.problemId(sample));
    const partner = other < 0 ? -1 : index.partner(sample, other);
    const cells = {
      Outcome: () => make("td", {}, badge(index.outcomeName(sample))),
      Beside: () => make("td", {}, partner < 0 ? "" : badge(index.outcomeName(partner))),
      Problem: () =>
        make(
          "th",
          { scope: "row", title: id },
          make("a", { href: address({ at: place }) }, make("bdi", {}, ending(id))),
        ),
      Language: () => plain(label(head.languages[language])),
      Answer: () => make("td", { class: "glimpse" }),
      Length: () => make("td", { class: "number" }, NUMBER.format(index.length[sample])),
      Run: () => make("td", { title: label(head.runs[run].name) }, ending(label(head.runs[run].name))),
      Task: () => plain(label(head.tasks[task])),
    };
    return make(
      "tr",
      { "aria-current": place === state.at ? "true" : null, "data-sample": sample },
      ...columnsOf(view, other).map((name) => cells[name]()),
    );
  };

  // What was extracted, or the beginning of the answer, once its shard is there.
  const fillGlimpses = async (head, rows) => {
    for (const row of rows) {
      const sample = Number(row.dataset.sample);
      const texts = await Shards.row("t", head.answers, sample);
      if (!row.isConnected) {
        return;
      }
      const text = shownPart(texts[2] ?? texts[1]).slice(0, 200);
      row.querySelector(".glimpse").replaceChildren(make("bdi", { dir: "auto" }, label(text)));
    }
  };

  const links = (view, title, samples, sample, text) =>
    samples.length < 2
      ? null
      : make(
          "p",
          { class: "siblings" },
          `${title}: `,
          ...samples.map((one) =>
            make(
              "a",
              { href: view.address({ at: view.placeOf(one) }), "aria-current": one === sample ? "true" : null },
              text(one),
            ),
          ),
        );

  // Where else the problem was asked: languages, further answers, and all runs with it.
  const around = (view, sample) => {
    const { address, index, placeOf } = view;
    const { head } = index;
    const [run, task, language] = index.cellOf(sample);
    const same = index.ofProblem(index.problem[sample]);
    const number = index.index[sample];
    const here = (one, of) => index.cellOf(one)[of];
    const byLanguage = same.filter((s) => here(s, 0) === run && index.index[s] === number);
    const byIndex = same.filter((s) => here(s, 0) === run && here(s, 2) === language);
    const byRun = same.filter((s) => here(s, 2) === language && index.index[s] === number);
    const rows = byRun.map((one) => [
      make("a", { href: view.address({ at: view.placeOf(one) }) }, label(head.runs[here(one, 0)].name)),
      badge(index.outcomeName(one)),
      NUMBER.format(index.length[one]),
      one === sample
        ? ""
        : make(
            "a",
            { href: address({ run: head.runs[run].key, with: head.runs[here(one, 0)].key, at: placeOf(sample) }) },
            "beside",
          ),
    ]);
    const right = byRun.filter((one) => ["correct", "win"].includes(index.outcomeName(one))).length;
    const title = `This problem in ${byRun.length} runs, ${right} right`;
    const caption = table(["Run", "Outcome", "Characters", "Compare"], rows, title);
    return {
      top: [
        links(view, "Language", byLanguage, sample, (one) => label(head.languages[here(one, 2)])),
        links(view, "Answer", byIndex, sample, (one) => String(index.index[one] + 1)),
      ],
      bottom: byRun.length > 1 ? make("details", {}, make("summary", {}, title), caption) : null,
      task,
      language,
      run,
    };
  };

  globalThis.SampleList = { around, fillGlimpses, headRow, listRow };
})();
