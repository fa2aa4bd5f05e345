"""Token by token: what is learned with the chat templates of ten families of models.

`tests/cases/chat_templates.json` has the template texts, each with its source and licence, and
under `chat` and `told` (with a system turn) what they make of a dialogue, where all that is learned
stands between ⟦ and ⟧.
"""

import json
import re
from pathlib import Path

import msgspec
import pytest
from train_samples import TEXTS, dialogue

from train.chat_templates import prepare
from train.packing import pack
from train.rendering import end_of_turn, render

CASES = json.loads((Path(__file__).parents[1] / "cases" / "chat_templates.json").read_text())
NAMES = [case["name"] for case in CASES]
TURNS = ("How many?", "Two plums.", "And pears?", "Three\n\npears.")
SYSTEM = "You count fruit."


def byte_level():
    """A backend as Llama 3, Qwen, Phi and DeepSeek have it."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    backend = Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    learn = trainers.BpeTrainer(vocab_size=320, initial_alphabet=alphabet, show_progress=False)
    backend.train_from_iterator([*TEXTS, *TURNS] * 4, learn)
    return backend


def sentence_pieces():
    """A backend as Llama 2, Mistral and Zephyr have it: a blank belongs to the word behind it."""
    from tokenizers import Tokenizer, models, pre_tokenizers

    texts = "".join([*TEXTS, *TURNS, *(case["template"] for case in CASES)])
    words = [f"▁{word}" for turn in TURNS for word in re.findall(r"\w+", turn)]
    pieces = [("<unk>", 0.0), *((word, -2.0) for word in {*words})]
    pieces += [(letter, -9.0) for letter in sorted({*texts, "▁", "\n"} - {" "})]
    backend = Tokenizer(models.Unigram(pieces, unk_id=0))
    backend.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first")
    return backend


BACKENDS = {"byte level": byte_level, "sentence pieces": sentence_pieces}


def tokenizer_of(case, backend):
    """A tokenizer with the control tokens of the family that puts its BOS before every text."""
    from tokenizers import AddedToken, processors
    from transformers import PreTrainedTokenizerFast

    made = BACKENDS[backend]()
    made.add_special_tokens([AddedToken(t, normalized=False) for t in case["tokens"]])
    bos = case["bos"]
    if bos:
        made.post_processor = processors.TemplateProcessing(
            single=f"{bos} $A", special_tokens=[(bos, made.token_to_id(bos))]
        )
    return PreTrainedTokenizerFast(
        tokenizer_object=made, bos_token=bos, eos_token=case["eos"], chat_template=case["template"]
    )


def expected(marked, tokenizer):
    """Ids of a text, and which of them begin between ⟦ and ⟧, blanks before it apart."""
    spans, text = [], ""
    for plain, learned in re.findall(r"([^⟦]*)(?:⟦([^⟧]*)⟧)?", marked):
        text += plain
        if learned:
            spans.append((len(text), len(text) + len(learned)))
        text += learned
    found = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    inside = [any(a <= at < b for a, b in spans) for at, _ in found["offset_mapping"]]
    return found["input_ids"], inside


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("kind", ["chat", "told"])
@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_tokens_are_those_of_the_template_and_only_answers_are_learned(case, kind, backend):
    tokenizer = tokenizer_of(case, backend)
    row = msgspec.structs.replace(dialogue(1), turns=TURNS, system=SYSTEM if kind == "told" else "")
    packed = pack([row], tokenizer, max_tokens=2048, template="auto", packing=False)
    rows = sorted(map(packed.sequence, range(packed.sequences)), key=lambda r: len(r.ids))
    assert len(rows) == len(case[kind]) == 1 + packed.counts.again
    for (ids, loss, _), marked in zip(rows, case[kind], strict=True):
        assert (ids.tolist(), loss.tolist()) == expected(marked, tokenizer)


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_each_answer_ends_in_the_token_that_ends_generation_and_no_bos_is_doubled(case):
    tokenizer = tokenizer_of(case, "byte level")
    end = end_of_turn(tokenizer)
    assert tokenizer.convert_ids_to_tokens(end) in case["tokens"]
    row = msgspec.structs.replace(dialogue(1), turns=TURNS)
    packed = pack([row], tokenizer, max_tokens=2048, template="auto", packing=False)
    assert (packed.ids[packed.loss] == end).sum() == 2
    bos = tokenizer.bos_token_id
    for ids, _, _ in map(packed.sequence, range(packed.sequences)):
        twice = (ids[:-1] == bos) & (ids[1:] == bos) if bos is not None else ids[:0]
        assert not twice.any()


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_what_is_asked_for_an_answer_stands_before_it_in_training(case):
    tokenizer = tokenizer_of(case, "byte level")
    assert prepare(tokenizer, "auto") is tokenizer
    roles = ("user", "assistant", "user")
    said = [{"role": r, "content": t} for r, t in zip(roles, TURNS, strict=False)]
    asked = {"tokenize": False, "add_generation_prompt": True}
    prompts = [tokenizer.apply_chat_template(said[:size], **asked) for size in (1, 3)]
    found = [text[: span.start] for text, spans in render(TURNS, tokenizer) for span in spans]
    assert found == prompts
