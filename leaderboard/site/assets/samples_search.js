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

  // Whether one of some texts has the sought one; the whole of a cut text is loaded last.
  const anyHas = async (texts, sought) => {
    for (const text of texts) {
      if (typeof text === "string" && text !== "" && folded(text).includes(sought)) {
        return true;
      }
    }
    for (const text of texts) {
      if (Array.isArray(text) && folded(await whole(text)).includes(sought)) {
        return true;
      }
    }
    return false;
  };

  // The rows of shards one after the other; the next is loaded while one is looked through.
  const inTurn = async function* (names) {
    let next = names.length ? Shards.json(names[0]) : null;
    for (let at = 0; at < names.length; at += 1) {
      const rows = await next;
      next = at + 1 < names.length ? Shards.json(names[at + 1]) : null;
      next?.catch(() => {}); // it is awaited, and fails, in its own turn
      yield rows;
    }
  };

  // The numbers of the shared texts (prompts, reference texts) that have the text.
  const sharedHits = async (head, sought, goOn) => {
    const hits = new Set();
    let number = 0;
    for await (const rows of inTurn(head.texts.map((_, shard) => `q${shard}`))) {
      if (!goOn()) {
        break;
      }
      for (const text of rows) {
        if (await anyHas([text], sought)) {
          hits.add(number);
        }
        number += 1;
      }
    }
    return hits;
  };

  const rowHas = (row, sought, shared) => {
    const [prompt, generation, extracted, detail, thinking, , , measured, baseline, verdicts] = row;
    if (shared.has(prompt) || measured.some(([text]) => shared.has(text))) {
      return true;
    }
    const texts = [extracted, detail, generation, thinking, baseline];
    for (const verdict of verdicts ?? []) {
      texts.push(verdict[2], verdict[5]);
    }
    return anyHas(texts, sought);
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
    const ofShards = [...shards];
    for await (const rows of inTurn(ofShards.map(([shard]) => `t${shard}`))) {
      const [shard, ofShard] = ofShards[done];
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
