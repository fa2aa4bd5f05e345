#!/usr/bin/env bash
# transformers 5.19.0 tells packed dialogues apart by position ids that start anew, but only where the
# call has neither an attention mask nor a cache. A model's own default is to make a cache
# (`config.use_cache` is true, in training mode too), and a mask of ones, as tokenizers return it, says
# nothing new: with either of them the second dialogue of a row attends to the first, and no warning is
# given. A loss computed so is of a text that nobody wrote. Two dialogues of 12 and 9 tokens, packed; how
# far the logits of the second are from those it has alone:
#
# Seen with Python 3.11, torch 2.13.0, transformers 5.19.0 on 2026-11-28:
#     sdpa, use_cache=False: 0.00
#     sdpa, no argument: 0.22
#     sdpa, use_cache=False and a mask of ones: 0.22
#     eager, use_cache=False: 0.00
#     eager, no argument: 0.22
#     eager, use_cache=False and a mask of ones: 0.22
#
# It exits with 1 when the dialogues are apart by default, or with a mask, or no longer without both.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check torch==2.13.0 transformers==5.19.0 numpy

"$folder/venv/bin/python" - <<'PYTHON'
import sys

import torch
from transformers import LlamaConfig, LlamaForCausalLM

torch.manual_seed(0)
model = LlamaForCausalLM(
    LlamaConfig(
        vocab_size=64,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
    )
).train()
first, second = torch.randint(0, 64, (1, 12)), torch.randint(0, 64, (1, 9))
packed = torch.cat((first, second), dim=1)
positions = torch.cat((torch.arange(12), torch.arange(9)))[None]
calls = {
    "use_cache=False": {"use_cache": False},
    "no argument": {},
    "use_cache=False and a mask of ones": {
        "use_cache": False,
        "attention_mask": torch.ones_like(packed),
    },
}
apart = []
with torch.no_grad():
    alone = model(input_ids=second).logits
    for attention in ("sdpa", "eager"):
        model.set_attn_implementation(attention)
        for name, arguments in calls.items():
            logits = model(input_ids=packed, position_ids=positions, **arguments).logits[:, 12:]
            far = float((logits - alone).abs().max())
            print(f"{attention}, {name}: {far:.2f}")
            apart.append(far < 1e-5)
sys.exit(0 if apart == [True, False, False] * 2 else 1)
PYTHON
