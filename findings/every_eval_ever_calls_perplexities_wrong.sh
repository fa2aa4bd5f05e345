#!/usr/bin/env bash
# every_eval_ever 0.3.0 (Python 3.12 and later): its schema asks `is_correct` of every sample, and its
# converter of lm-eval's files answers false, with score 0.0, for samples of a perplexity, which are
# neither right nor wrong; their log-likelihood becomes the model's `output`. Whoever averages
# `is_correct` over such a file reads an accuracy of 0 for every model.
#
# Seen with Python 3.12 on 2026-11-28, a task of word_perplexity with one sample:
#     output ['-12.5'], score 0.0, is_correct False
#
# This script exits with 1 when the sample has no such score.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for python in python3.14 python3.13 python3.12 python3; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then break; fi
done
"$python" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check every-eval-ever==0.3.0

cd "$folder"
cat > results_2026-01-01T00-00-00.000000.json <<'JSON'
{"results": {"texts": {"alias": "texts", "word_perplexity,none": 9.5, "word_perplexity_stderr,none": "N/A"}},
 "configs": {"texts": {"task": "texts", "dataset_path": "json", "output_type": "loglikelihood_rolling"}},
 "versions": {"texts": 1.0}, "n-shot": {"texts": 0}, "higher_is_better": {"texts": {"word_perplexity": false}},
 "n-samples": {"texts": {"original": 1, "effective": 1}}, "config": {"model": "hf", "model_args": "pretrained=org/m"},
 "date": 1767225600.0, "lm_eval_version": "0.4.13", "model_name": "org/m"}
JSON
cat > samples_texts_2026-01-01T00-00-00.000000.jsonl <<'JSON'
{"doc_id": 0, "doc": {"text": "a b c"}, "target": "a b c", "arguments": {"gen_args_0": {"arg_0": "a b c"}}, "resps": [["-12.5"]], "filtered_resps": ["-12.5"], "filter": "none", "metrics": ["word_perplexity"], "doc_hash": "a", "prompt_hash": "b", "target_hash": "c", "word_perplexity": [-12.5, 3]}
JSON
"$folder/venv/bin/every_eval_ever" convert lm_eval --log_path results_*.json --output_dir data \
    --source_organization_name own --include_samples >/dev/null

"$folder/venv/bin/python" - <<'PYTHON'
import json
import sys
from pathlib import Path

(path,) = Path("data").rglob("*_samples.jsonl")
(row,) = map(json.loads, path.read_text().splitlines())
found = (row["output"]["raw"], row["evaluation"]["score"], row["evaluation"]["is_correct"])
print(f"output {found[0]}, score {found[1]}, is_correct {found[2]}")
sys.exit(0 if found == (["-12.5"], 0.0, False) else 1)
PYTHON
