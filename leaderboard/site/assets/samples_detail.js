// One sample: what was asked, what came, how it was read and graded, and what stands around it.
"use strict";
(() => {
  const { shownPart, whole } = Samples;
  const CHARACTERS = new Intl.NumberFormat("en");
  // What cannot be seen, apart from line ends and tabs: it stands as its code.
  const UNSEEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u{e0000}-\u{e0fff}\ufeff]/gu;
  const TURNING = /[\u200b-\u200f\u2028-\u202e\u2060-\u206f\s]/gu;

  // A program, whose columns matter.
  const CODE = /(^|\n)( {4}|\t|```|def |class |import |from \w+ import )/;

  const code = (character) =>
    `<U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}>`;

  // A name, id or label on one line, with what cannot be seen as its code.
  const label = (text) =>
    text
      .replace(/\s*[\r\n]+\s*|\t/g, " ")
      .replace(UNSEEN, code)
      .replace(TURNING, (character) => (character === " " ? " " : code(character)));

  // An element. Text is only ever set as text.
  const make = (tag, properties = {}, ...content) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (name === "class") {
        element.className = value;
      } else if (value !== null && value !== undefined && value !== false) {
        element.setAttribute(name, value === true ? "" : value);
      }
    }
    element.append(...content.filter((one) => one !== null));
    return element;
  };

  // Where a text has the sought one, marked.
  const marked = (text, sought) => {
    if (!sought) {
      return [text];
    }
    const parts = [];
    const pattern = new RegExp(sought.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"), "giu");
    let from = 0;
    for (const found of text.matchAll(pattern)) {
      parts.push(text.slice(from, found.index), make("mark", {}, found[0]));
      from = found.index + found[0].length;
      if (parts.length > 400) {
        break;
      }
    }
    return [...parts, text.slice(from)];
  };

  // A long text in pieces, each laid out when it comes into view: as one block, two megabytes on
  // one line hold up the page for a minute. They end at a line, else a word, else anywhere.
  const PIECE = 4000;
  const pieces = (text) => {
    const found = [];
    let from = 0;
    while (from < text.length) {
      let to = Math.min(from + PIECE, text.length);
      if (to < text.length) {
        const part = text.slice(from, to);
        const end = part.lastIndexOf("\n");
        const space = part.lastIndexOf(" ");
        if (end >= 0) {
          to = from + end + 1;
        } else if (space > 0) {
          to = from + space + 1;
        } else if (/[\ud800-\udbff]/.test(text[to - 1])) {
          to -= 1; // the two halves of a character stay together
        }
      }
      found.push(text.slice(from, to));
      from = to;
    }
    return found;
  };

  // What a model or a dataset wrote: its own characters and lines, in its own direction.
  const written = (text, sought) => {
    const shown = shownPart(text).replace(UNSEEN, code);
    const bdi = make("bdi", { dir: "auto" }, ...marked(shown, sought));
    const kind = CODE.test(shown) ? "written" : "written prose";
    const box = make("pre", { class: kind, tabindex: shown.length > 1500 ? "0" : null }, bdi);
    if (!Array.isArray(text)) {
      return box;
    }
    const all = make("button", { type: "button" }, "Show the whole text");
    const size = CHARACTERS.format(text[1]);
    const note = make("p", { class: "soft" }, `The beginning of ${size} characters. `, all);
    all.addEventListener("click", async () => {
      all.disabled = true;
      const found = (await whole(text)).replace(UNSEEN, code);
      bdi.replaceChildren(
        ...pieces(found).map((one) => make("span", { class: "piece" }, ...marked(one, sought))),
      );
      note.replaceChildren(`All ${size} characters.`);
    });
    return make("div", {}, box, note);
  };

  const section = (title, ...content) => make("section", {}, make("h3", {}, title), ...content);

  const folded = (title, open, ...content) =>
    make("details", { open }, make("summary", {}, title), ...content);

  const SIGNS = { correct: "✓", win: "✓", wrong: "✗", loss: "✗", truncated: "…", error: "!" };

  const badge = (outcome) =>
    make(
      "span",
      { class: `outcome outcome-${outcome.replace(/[^a-z_]/g, "")}` },
      `${SIGNS[outcome] ?? "–"} ${label(outcome.replaceAll("_", " "))}`,
    );

  const cell = (content) =>
    make("td", { class: /^[\d.,]+$/.test(content) ? "number" : null }, content);

  const table = (heads, rows, caption) =>
    make(
      "div",
      { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
      make(
        "table",
        {},
        make("caption", { class: "unseen" }, caption),
        make("thead", {}, make("tr", {}, ...heads.map((one) => make("th", { scope: "col" }, one)))),
        make("tbody", {}, ...rows.map((row) => make("tr", {}, ...row.map(cell)))),
      ),
    );

  const figure = (value, digits) => value.toFixed(digits);

  const measuredTable = async (head, measured, name) => {
    const rows = [];
    const choices = measured.some(([, , , , , , right]) => right !== null);
    for (const [text, scored, bits, bytes, digitBits, digitBytes, right] of measured) {
      const reference = await Shards.row("q", head.texts, text);
      rows.push([
        ...(choices ? [right === null ? "–" : right ? "right" : "wrong"] : []),
        scored && bytes ? figure(bits / bytes, 4) : "over the context",
        figure(bits, 1),
        String(bytes),
        digitBytes ? figure(digitBits / digitBytes, 4) : "",
        folded(label(shownPart(reference).slice(0, 60)), false, written(reference, "")),
      ]);
    }
    const heads = ["Bits per byte", "Bits", "Bytes", "Per byte of digits", "Text"];
    return table(choices ? ["Choice", ...heads] : heads, rows, `Measured texts of this problem, ${name}`);
  };

  const verdictList = (run, verdicts) =>
    verdicts.map(([first, result, reply, asked, detail, thinking]) =>
      make(
        "div",
        { class: "verdict" },
        make(
          "p",
          {},
          badge(result),
          first ? " shown first" : " shown second",
          asked > 1 ? `, asked ${asked} times` : "",
          detail ? `: ${label(detail)}` : "",
        ),
        reply.length ? written(reply, "") : make("p", { class: "soft" }, "No reply."),
        thinking.length ? folded("The judge's thinking", false, written(thinking, "")) : null,
      ),
    );

  // The answer of one run, as a column.
  const answer = async (index, sample, row, sought) => {
    const { head } = index;
    const run = head.runs[index.cellOf(sample)[0]];
    const [, generation, extracted, detail, thinking, rule, cut, measured, baseline, verdicts] = row;
    const outcome = index.outcomeName(sample);
    const name = label(run.name);
    const folder = run.role === "judged" ? "experiments" : "runs";
    const title = make("a", { href: `${folder}/${run.key}.html` }, name);
    const column = make("div", { class: "answer" });
    column.append(make("h3", {}, title), make("p", {}, badge(outcome)));
    if (extracted !== null) {
      const found = make("dl", { class: "facts" }, make("dt", {}, "Extracted"));
      found.append(make("dd", {}, written(extracted, "")));
      if (rule) {
        found.append(make("dt", {}, "Found by"), make("dd", {}, rule));
      }
      column.append(found);
    }
    const notes = [];
    if (detail.length && detail !== `by ${rule}`) {
      notes.push(label(shownPart(detail)));
    }
    if (cut) {
      notes.push("the token limit ended the generation");
    }
    if (notes.length) {
      column.append(make("p", { class: "soft" }, notes.join("; ")));
    }
    if (outcome !== "measured") {
      const size = CHARACTERS.format(index.length[sample]);
      column.append(make("h4", {}, `Answer, ${size} characters`));
      column.append(generation.length ? written(generation, sought) : make("p", {}, "Empty."));
    }
    if (thinking.length) {
      column.append(folded("Thinking, which no rule reads", false, written(thinking, sought)));
    }
    if (baseline !== null) {
      column.append(make("h4", {}, `Baseline: ${label(run.baseline)}`), written(baseline, sought));
    }
    if (verdicts.length) {
      column.append(make("h4", {}, `Judge: ${label(run.judge)}`), ...verdictList(run, verdicts));
    }
    if (measured.length) {
      column.append(make("h4", {}, "Bits per byte"), await measuredTable(head, measured, name));
    }
    return column;
  };

  const nearestRows = async (head, run, prompt) => {
    const found = head.nearest.find((one) => one.dataset === run.dataset);
    if (!found) {
      return null;
    }
    const shard = Shards.shardOf(found.prompts, prompt);
    const rows = await Shards.json(`n${found.first + shard}`);
    const hits = rows.find(([number]) => number === prompt)?.[1];
    if (!hits?.length) {
      return null;
    }
    const items = hits.map(([likeness, id, language, kind, question, shared, longest]) =>
      make(
        "li",
        {},
        make("p", {}, `${figure(likeness, 2)} · ${label(id)} · ${label(language)} ${label(kind)}`),
        written(question, ""),
        make(
          "p",
          { class: "soft" },
          "Both have: ",
          make("bdi", { dir: "auto" }, shared.map(label).join(", ") || "no whole word"),
          ...(longest ? ["; longest run: ", make("bdi", { dir: "auto" }, `“${label(longest)}”`)] : []),
        ),
      ),
    );
    const about =
      "Rows of this run's own dataset whose questions are most like the prompt (cosine of words " +
      "and pairs of words, weighted by rarity; 1 is the same).";
    const title = `Nearest training rows (likeness up to ${figure(hits[0][0], 2)})`;
    return folded(title, false, make("p", { class: "soft" }, about), make("ol", {}, ...items));
  };

  globalThis.SampleDetail = { answer, badge, label, make, nearestRows, section, table, written };
})();
