#!/usr/bin/env bash
# pytest-xdist 3.8.0 promises that with `--dist loadgroup` tests of one `xdist_group` run in one
# process. With pytest 9.2.0 they are spread over all processes, without a warning, so that what a
# group shares (a server, a slow fixture of a module) is made in each of them. Six tests of one group:
#
# Seen with Python 3.11 on 2026-11-28:
#     pytest 9.2.0, pytest-xdist 3.8.0: one group of 6 tests ran in 2 processes
#
# It exits with 1 when the group runs in one process.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check pytest==9.2.0 pytest-xdist==3.8.0

cat > "$folder/test_group.py" <<'PYTHON'
import os
import time

import pytest

pytestmark = pytest.mark.xdist_group("one")


@pytest.mark.parametrize("number", range(6))
def test_in_a_group(number):
    time.sleep(0.2)
    with open("seen", "a") as file:
        file.write(os.environ["PYTEST_XDIST_WORKER"] + "\n")
PYTHON
cd "$folder"
venv/bin/pytest -q -n 2 --dist loadgroup -p no:cacheprovider test_group.py > told
processes=$(sort -u seen | wc -l)
echo "pytest 9.2.0, pytest-xdist 3.8.0: one group of $(wc -l < seen) tests ran in $processes processes"
[ "$processes" -gt 1 ]
