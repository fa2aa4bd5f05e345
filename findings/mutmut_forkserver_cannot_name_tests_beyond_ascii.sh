#!/usr/bin/env bash
# mutmut 3.8.1 with `process_isolation = "forkserver"` calls a mutant "timeout", which users count as
# killed, when one of its tests was given an id with letters beyond ASCII, though no test ever ran.
# pytest 9.2.0 escapes such ids (é to \xe9) and keeps them escaped on the mark; a second collection in
# one process escapes them again (\\xe9). mutmut collects once to warm its fork server up and then asks
# each child for tests by the names noted before: pytest finds none, and the error becomes 255.
# `forkserver_warmup = "none"` or "import" (as this project has it) gives the true result.
#
# Seen with Python 3.11 on 2026-11-27 (a test that checks nothing, so every mutant should survive):
#     mutmut 3.8.1, pytest 9.2.0, forkserver, id 'plain': survived
#     mutmut 3.8.1, pytest 9.2.0, forkserver, id 'é': timeout
#     mutmut 3.8.1, pytest 9.2.0, forkserver, id 'é', no warm-up: survived
#
# It exits with 1 when the mutant with the second id survives as well.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check mutmut==3.8.1 pytest==9.2.0

project() { # name, id, further settings
    mkdir -p "$folder/$1/pkg" "$folder/$1/tests"
    touch "$folder/$1/pkg/__init__.py"
    printf 'def area(side):\n    return side * side\n' >"$folder/$1/pkg/shapes.py"
    cat >"$folder/$1/tests/test_shapes.py" <<PYTHON
import pytest

from pkg.shapes import area


@pytest.mark.parametrize("side", [2], ids=["$2"])
def test_area(side):
    area(side)
PYTHON
    printf '[tool.mutmut]\nsource_paths = ["pkg"]\nprocess_isolation = "forkserver"\n%s\n' "$3" \
        >"$folder/$1/pyproject.toml"
    (cd "$folder/$1" && "$folder/venv/bin/mutmut" run >log 2>&1 || true
        "$folder/venv/bin/mutmut" results --all true | sed -n 's/.*area__mutmut_1: //p')
}

first=$(project first plain "")
second=$(project second é "")
third=$(project third é 'forkserver_warmup = "none"')
echo "mutmut 3.8.1, pytest 9.2.0, forkserver, id 'plain': $first"
echo "mutmut 3.8.1, pytest 9.2.0, forkserver, id 'é': $second"
echo "mutmut 3.8.1, pytest 9.2.0, forkserver, id 'é', no warm-up: $third"
test "$first" = survived && test "$second" = timeout && test "$third" = survived
