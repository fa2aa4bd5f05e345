"""Token by token: what is learned with the chat templates of ten families of models.

`tests/cases/chat_templates.json` has the template texts, each with its source and licence, and
under `chat` and `told` (with a system turn) what they make of a dialogue, where all that is learned
stands between ⟦ and ⟧.
"""

import re

import msgspec
import pytest
from published_templates import BACKENDS, CASES, SYSTEM, TURNS, tokenizer_of
from train_samples import dialogue

from train.chat_templates import prepare
from train.packing import pack
from train.rendering import end_of_turn

NAMES = [case["name"] for case in CASES]


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
    tokenizer = tokenizer_of(case)
    end = end_of_turn(tokenizer)
    assert tokenizer.convert_ids_to_tokens(end) in case["tokens"]
    row = msgspec.structs.replace(dialogue(1), turns=TURNS)
    packed = pack([row], tokenizer, max_tokens=2048, template="auto", packing=False)
    assert (packed.ids[packed.loss] == end).sum() == 2
    bos = tokenizer.bos_token_id
    for ids, _, _ in map(packed.sequence, range(packed.sequences)):
        twice = (ids[:-1] == bos) & (ids[1:] == bos) if bos is not None else ids[:0]
        assert not twice.any()


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_an_answer_follows_the_very_tokens_that_ask_for_it(case, backend):
    tokenizer = tokenizer_of(case, backend)
    assert prepare(tokenizer, "auto") is tokenizer
    roles = ("user", "assistant", "user")
    said = [{"role": r, "content": t} for r, t in zip(roles, TURNS, strict=False)]
    asked = {"return_dict": True, "add_generation_prompt": True}
    prompts = [tokenizer.apply_chat_template(said[:n], **asked)["input_ids"] for n in (1, 3)]
    packed = pack(
        [msgspec.structs.replace(dialogue(1), turns=TURNS)],
        tokenizer,
        max_tokens=2048,
        template="auto",
        packing=False,
    )
    rows = sorted(map(packed.sequence, range(packed.sequences)), key=lambda row: len(row.ids))
    found = [
        ids[:place].tolist()
        for ids, loss, _ in rows
        for place in range(1, len(ids))
        if loss[place] and not loss[place - 1]
    ]
    assert found == prompts
