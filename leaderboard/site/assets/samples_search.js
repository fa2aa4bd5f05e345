// Search by text: the shards of texts are loaded one after the other, and hits told as they come.
"use strict";
(() => {
  const { folded } = Samples;

  // The whole of a text that may be cut: [beginning, characters, first shard, shards].
  const whole = async (text) => {
    if (text === null || text === undefined) {
      return "";
    }
    if (typeof text === "string") {
      return text;
    }
    const parts = [];
    for (let shard = 0; shard < text[3]; shard += 1) {
      parts.push(await Shards.json(`w${text[2] + shard}`));
    }
    return parts.join("");
  };

  const shownPart = (text) => (Array.isArray(text) ? text[0] : (text ?? ""));

  const has = async (text, sought) => {
    if (text === "" || text === null || text === undefined) {
      return false;
    }
    return folded(typeof text === "string" ? text : await whole(text)).includes(sought);
  };

  // The numbers of the shared texts (prompts, reference texts) that have the text.
  const sharedHits = async (head, sought, goOn) => {
    const hits = new Set();
    for (let shard = 0; shard < head.texts.length && goOn(); shard += 1) {
      const rows = await Shards.json(`q${shard}`);
      for (let number = 0; number < rows.length; number += 1) {
        if (await has(rows[number], sought)) {
          hits.add(head.texts[shard] + number);
        }
      }
    }
    return hits;
  };

  const rowHas = async (row, sought, shared) => {
    const [prompt, generation, extracted, detail, thinking, , , measured, baseline, verdicts] = row;
    if (shared.has(prompt) || measured.some(([text]) => shared.has(text))) {
      return true;
    }
    const texts = [generation, extracted, detail, thinking, baseline];
    for (const verdict of verdicts ?? []) {
      texts.push(verdict[2], verdict[5]);
    }
    for (const text of texts) {
      if (await has(text, sought)) {
        return true;
      }
    }
    return false;
  };

  // Tells `found(samples, shards done, shards)` the hits among `samples`, shard by shard, as long
  // as `goOn()`; the samples keep their order within a shard.
  const search = async (index, samples, text, found, goOn) => {
    const { head } = index;
    const sought = folded(text);
    const shards = new Map();
    for (const sample of samples) {
      const shard = Shards.shardOf(head.answers, sample);
      if (!shards.has(shard)) {
        shards.set(shard, []);
      }
      shards.get(shard).push(sample);
    }
    found([], 0, shards.size);
    const shared = await sharedHits(head, sought, goOn);
    let done = 0;
    for (const [shard, ofShard] of shards) {
      const rows = await Shards.json(`t${shard}`);
      const hits = [];
      for (const sample of ofShard) {
        if (await rowHas(rows[sample - head.answers[shard]], sought, shared)) {
          hits.push(sample);
        }
      }
      if (!goOn()) {
        return;
      }
      found(hits, (done += 1), shards.size);
    }
  };

  Object.assign(Samples, { search, shownPart, whole });
})();
