"""What the tests of adapters ask of models."""

import hashlib

import peft
import torch
from transformers import AutoModelForCausalLM


def digest(folder):
    return hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()


def logits(model):
    ids = torch.arange(40)[None] % 300
    with torch.no_grad():
        return model.eval()(input_ids=ids, use_cache=False).logits


def plain_peft(base, folder):
    """As anyone would load it."""
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    return peft.PeftModel.from_pretrained(model, str(folder))
