#!/usr/bin/env bash
# Ask a question of your own data: check it, describe it, then run an ablation on it.
#
#   examples/own_data.sh FOLDER        FOLDER holds {language}_{kind}.jsonl, such as es_math.jsonl
#   examples/own_data.sh               without one, the starter set stands in for your data
#   PROFILE=tiny examples/own_data.sh  seconds instead of minutes; shows the path, not a result
#
# A row is {"id": "...", "data": ["question", "answer", "question", "answer", ...]}.
set -euo pipefail

profile=${PROFILE:-starter}
work=${WORK:-example_own_data}
mkdir -p "$work"

if [ $# -gt 0 ]; then
    data=$1
else
    data=$work/data
    [ -d "$data" ] || ultralink-bench data starter -o "$data"
fi

# 1. Broken rows, duplicates, wrong languages, problems of the benchmarks that ran into the data.
#    Exit code 1 says that too much was found: read the report before you train on such rows.
#    Exit code 3: the benchmark files are not here (`ultralink-bench tasks fetch`), nothing checked.
code=0
ultralink-bench data check "$data" -o "$work/check.json" || code=$?
case $code in 0 | 1 | 3) ;; *) exit "$code" ;; esac

# 2. What is in it, by language and kind.
ultralink-bench data stats "$data"

# 3. How much of the translated math and code can go without losing anything?
ultralink-bench run --ablation prune --profile "$profile" --set data.folder="$data" \
    --out "$work/report"
