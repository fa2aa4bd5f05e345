#!/usr/bin/env bash
# transformers 5.19.0 keeps, in what `save_pretrained` of a tokenizer writes, the way that the tokenizer
# was loaded: `tokenizer_config.json` has `is_local`, and `local_files_only` with the very value of that
# load. HF_HUB_OFFLINE=1 sets it to true, though the folder is the same and nothing was to be fetched. So
# the same tokenizer, loaded from the same folder and saved again with and without that variable, gives
# two files, and whoever tells models apart by a hash of their folder has two models. Loading the second
# folder again does not put it right: its own value is replaced by that of the load.
#
# Seen with Python 3.11, transformers 5.19.0, tokenizers 0.23.3 on 2026-11-28:
#     online:  is_local True, local_files_only False
#     offline: is_local True, local_files_only True
#     the rest of both files is the same: True
#
# It exits with 1 when both files are the same, or differ in anything else.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check transformers==5.19.0 tokenizers==0.23.3
cd "$folder"

"$folder/venv/bin/python" - <<'PYTHON'
from tokenizers import Tokenizer, models
from transformers import PreTrainedTokenizerFast

words = Tokenizer(models.WordLevel({"<unk>": 0, "<eos>": 1, "plum": 2}, unk_token="<unk>"))
made = PreTrainedTokenizerFast(tokenizer_object=words, unk_token="<unk>", eos_token="<eos>")
made.save_pretrained("made")
PYTHON
for offline in 0 1; do
    HF_HUB_OFFLINE=$offline "$folder/venv/bin/python" -c "
from transformers import AutoTokenizer
AutoTokenizer.from_pretrained('made').save_pretrained('saved-$offline')"
done

"$folder/venv/bin/python" - <<'PYTHON'
import json
import sys
from pathlib import Path

names = ("is_local", "local_files_only")
found = [json.loads(Path(f"saved-{n}/tokenizer_config.json").read_text()) for n in (0, 1)]
for said, one in zip(("online: ", "offline:"), found):
    print(f"{said} " + ", ".join(f"{name} {one.get(name)}" for name in names))
online, offline = ({k: v for k, v in one.items() if k not in names} for one in found)
print(f"the rest of both files is the same: {online == offline}")
seen = [one.get("local_files_only") for one in found]
sys.exit(not (seen == [False, True] and online == offline))
PYTHON
