"""Packed data in an order: what each phase holds, and how passes go through them."""

from itertools import pairwise

import msgspec
import numpy as np
import pytest
from train_samples import dialogue, dialogues

from train.curriculum import pack_in_order, write_joined
from train.dialogue_tokens import DialogueTokens
from train.packed import Packed
from train.packing import pack
from train.plan import EMPTY, plan, schedule
from train.stream_packing import pack_into
from train.train_config import TrainConfig
from ultralink_data.errors import DataError
from ultralink_data.mixture.mixture_config import Curriculum

LIMIT = 400


@pytest.fixture
def packed_in(tokenizer, tmp_path_factory):
    def made(order, rows):
        home = tmp_path_factory.mktemp("ordered")

        def one(folder, phase, rows):
            return pack_into(
                folder,
                rows,
                tokenizer,
                work=home / "tokens" / phase,
                max_tokens=LIMIT,
                template="chatml",
            )

        tokens_of = DialogueTokens(tokenizer, "chatml")
        counts = pack_in_order(home / "out", lambda: rows, order, tokens_of, one, home / "work")
        packed = Packed.load(home / "out")
        assert packed.counts == counts
        return packed

    return made


def named(name, rows):
    return [msgspec.structs.replace(row, id=f"{name}/{row.id}") for row in rows]


def phases_of(packed):
    """Lengths of the rows of each phase."""
    ends = np.cumsum(packed.counts.phases)
    bounds = packed.sequence_bounds
    return [
        packed.segment_tokens[bounds[end - size] : bounds[end]].tolist()
        for end, size in zip(ends, packed.counts.phases, strict=True)
    ]


def test_tokens_of_dialogues_are_those_that_packing_counts(tokenizer):
    odd = dialogue(1).turns[0] + " <|im_end|> is a control token"
    rows = [*dialogues(), msgspec.structs.replace(dialogue(50), turns=(odd, "yes"))]
    tokens = DialogueTokens(tokenizer, "chatml")(rows)
    for limit in (LIMIT, 60):  # whatever becomes of those over the length
        packed = pack(rows, tokenizer, max_tokens=limit, template="chatml")
        assert sum(tokens) == sum(cell.given_tokens for cell in packed.counts.cells)


def test_by_length_no_row_is_shorter_than_one_of_an_earlier_phase(packed_in):
    rows = dialogues()
    packed = packed_in(Curriculum(order="length", phases=4), rows)
    phases = phases_of(packed)
    assert len(phases) == 4
    for earlier, later in pairwise(phases):
        assert max(earlier) <= min(later)
    whole = packed_in(Curriculum(), rows)
    assert sorted(length for phase in phases for length in phase) == sorted(
        whole.segment_tokens.tolist()
    )
    longest = max(whole.segment_tokens)
    for phase in phases:
        assert abs(sum(phase) - whole.counts.tokens / 4) <= longest
    assert packed.counts.cells == whole.counts.cells


def test_stages_hold_the_rows_of_their_datasets(packed_in):
    english, code = dialogues()[:24], dialogues()[24:]
    rows = [*named("b", code), *named("a", english)]
    packed = packed_in(Curriculum(order="stages", stages=(("b",), ("a",))), rows)
    begin = 0
    for size, cell in zip(packed.counts.phases, (("zh", "code"), ("en", "math")), strict=True):
        for index in range(begin, begin + size):
            assert {(c.language, c.kind) for c, *_ in packed.segments(index)} == {cell}
        begin += size
    assert begin == packed.sequences


def test_phases_are_saved(packed_in, tmp_path):
    packed = packed_in(Curriculum(order="length", phases=2), dialogues())
    packed.save(tmp_path)
    found = Packed.load(tmp_path)
    assert found.counts == packed.counts
    assert (found.segment_cell == packed.segment_cell).all()
    wrong = msgspec.structs.replace(packed.counts, phases=(1,))
    (tmp_path / "counts.json").write_bytes(msgspec.json.encode(wrong))
    with pytest.raises(DataError, match="another dataset's"):
        Packed.load(tmp_path)


def test_each_pass_goes_through_the_phases_and_shuffles_within_each():
    config = TrainConfig(sequences_per_step=1, micro_batch=1, epochs=2)
    phases = (6, 9)
    order = schedule(15, config, 3, phases).reshape(2, 15)
    for one in order.tolist():
        assert (sorted(one[:6]), sorted(one[6:])) == ([*range(6)], [*range(6, 15)])
    assert (order[0] != order[1]).any()
    other = schedule(15, config, 4, phases).reshape(2, 15)
    assert (order != other).any()
    assert (order == schedule(15, config, 3, phases).reshape(2, 15)).all()
    plain = schedule(15, config, 3)
    assert (plain == schedule(15, config, 3, (15,))).all()


def test_a_plan_counts_what_a_run_that_ends_in_the_first_phase_sees(packed_in):
    rows = [*named("b", dialogues()[24:]), *named("a", dialogues()[:24])]
    packed = packed_in(Curriculum(order="stages", stages=(("b",), ("a",))), rows)
    first = packed.counts.phases[0]
    config = TrainConfig(sequences_per_step=first, micro_batch=first, steps=1)
    seen = {(c.language, c.kind): c.rows for c in plan(packed, config, 0).cells}
    assert seen == {("zh", "code"): 9, ("en", "math"): 0}
    assert (schedule(packed.sequences, config, 0, packed.counts.phases) != EMPTY).all()


def test_cells_of_parts_are_renumbered(tokenizer, tmp_path):
    one, two = (
        pack(rows, tokenizer, max_tokens=LIMIT, template="chatml")
        for rows in (dialogues()[24:], dialogues())
    )
    write_joined(tmp_path, [one, two])
    both = Packed.load(tmp_path)
    counted = {(c.language, c.kind): (c.rows, c.tokens) for c in both.counts.cells}
    assert counted["zh", "code"][0] == 18
    for index, cell in enumerate(both.counts.cells):
        mine = both.segment_cell == index
        assert (int(mine.sum()), int(both.segment_tokens[mine].sum())) == (cell.rows, cell.tokens)
