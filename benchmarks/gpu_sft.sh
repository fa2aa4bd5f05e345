#!/bin/sh
# Full fine-tuning of a Llama of 1B in bfloat16 on this machine's GPU: utilisation, tokens a second
# and memory, beside TRL where it is installed (benchmarks/gpu_sft.py). On an H100 about five
# minutes; without a GPU its small form, in seconds. No network. Needs the packages torch,
# transformers and accelerate. Results also go to "$OUT", if set.
#
#     benchmarks/gpu_sft.sh [PYTHON]
set -eu
cd "$(dirname "$0")/.."
python=${1:-python3}
export PYTHONPATH=$PWD PYTHONUNBUFFERED=1 HF_HUB_OFFLINE=1
results=${OUT:-$(mktemp -d)}/gpu_sft.jsonl
if "$python" -c 'import sys, torch; sys.exit(not torch.cuda.is_available())'; then
    each() { timeout 100 "$python" benchmarks/gpu_sft.py "$@" || echo "{\"failed\": \"$*\"}"; }
    {
        "$python" -c 'import torch; print("torch", torch.__version__, torch.cuda.get_device_name())'
        each --sides ours
        each --sides any
        each --sides trl
        each --sides ours --checkpointing --sequences 8
    } 2>&1 | tee "$results"
else
    "$python" benchmarks/gpu_sft.py --shape tiny --tokens 256 --sequences 2 --steps 2 | tee "$results"
fi
