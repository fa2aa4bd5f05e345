#!/usr/bin/env bash
# transformers 5.19.0 reads a GGUF file's tokenizer without `tokenizer.ggml.add_bos_token` and without
# `tokenizer.ggml.add_space_prefix` (it is in the table of fields, and no builder uses it). Files of
# Gemma, Llama 2 and Mistral are then tokenised without the BOS that the models were trained with, and
# sentencepiece files that say no get a space in front of every text. transformers 4.57 and llama.cpp
# follow both fields. Nothing fails: Gemma 3 270M just gets worse (docs/log.md of this project).
#
# Seen with Python 3.11 on 2026-11-27, text "ab":
#     4.57.3 ['<s>', 'a', 'b']
#     5.19.0 ['\u2581', 'a', 'b']
#
# This script installs both versions, one after the other, with torch, which they need for a GGUF
# file. It exits with 1 when they agree.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
pip() { "$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@"; }
pip torch gguf==0.19.0

cat >"$folder/read.py" <<'PYTHON'
import sys
from pathlib import Path

import gguf
from transformers import AutoTokenizer, __version__

folder = Path(sys.argv[1])
kinds = gguf.TokenType
rows = [("<unk>", kinds.UNKNOWN), ("<s>", kinds.CONTROL), ("</s>", kinds.CONTROL)]
rows += [(f"<0x{byte:02X}>", kinds.BYTE) for byte in range(256)]
rows += [(letter, kinds.NORMAL) for letter in ("\u2581", *map(chr, range(33, 127)))]
writer = gguf.GGUFWriter(folder / "x.gguf", "llama")
sizes = ("context_length", "embedding_length", "block_count", "feed_forward_length")
for name in (*sizes, "head_count", "head_count_kv"):
    getattr(writer, f"add_{name}")(16)
writer.add_layer_norm_rms_eps(1e-5)
writer.add_vocab_size(len(rows))
writer.add_tokenizer_model("llama")
writer.add_tokenizer_pre("default")
writer.add_token_list([token for token, _ in rows])
writer.add_token_scores([0.0] * len(rows))
writer.add_token_types([kind for _, kind in rows])
writer.add_bos_token_id(1)
writer.add_eos_token_id(2)
writer.add_unk_token_id(0)
writer.add_add_bos_token(True)
writer.add_add_space_prefix(False)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()

loaded = AutoTokenizer.from_pretrained(folder, gguf_file="x.gguf")
tokens = loaded.convert_ids_to_tokens(loaded("ab")["input_ids"])
print(__version__, tokens, file=sys.stderr)
print(tokens)
PYTHON

read_with() {
    pip "transformers==$1"
    "$folder/venv/bin/python" "$folder/read.py" "$folder" 2>"$folder/said"
    grep "^$1 " "$folder/said" >&2
}
before=$(read_with 4.57.3)
now=$(read_with 5.19.0)
[ "$before" = "['<s>', 'a', 'b']" ] && [ "$now" != "$before" ]
