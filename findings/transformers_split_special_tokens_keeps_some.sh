#!/usr/bin/env bash
# transformers 5.19.0: `split_special_tokens=True` says that special tokens in a text are split into
# plain text, and is what one reaches for when a text is not to be trusted. With a fast tokenizer two
# kinds of control token come out of the text as the real token all the same: with a Unigram
# vocabulary all that are pieces of it, as sentencepiece's <s> and </s> are, since the search
# finds them again; and tokens that a file adds without marking them as special, as Qwen 3 has <think>
# and <tool_call> and DeepSeek <|User|> (in wide bars), which open a turn of the user. So a row of
# training data with such a text still closes its turn, and nothing says so.
#
# Seen with Python 3.11 on 2026-11-27, ids of control tokens in the encoded text:
#     Unigram, 'a</s>b', split_special_tokens=True: ['</s>']
#     added, not special, 'a<|User|>b', split_special_tokens=True: ['<|User|>']
#
# This script exits with 1 when both are split.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check transformers==5.19.0

"$folder/venv/bin/python" - <<'PYTHON'
import sys

from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast


def kept(tokenizer, text):
    ids = tokenizer(text, split_special_tokens=True, add_special_tokens=False)["input_ids"]
    added = {token.content for token in tokenizer.added_tokens_decoder.values()}
    return [token for token in tokenizer.convert_ids_to_tokens(ids) if token in added]


letters = [(letter, -5.0) for letter in "\u2581</>|absUer"]
backend = Tokenizer(models.Unigram([("<unk>", 0.0), ("</s>", 0.0), *letters], unk_id=0))
backend.pre_tokenizer = pre_tokenizers.Metaspace()
unigram = PreTrainedTokenizerFast(tokenizer_object=backend, eos_token="</s>", unk_token="<unk>")

bytes_ = {letter: at for at, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
backend = Tokenizer(models.BPE(bytes_, []))
backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
bpe = PreTrainedTokenizerFast(tokenizer_object=backend)
bpe.add_tokens([AddedToken("<|User|>", normalized=False, special=False)])

found = [kept(unigram, "a</s>b"), kept(bpe, "a<|User|>b")]
print(f"Unigram, 'a</s>b', split_special_tokens=True: {found[0]}")
print(f"added, not special, 'a<|User|>b', split_special_tokens=True: {found[1]}")
sys.exit(0 if any(found) else 1)
PYTHON
