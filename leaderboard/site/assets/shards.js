// Data of the site. A page from disk may not fetch; it may load a script, and each shard is one that
// calls ultralinkShard with base64 of raw deflate. Nothing in it is run but that call.
"use strict";
(() => {
  const NAME = /^[a-z]+[0-9]*$/;
  const MOST = 48; // unpacked shards that are kept
  const kept = new Map(); // name -> promise of JSON, the one used last at the end
  const arrived = new Map(); // name -> what takes the base64

  globalThis.ultralinkShard = (name, base64) => {
    const take = arrived.get(name);
    arrived.delete(name);
    take?.(base64);
  };

  const bytesOf = (base64) => {
    if (Uint8Array.fromBase64) {
      return Uint8Array.fromBase64(base64);
    }
    const text = atob(base64);
    const bytes = new Uint8Array(text.length);
    for (let at = 0; at < text.length; at += 1) {
      bytes[at] = text.charCodeAt(at);
    }
    return bytes;
  };

  const packed = (name) =>
    new Promise((resolve, reject) => {
      if (!NAME.test(name)) {
        reject(new Error(`no shard is called ${name}`));
        return;
      }
      const script = document.createElement("script");
      arrived.set(name, resolve);
      script.src = `data/${name}.js`;
      script.addEventListener("load", () => {
        script.remove();
        if (arrived.delete(name)) {
          reject(new Error(`data/${name}.js is damaged: build the site again`));
        }
      });
      script.addEventListener("error", () => {
        script.remove();
        arrived.delete(name);
        reject(new Error(`data/${name}.js is missing: copy the whole folder of the site`));
      });
      document.head.append(script);
    });

  // The content of a shard as bytes; not kept.
  const bytes = async (name) => {
    const stream = new Blob([bytesOf(await packed(name))])
      .stream()
      .pipeThrough(new DecompressionStream("deflate-raw"));
    return new Response(stream).arrayBuffer();
  };

  const decoder = new TextDecoder();

  // The JSON of a shard; the ones used last are kept.
  const json = (name) => {
    let found = kept.get(name);
    kept.delete(name);
    found ??= bytes(name).then((content) => JSON.parse(decoder.decode(content)));
    found.catch(() => kept.delete(name));
    kept.set(name, found);
    if (kept.size > MOST) {
      kept.delete(kept.keys().next().value);
    }
    return found;
  };

  // The shard of a numbered row, by the numbers of the first rows of all shards.
  const shardOf = (starts, number) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle] <= number) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  };

  // A numbered row of the shards PREFIX0, PREFIX1 ...
  const row = async (prefix, starts, number) => {
    const shard = shardOf(starts, number);
    return (await json(`${prefix}${shard}`))[number - starts[shard]];
  };

  globalThis.Shards = Object.freeze({ bytes, json, row, shardOf });
})();
