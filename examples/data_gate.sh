#!/usr/bin/env bash
# The data gate in any CI, or by hand: may the dataset in data/ of this checkout replace that of BASE?
# Exit code: 0 pass, 1 fail, 2 wrong usage, 3 something outside failed, 4 could not decide.
# Once before: `ultralink-bench tasks fetch`, for the problems that rows are held against.
#
#     bash examples/data_gate.sh origin/main
set -euo pipefail

if [ $# -ne 1 ]; then
    echo "name the commit or branch with the dataset as it is, such as origin/main" >&2
    exit 2
fi
base=$1
old=$(mktemp -d)
trap 'rm -rf "$old"' EXIT
git archive "$base" data | tar -x -C "$old"
ultralink-bench gate --baseline "$old/data" --candidate data -o gate
