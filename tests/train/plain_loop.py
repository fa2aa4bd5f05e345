"""Supervised fine-tuning as a textbook has it, to hold `train` against: no packing, no batches.

Written from the definitions, and without anything of `train`: each dialogue goes through the model
by itself, cross entropies are summed over the answers' tokens and divided by their number in the
whole step, then AdamW with clipping, a warm-up, and a cosine.
"""

import math
import re

import torch
from transformers import AutoModelForCausalLM

ANSWER = re.compile(r"<\|im_start\|>assistant\n(.*?<\|im_end\|>)", re.DOTALL)


def chatml(turns):
    """The dialogue as ChatML writes it."""
    roles = ("user", "assistant")
    return "".join(
        f"<|im_start|>{roles[place % 2]}\n{turn}<|im_end|>\n" for place, turn in enumerate(turns)
    )


def tokens_and_mask(turns, tokenizer):
    """Ids, and whether each is part of an answer or the mark that ends it."""
    text = chatml(turns)
    answers = [match.span(1) for match in ANSWER.finditer(text)]
    encoded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    mask = [any(a <= start < b for a, b in answers) for start, _ in encoded["offset_mapping"]]
    return tuple(encoded["input_ids"]), tuple(mask)


def rate(step, steps, warmup, peak):
    """Learning rate of a step, counted from 0: up to the peak in a line, down in half a cosine."""
    if step < warmup:
        return peak * step / warmup
    return peak * (1 + math.cos(math.pi * (step - warmup) / (steps - warmup))) / 2


def losses(folder, steps, *, peak, warmup, decay, clip):
    """The loss of each step; a step is a list of dialogues, each of ids and mask."""
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).train()
    matrices = [p for p in model.parameters() if p.ndim > 1]
    rest = [p for p in model.parameters() if p.ndim <= 1]
    groups = [{"params": matrices, "weight_decay": decay}, {"params": rest, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, betas=(0.9, 0.999), eps=1e-8)
    found = []
    for number, dialogues in enumerate(steps):
        learned = sum(sum(mask) for _, mask in dialogues)
        total = 0.0
        for ids, mask in dialogues:
            inputs, is_learned = torch.tensor([ids]), torch.tensor(mask[1:])
            logits = model(inputs, use_cache=False).logits[0, :-1]
            each = torch.nn.functional.cross_entropy(logits, inputs[0, 1:], reduction="none")
            loss = each[is_learned].sum() / learned
            loss.backward()
            total += loss.item()
        torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
        for group in optimiser.param_groups:
            group["lr"] = rate(number, len(steps), warmup, peak)
        optimiser.step()
        optimiser.zero_grad()
        found.append(total)
    return found
