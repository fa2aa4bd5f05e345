import copy

import pytest

from train.chat_templates import (
    CHATML,
    CHATML_AFTER_BOS,
    IM_END,
    IM_START,
    prepare,
    vocabulary_hash,
)
from ultralink_data.errors import ConfigError


@pytest.mark.parametrize("adds_bos", [False, True])
def test_a_tokenizer_without_a_template_gets_chatml_with_the_bos_that_it_adds(tokenizer, adds_bos):
    from tokenizers import processors

    base = copy.deepcopy(tokenizer)
    base.chat_template, base.eos_token = None, "<|endoftext|>"
    base.add_special_tokens({"bos_token": "<s>"})
    if adds_bos:
        parts = {"single": "<s> $A", "special_tokens": [("<s>", base.bos_token_id)]}
        base.backend_tokenizer.post_processor = processors.TemplateProcessing(**parts)
    ready = prepare(base, "auto")
    assert ready.chat_template == (CHATML_AFTER_BOS if adds_bos else CHATML)
    assert (ready.eos_token, base.chat_template) == (IM_END, None)
    text = ready.apply_chat_template([{"role": "user", "content": "Hi"}], tokenize=False)
    assert text == "<s>" * adds_bos + "<|im_start|>user\nHi<|im_end|>\n"
    assert prepare(ready, "auto") is ready
    assert prepare(ready, "chatml") is ready


def test_chatml_brings_its_tokens_to_a_tokenizer_without_them():
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    plain = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer(models.BPE({"a": 0, "</s>": 1}, [])), eos_token="</s>"
    )
    ready = prepare(plain, "chatml")
    assert {IM_START, IM_END} <= set(ready.get_vocab())
    assert (ready.eos_token, plain.eos_token) == (IM_END, "</s>")
    assert plain.chat_template is None
    assert len(plain) == 2


def test_a_tokenizer_that_is_ready_is_not_copied(tokenizer):
    assert prepare(tokenizer, "chatml") is tokenizer
    assert prepare(tokenizer, "auto") is tokenizer
    other = copy.deepcopy(tokenizer)
    other.eos_token = "<|endoftext|>"
    changed = prepare(other, "chatml")
    assert (changed.eos_token, other.eos_token) == (IM_END, "<|endoftext|>")
    assert len(changed) == len(other)


def test_tokens_of_its_own_are_kept_where_chatml_adds_some(tokenizer):
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    plain = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer(models.BPE({"a": 0, "</s>": 1}, [])),
        eos_token="</s>",
        extra_special_tokens=["<own>"],
    )
    ready = prepare(plain, "chatml")
    assert ready.chat_template == CHATML
    assert {"<own>", IM_START, IM_END} <= set(ready.all_special_tokens)


def test_a_slow_tokenizer_is_refused_by_name():
    class Slow:
        is_fast = False

    with pytest.raises(ConfigError, match=r"^Slow gives no character offsets") as caught:
        prepare(Slow(), "chatml")
    assert "tokenizer.json" in caught.value.hint


def test_another_token_or_another_number_is_another_vocabulary():
    class Vocabulary:
        def __init__(self, **tokens):
            self.tokens = tokens

        def get_vocab(self):
            return self.tokens

    first = vocabulary_hash(Vocabulary(a=0, b=1))
    assert first == vocabulary_hash(Vocabulary(b=1, a=0))
    assert len(first) == 16
    others = [Vocabulary(a=1, b=0), Vocabulary(a=0, c=1), Vocabulary(a=0), Vocabulary(a=0, b=11)]
    assert len({first, *map(vocabulary_hash, others)}) == 5
