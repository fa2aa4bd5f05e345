// The index of all samples: numbers in columns, which answer every filter but that by text.
"use strict";
(() => {
  const SAMPLE_BYTES = 17; // problem, length, index and answer of four bytes each, outcome of one
  const PLACES = 2 ** 24; // more than there are samples; a length times this is exact

  // Letters without case, width and other differences of encoding.
  const folded = (text) =>
    text.normalize("NFKC").toLowerCase().replaceAll("ß", "ss").replaceAll("ς", "σ").replaceAll("i̇", "i");

  // `from..to`, `from..`, `..to`, `>=500`, `<500` or one number, as [from, to]; null if it is none.
  const range = (text) => {
    const compared = /^\s*(>=|<=|>|<|=)\s*(\d+)\s*$/.exec(text);
    if (compared) {
      const number = Number(compared[2]);
      return {
        ">=": [number, Infinity], ">": [number + 1, Infinity],
        "<=": [0, number], "<": [0, number - 1], "=": [number, number],
      }[compared[1]];
    }
    const found = /^\s*(\d*)\s*(\.\.)?\s*(\d*)\s*$/.exec(text);
    if (!found || !(found[1] || found[3])) {
      return null;
    }
    const from = Number(found[1] || 0);
    return [from, found[2] ? Number(found[3] || Infinity) : from];
  };

  // Whether a name is one of those asked for, with commas between them; "" asks for all.
  const among = (names, asked) => {
    const wanted = asked.split(",");
    return names.map((name) => !asked || wanted.includes(name));
  };

  class SampleIndex {
    constructor(head) {
      this.head = head;
      this.total = head.total;
      this.problem = new Uint32Array(head.total);
      this.length = new Uint32Array(head.total);
      this.index = new Uint32Array(head.total);
      this.answer = new Uint32Array(head.total); // checksum of what was extracted
      this.outcome = new Uint8Array(head.total);
      this.problems = []; // [task, id] by number
      this.partners = new Map();
      this.searchable = [];
      this.byRun = head.runs.map(() => []);
      for (const cell of head.cells) {
        this.byRun[cell[0]].push(cell);
      }
    }

    async load(progress) {
      const { head } = this;
      const todo = head.index + head.problems.length;
      let done = 0;
      let start = 0;
      for (let shard = 0; shard < head.index; shard += 1) {
        const content = await Shards.bytes(`i${shard}`);
        const count = content.byteLength / SAMPLE_BYTES;
        this.problem.set(new Uint32Array(content, 0, count), start);
        this.length.set(new Uint32Array(content, 4 * count, count), start);
        this.index.set(new Uint32Array(content, 8 * count, count), start);
        this.answer.set(new Uint32Array(content, 12 * count, count), start);
        this.outcome.set(new Uint8Array(content, 16 * count, count), start);
        start += count;
        progress((done += 1), todo);
      }
      for (let shard = 0; shard < head.problems.length; shard += 1) {
        for (const row of await Shards.json(`p${shard}`)) {
          this.problems.push(row);
        }
        progress((done += 1), todo);
      }
      this.searchable = this.problems.map(([, id]) => folded(id));
    }

    cellOf(sample) {
      const { cells } = this.head;
      let low = 0;
      let high = cells.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (cells[middle][3] <= sample) {
          low = middle;
        } else {
          high = middle - 1;
        }
      }
      return cells[low];
    }

    outcomeName(sample) {
      return this.head.outcomes[this.outcome[sample]];
    }

    problemId(sample) {
      return this.problems[this.problem[sample]][1];
    }

    runNumber(key) {
      return this.head.runs.findIndex((run) => run.key === key);
    }

    // The sample with these properties, -1 if there is none.
    find(run, task, language, problem, index) {
      for (const [, cellTask, cellLanguage, start, count] of this.byRun[run] ?? []) {
        if (cellTask !== task || cellLanguage !== language) {
          continue;
        }
        for (let sample = start; sample < start + count; sample += 1) {
          if (this.problem[sample] === problem && this.index[sample] === index) {
            return sample;
          }
        }
      }
      return -1;
    }

    // All samples of a problem, of all runs and languages.
    ofProblem(problem) {
      const found = [];
      let sample = this.problem.indexOf(problem);
      while (sample !== -1) {
        found.push(sample);
        sample = this.problem.indexOf(problem, sample + 1);
      }
      return found;
    }

    // The sample of another run for the same task, language, problem and index, -1 if there is none.
    partner(sample, run) {
      let cells = this.partners.get(run);
      if (!cells) {
        cells = new Map();
        for (const [, task, language, start, count] of this.byRun[run]) {
          const samples = new Map();
          for (let other = start; other < start + count; other += 1) {
            samples.set(this.problem[other] * 2 ** 20 + this.index[other], other);
          }
          cells.set(`${task} ${language}`, samples);
        }
        this.partners.set(run, cells);
      }
      const [, task, language] = this.cellOf(sample);
      const samples = cells.get(`${task} ${language}`);
      return samples?.get(this.problem[sample] * 2 ** 20 + this.index[sample]) ?? -1;
    }

    // The numbers of the samples that all filters but that by text let through.
    filter(state) {
      const { head } = this;
      const run = state.run ? this.runNumber(state.run) : -1;
      const other = state.run && state.with ? this.runNumber(state.with) : -1;
      const outcomes = among(head.outcomes, state.outcome);
      const tasks = among(head.tasks, state.task);
      const languages = among(head.languages, state.language);
      const [least, most] = range(state.length) ?? [0, Infinity];
      const sought = folded(state.problem);
      const wanted = sought ? this.searchable.map((id) => id.includes(sought)) : null;
      const found = new Uint32Array(this.total);
      let count = 0;
      for (const [cellRun, task, language, start, size] of head.cells) {
        if ((state.run && cellRun !== run) || !tasks[task] || !languages[language]) {
          continue;
        }
        for (let sample = start; sample < start + size; sample += 1) {
          if (
            outcomes[this.outcome[sample]] &&
            this.length[sample] >= least &&
            this.length[sample] <= most &&
            (!wanted || wanted[this.problem[sample]]) &&
            (other < 0 || !state.differ || this.differs(sample, other))
          ) {
            found[count] = sample;
            count += 1;
          }
        }
      }
      return this.ordered(found.slice(0, count), state.order);
    }

    // Whether another run's outcome or extracted answer is another one, as `samples show --diff`.
    differs(sample, run) {
      const other = this.partner(sample, run);
      return (
        other >= 0 &&
        (this.outcome[other] !== this.outcome[sample] || this.answer[other] !== this.answer[sample])
      );
    }

    // By length, and of the same length as they were: sorted as plain numbers, which is fast.
    ordered(samples, order) {
      if (order !== "shortest" && order !== "longest") {
        return samples;
      }
      const sign = order === "longest" ? -1 : 1;
      const keys = new Float64Array(samples.length);
      for (let at = 0; at < samples.length; at += 1) {
        keys[at] = sign * this.length[samples[at]] * PLACES + at;
      }
      keys.sort();
      const sorted = new Uint32Array(samples.length);
      for (let at = 0; at < sorted.length; at += 1) {
        const place = keys[at] % PLACES;
        sorted[at] = samples[place < 0 ? place + PLACES : place];
      }
      return sorted;
    }
  }

  globalThis.Samples = { SampleIndex, folded, range };
})();
