"""Parts of dialogues whose tokens are taken from the whole: those of the part by itself."""

import copy
import random

import msgspec
import numpy as np
import pytest
from published_templates import BACKENDS, CASES, tokenizer_of
from train_samples import dialogue

from train.chat_templates import CHATML, CHATML_AFTER_BOS, prepare
from train.dialogue_encoding import DialogueEncoder
from train.part_tokens import PartTokens
from train.rendering import render

PIECES = [
    *(
        "a",
        "Z",
        " ",
        "  ",
        "\n",
        "\n\n",
        "\t",
        "12",
        ".",
        "?!",
        "don't",
        "é",
        "你好",
        "да",
        "\u00a0",
    ),
    *("user", "<|im", "end|>", "<", "[", "assistant\n", "e\u0301", "\U0001f600"),
]


def odd_turns(draw: random.Random, exchanges: int) -> tuple[str, ...]:
    """Turns with blanks and marks in odd places, of which some are said more than once."""
    every = ["".join(draw.choices(PIECES, k=draw.randrange(1, 12))) for _ in range(2 * exchanges)]
    said = [turn if turn.strip() else f"x{turn}" for turn in every]
    return tuple(draw.choice([turn, said[0], said[1]]) for turn in said)


def compared(tokenizer, rows, monkeypatch) -> tuple[int, int]:
    """How many parts there are, and how many were cut out; all have the tokens that they should."""
    encoder, found = DialogueEncoder(tokenizer), []
    cut = PartTokens.cut

    def noted(*given):
        found.append(cut(*given))
        return found[-1]

    monkeypatch.setattr(PartTokens, "cut", noted)
    for row in rows:
        (whole,) = encoder.encode([row])
        exchanges = len(row.turns) // 2
        for first in range(exchanges):
            for last in range(first + 1, exchanges + 1):
                part = msgspec.structs.replace(row, turns=row.turns[2 * first : 2 * last])
                (alone,) = encoder.encode([part])
                ours = encoder.part(row, whole, first, last)
                for its, (_, expected, _) in zip(ours, alone, strict=True):
                    for field, right in zip(its, expected, strict=True):
                        assert np.array_equal(field, right)
    return len(found), sum(each is not None for each in found)


def rows_of(seed: int, number: int):
    draw = random.Random(seed)
    for name in range(number):
        told = draw.choice(["", "", "Be brief.", " You count.\n"])
        turns = odd_turns(draw, draw.randrange(1, 5))
        yield msgspec.structs.replace(dialogue(name), turns=turns, system=told)


@pytest.mark.parametrize("template", [CHATML, CHATML_AFTER_BOS], ids=["plain", "after a BOS"])
def test_all_parts_of_chatml_are_cut_out(tokenizer, template, monkeypatch):
    ready = copy.deepcopy(tokenizer)
    ready.add_special_tokens({"bos_token": "<s>"})
    ready.chat_template = template
    parts, cut = compared(ready, rows_of(1, 25), monkeypatch)
    assert parts == cut > 80


NOT_CUT = {"Llama 2": 3, "Mistral v0.2": 7, "Phi 3": 4, "Zephyr": 4}
"""Parts of templates that write something else without a token behind an answer, or before it."""


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_parts_of_published_templates_have_their_own_tokens(case, backend, monkeypatch):
    parts, cut = compared(tokenizer_of(case, backend), rows_of(2, 4), monkeypatch)
    assert parts > 0
    assert parts - cut == NOT_CUT.get(case["name"], 0)


def test_a_part_is_not_cut_where_tokens_take_blanks_or_a_text_goes_on(tokenizer, monkeypatch):
    from tokenizers import AddedToken

    row = dialogue(1, turns=6)
    plain = copy.deepcopy(tokenizer)
    plain.chat_template = (
        "{% for m in messages %}{{ m['role'] + ': ' + m['content'] + '<|im_end|>\n' }}{% endfor %}"
        "{% if add_generation_prompt %}assistant: {% endif %}"
    )
    # "user: " and "assistant: " begin with no token: only parts that end with the whole are cut.
    assert compared(plain, [row], monkeypatch) == (6, 3)
    taking = copy.deepcopy(tokenizer)
    taking.backend_tokenizer.add_tokens([AddedToken("<x>", lstrip=True)])
    assert compared(taking, [row], monkeypatch)[1] == 0


@pytest.mark.parametrize("template", [CHATML, CHATML_AFTER_BOS], ids=["plain", "after a BOS"])
@pytest.mark.parametrize("bos", [None, "<s>"])
def test_chatml_is_written_as_its_template_writes_it(tokenizer, template, bos):
    ours = copy.deepcopy(tokenizer)
    ours.bos_token = bos
    ours.chat_template = template
    asked = copy.deepcopy(ours)
    asked.chat_template = template + "{# another text, the same template #}"
    for row in rows_of(3, 60):
        assert render(row.turns, ours, row.system) == render(row.turns, asked, row.system)
    assert render((), ours, "") == render((), asked, "")


def test_a_prepared_tokenizer_changes_nothing_of_the_given_one(tokenizer):
    given = copy.deepcopy(tokenizer)
    given.chat_template, given.eos_token = "x", "<|im_start|>"
    for token in (None, "<s>"):
        if token:
            given.add_special_tokens({"bos_token": token})
        before = (given.chat_template, given.eos_token, len(given), given.bos_token)
        made = prepare(given, "chatml")
        assert (made.chat_template, made.eos_token) == (CHATML, "<|im_end|>")
        made.eos_token = made.chat_template = "y"
        assert before == (given.chat_template, given.eos_token, len(given), given.bos_token)
