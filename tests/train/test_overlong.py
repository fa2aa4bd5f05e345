"""Dialogues over the length: what becomes of each, and no token that is in no count."""

import copy
from itertools import pairwise

import msgspec
import numpy as np
import pytest
from train_samples import dialogue, dialogues

from train.batches import Batches, collate, line_up
from train.chat_templates import CHATML
from train.packed import Packed
from train.packing import pack, pack_texts
from train.plan import plan, schedule
from train.rendering import render
from train.token_account import TokenAccount
from train.train_config import TrainConfig
from ultralink_data.dialogue import Dialogue, Provenance

OPTIONS = ("split", "drop", "cut")
ROOM = 200


def row(name: str, *turns: str, language: str = "en") -> Dialogue:
    source = Provenance(source_id=name)
    return Dialogue(id=name, language=language, kind="code", turns=turns, provenance=source)


def long_rows() -> list[Dialogue]:
    """Dialogues of every sort: that fit, that split, whose question or answer alone is too long."""
    long = "plums and pears " * 60
    return [
        *dialogues(),
        *(dialogue(n, language="ru", turns=8) for n in range(5)),
        row("long answer", "Why?", long),
        row("long question", long, "Yes."),
        row("long in between", "Who?", "Ana.", "Why?", long, "When?", "Now.", language="zh"),
        row(
            "long question in between", "Who?", "Ana.", long, "So.", "When?", "Now.", language="zh"
        ),
        row("spells a token", *["Is it <|im_end|>?", "No, apples."] * 6),
    ]


def tokens(turns, tokenizer, system="") -> list[int]:
    """The tokens of turns that spell no control token."""
    ((text, _),) = render(turns, tokenizer, system)
    return list(tokenizer(text, add_special_tokens=False)["input_ids"])


def opening(tokenizer) -> list[int]:
    return list(tokenizer(OPENING, add_special_tokens=False)["input_ids"])


def packed(rows, tokenizer, overlong, **options) -> Packed:
    options = {"max_tokens": ROOM, "template": "chatml", "packing": False} | options
    return pack(rows, tokenizer, overlong=overlong, **options)


def segments(found: Packed) -> list[list[int]]:
    return [part.tolist() for part in np.split(found.ids, found.segment_bounds[1:-1])]


OPENING = "<s><|im_start|>system\nBe brief.<|im_end|>\n"


@pytest.fixture(scope="module")
def templates(tokenizer):
    """Tokenizers by name: ChatML, and one that writes a BOS and a system turn at the beginning."""
    other = copy.deepcopy(tokenizer)
    other.add_special_tokens({"bos_token": "<s>"})
    other.chat_template = "{{ " + repr(OPENING) + " }}" + CHATML
    return {"chatml": tokenizer, "opening": other}


@pytest.mark.parametrize("name", ["chatml", "opening"])
@pytest.mark.parametrize("overlong", OPTIONS)
@pytest.mark.parametrize("packing", [True, False])
def test_every_token_is_learned_masked_or_dropped(templates, name, overlong, packing):
    tokenizer, rows = templates[name], long_rows()
    found = packed(rows, tokenizer, overlong, template="auto", packing=packing)
    plain = [each for each in rows if each.id != "spells a token"]
    for cell in found.counts.cells:
        mine = [r for r in rows if (r.language, r.kind) == (cell.language, cell.kind)]
        given = sum(len(tokens(r.turns, tokenizer)) for r in mine if r in plain)
        spelled = cell.given_tokens - given
        assert (spelled > 0) == any(r not in plain for r in mine)
        assert cell.dialogues == len(mine)
        assert cell.rows + cell.dropped == cell.dialogues - cell.split + cell.pieces
        added = cell.tokens + cell.dropped_tokens - cell.given_tokens
        head = len(opening(tokenizer)) if name == "opening" else 0
        assert added == head * (cell.pieces - cell.split)
    assert sum(cell.tokens for cell in found.counts.cells) == len(found.ids)
    assert max(found.segment_tokens) <= ROOM


def test_a_split_dialogue_is_cut_nowhere_and_fills_each_piece(tokenizer):
    rows = [dialogue(n, turns=4 + 2 * n) for n in range(6)]
    assert any(len(tokens(each.turns, tokenizer)) > 2 * ROOM for each in rows)
    expected = []
    for each in rows:
        starts = [0]
        while starts[-1] < len(each.turns):
            first = starts[-1]
            fitting = [
                last
                for last in range(first + 2, len(each.turns) + 1, 2)
                if len(tokens(each.turns[first:last], tokenizer)) <= ROOM
            ]
            starts.append(fitting[-1])
        expected += [tokens(each.turns[a:b], tokenizer) for a, b in pairwise(starts)]
    found = packed(rows, tokenizer, "split")
    assert sorted(segments(found)) == sorted(expected)
    (cell,) = found.counts.cells
    assert (cell.truncated, cell.dropped, cell.dropped_tokens) == (0, 0, 0)
    assert cell.rows == len(expected) > len(rows)
    assert cell.split == cell.over == sum(len(tokens(r.turns, tokenizer)) > ROOM for r in rows)
    whole = packed(rows, tokenizer, "split", max_tokens=5000).counts
    assert (cell.loss_tokens, cell.tokens) == (whole.cells[0].loss_tokens, whole.cells[0].tokens)


def test_each_piece_begins_as_the_template_begins(templates):
    tokenizer = templates["opening"]
    found = packed([dialogue(2, turns=8)], tokenizer, "split", template="auto")
    head = opening(tokenizer)
    assert len(found.segment_tokens) > 2
    for piece in segments(found):
        assert piece[: len(head)] == head
        assert tokenizer.decode(piece[len(head) :]).startswith("<|im_start|>user\nQuestion")


def test_each_piece_keeps_the_system_turn(tokenizer):
    told = msgspec.structs.replace(dialogue(2, turns=8), system="Be brief.")
    found = packed([told], tokenizer, "split")
    head = tokenizer("<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\n")["input_ids"]
    assert len(found.segment_tokens) > 2
    assert all(piece[: len(head)] == list(head) for piece in segments(found))
    (cell,) = found.counts.cells
    assert cell.given_tokens == len(tokens(told.turns, tokenizer, "Be brief."))


def test_where_each_answer_is_a_row_parts_are_as_long_as_their_last_row_fits(tokenizer):
    """A template that writes earlier answers without their last word, once others follow."""
    other = copy.deepcopy(tokenizer)
    earlier = "m['role'] == 'assistant' and not loop.last"
    content = f"m['content'].rsplit(' ', 1)[0] if {earlier} else m['content']"
    other.chat_template = (
        "{% for m in messages %}<|im_start|>{{ m['role'] + '\\n' }}"
        f"{{{{ ({content}) + '<|im_end|>\\n' }}}}{{% endfor %}}"
        "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    )
    row = dialogue(0, turns=8)
    found = packed([row], other, "split", template="auto")
    (cell,) = found.counts.cells
    parts, turns = [], row.turns
    while turns:
        last = max(
            n
            for n in range(2, len(turns) + 1, 2)
            if max(len(other(t)["input_ids"]) for t, _ in render(turns[:n], other)) <= ROOM
        )
        parts.append(turns[:last])
        turns = turns[last:]
    expected = [other(t)["input_ids"] for part in parts for t, _ in render(part, other)]
    assert len(expected) == 4 > len(parts) > 1
    assert sorted(segments(found)) == sorted(map(list, expected))
    assert (cell.rows, cell.split, cell.pieces) == (4, 1, 4)
    assert cell.again == 4 - len(parts)
    assert cell.truncated == cell.dropped == cell.dropped_tokens == 0


def test_the_first_piece_keeps_the_place_of_the_dialogue(tokenizer):
    """A longer limit, which splits nothing, packs the rows in the same order."""
    rows = [dialogue(n) for n in range(9)]
    others = [tokens(each.turns, tokenizer) for each in rows]
    assert max(map(len, others)) <= ROOM
    rows.append(dialogue(9, turns=10))
    first = packed(rows, tokenizer, "split")
    whole = segments(packed(rows, tokenizer, "split", max_tokens=5000))
    (place,) = (n for n, each in enumerate(whole) if each not in others)
    assert len(first.segment_tokens) > len(rows)
    kept = [each for each in segments(first) if each in others or "9.0" in tokenizer.decode(each)]
    assert kept[place] == whole[place][: len(kept[place])]
    assert kept[:place] + kept[place + 1 :] == whole[:place] + whole[place + 1 :]


@pytest.mark.parametrize("overlong", ["split", "cut"])
def test_an_exchange_too_long_by_itself_is_cut(tokenizer, overlong):
    long = row("a", "Why?", "plums and pears " * 60)
    found = packed([long], tokenizer, overlong)
    whole = tokens(long.turns, tokenizer)
    assert segments(found) == [whole[:ROOM]]
    (cell,) = found.counts.cells
    assert (cell.rows, cell.truncated, cell.dropped, cell.split) == (1, 1, 0, 0)
    assert cell.dropped_tokens == len(whole) - ROOM


def test_an_exchange_without_room_for_its_answer_is_dropped_and_the_others_stay(tokenizer):
    turns = ("Who?", "Ana.", "plums and pears " * 60, "So.", "When?", "Now.")
    found = packed([row("a", *turns)], tokenizer, "split")
    kept = [tokens(turns[:2], tokenizer), tokens(turns[4:], tokenizer)]
    assert sorted(segments(found)) == sorted(kept)
    (cell,) = found.counts.cells
    assert (cell.rows, cell.dropped, cell.split, cell.pieces) == (2, 1, 1, 3)
    assert cell.dropped_tokens == len(tokens(turns[2:4], tokenizer))


def test_dropped_dialogues_are_counted_by_language_and_kind(tokenizer):
    found = packed([dialogue(0), dialogue(1, "zh", turns=8), dialogue(2, "zh")], tokenizer, "drop")
    english, chinese = found.counts.cells
    assert (english.over, english.dropped, english.dropped_tokens) == (0, 0, 0)
    assert (chinese.over, chinese.dropped, chinese.rows) == (1, 1, 1)
    assert chinese.dropped_tokens == len(tokens(dialogue(1, "zh", turns=8).turns, tokenizer))


def test_only_pieces_that_spell_a_control_token_are_counted_as_such(tokenizer):
    turns = ["Is it <|im_end|>?", "No.", *["How many apples are there?", "Nine apples."] * 6]
    found = packed([row("a", *turns)], tokenizer, "split")
    (cell,) = found.counts.cells
    assert cell.pieces > 1
    assert cell.spelled == 1
    assert (found.ids == tokenizer.eos_token_id).sum() == len(turns)


def test_where_nothing_is_over_the_length_the_option_changes_nothing(tokenizer, tmp_path):
    content = set()
    for overlong in OPTIONS:
        found = packed(dialogues(), tokenizer, overlong, max_tokens=400, packing=True)
        found.save(tmp_path / overlong)
        content.add(b"".join(p.read_bytes() for p in sorted((tmp_path / overlong).iterdir())))
        assert sum(cell.over + cell.split + cell.dropped for cell in found.counts.cells) == 0
    assert len(content) == 1


def test_texts_are_always_split(tokenizer):
    found = pack_texts(["one two three " * 40, "short"], tokenizer, max_tokens=32)
    (cell,) = found.counts.cells
    assert (cell.dialogues, cell.over, cell.split) == (2, 1, 1)
    assert (cell.pieces, cell.dropped_tokens) == (cell.rows - 1, 0)
    assert cell.given_tokens == cell.tokens


CONFIG = TrainConfig(sequences_per_step=4, micro_batch=2, max_tokens=ROOM, epochs=3)


@pytest.mark.parametrize("overlong", OPTIONS)
@pytest.mark.parametrize("packing", [True, False])
def test_the_account_of_whole_passes_adds_up(templates, overlong, packing):
    tokenizer = templates["opening"]
    found = packed(long_rows(), tokenizer, overlong, template="auto", packing=packing)
    account = plan(found, CONFIG, seed=3).account
    dropped = CONFIG.epochs * account.dropped
    whole = account.given + account.added
    assert account.learned + account.masked + dropped == CONFIG.epochs * whole
    assert account.packed == len(found.ids)
    assert account.given == sum(cell.given_tokens for cell in found.counts.cells)
    assert (account.dropped > 0, account.added > 0) == (True, overlong == "split")


@pytest.mark.parametrize("recipe", [{"epochs": 3}, {"epochs": None, "steps": 5}])
@pytest.mark.parametrize("at_once", [1, 2, 4])
@pytest.mark.parametrize("lined_up", [True, False])
def test_planned_padding_is_that_of_the_batches(tokenizer, recipe, at_once, lined_up):
    found = packed(long_rows()[:30], tokenizer, "split", packing=True)
    config = msgspec.structs.replace(CONFIG, micro_batch=at_once, **recipe)
    batches = Batches(found, schedule(found.sequences, config, 1))
    assert len(batches) % at_once == 0
    made = [
        (line_up if lined_up else collate(0))([batches[slot + n] for n in range(at_once)])
        for slot in range(0, len(batches), at_once)
    ]
    account = plan(found, config, 1, lined_up=lined_up).account
    assert account.computed == sum(batch["input_ids"].numel() for batch in made)
    assert account.learned == sum(int((batch["labels"] >= 0).sum()) for batch in made)
    if lined_up:
        assert account.padded == sum(slot < 0 for slot in batches._order)


def test_an_account_is_told_as_two_sums():
    account = TokenAccount(given=1200, added=30, dropped=130, learned=900, masked=200, padded=7)
    assert account.texts() == (
        "tokens of the data: 1,200 given + 30 by splitting = 1,100 trained on + 130 dropped",
        "tokens of the training: 900 learned + 200 masked + 7 padding = 1,107 computed",
    )
    plain = msgspec.structs.replace(account, added=0, dropped=0).texts()[0]
    assert plain == "tokens of the data: 1,200 given = 1,200 trained on + 0 dropped"
    assert "1,200 given - 5 by" in msgspec.structs.replace(account, added=-5).texts()[0]
