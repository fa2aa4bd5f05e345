"""The loss on held-out rows."""

import math

import msgspec
import pytest
import torch
from adapter_checks import digest
from train_samples import dialogue

from train import loading
from train.batches import collate, line_up
from train.loss import LearnedOnly
from train.packed import Packed
from train.packing import pack
from train.row_attention import lined_up
from train.step_metrics import live, read_steps
from train.trainer import train
from train.validation import Validation, ValidationPoint, answer_bytes
from ultralink_data.about_files import VALIDATION
from ultralink_data.errors import DataError

HELD = [dialogue(n, turns=4) for n in (100, 101, 102)] + [
    dialogue(n, language="zh", kind="code") for n in (103, 104)
]


@pytest.fixture
def held(tokenizer, tmp_path):
    pack(HELD, tokenizer, max_tokens=400, template="chatml").save(tmp_path / "held")
    return tmp_path / "held"


class OneProcess:
    num_processes, process_index, device = 1, 0, "cpu"


def losses_one_by_one(model, packed):
    """Each row alone through the model: nats of its learned tokens, by cell."""
    found = {}
    for index in range(packed.sequences):
        for cell, begin, end in packed.segments(index):
            ids = torch.tensor(packed.ids[begin:end][None].astype("int64"))
            with torch.no_grad():
                logits = model.eval()(input_ids=ids, use_cache=False).logits[0]
            nats = -logits.log_softmax(-1)[:-1].gather(1, ids[0, 1:, None])[:, 0]
            learned = torch.tensor(packed.loss[begin + 1 : end])
            found.setdefault((cell.language, cell.kind), []).append(nats[learned])
    return {name: torch.cat(parts) for name, parts in found.items()}


@pytest.mark.parametrize("at_once", [1, 2])
@pytest.mark.parametrize("by_rows", [True, False])
def test_it_is_the_mean_over_the_learned_tokens_of_each_cell(
    base, tokenizer, held, at_once, by_rows
):
    packed, model = Packed.load(held), loading.load_model(base)
    expected = losses_one_by_one(model, packed)
    collator = collate(0)
    if by_rows:
        from train import row_attention

        assert row_attention.install(model)
        collator = line_up
    context = lined_up if by_rows else lambda _: torch.no_grad()
    made = Validation(packed, tokenizer, at_once=at_once, collator=collator)
    found = made.measure(7, model, LearnedOnly(model), OneProcess, context)
    assert found.step == 7
    assert {(c.language, c.kind): c.rows for c in found.cells} == {
        ("en", "math"): 3,
        ("zh", "code"): 2,
    }
    for cell in found.cells:
        nats = expected[cell.language, cell.kind]
        assert cell.learned_tokens == len(nats)
        assert cell.loss == pytest.approx(float(nats.mean()), rel=1e-4)
        rows = [d for d in HELD if d.language == cell.language]
        size = sum(len(answer.encode()) for d in rows for answer in d.turns[1::2])
        assert cell.bits_per_byte == pytest.approx(float(nats.sum()) / math.log(2) / size, rel=1e-4)
    every = torch.cat([*expected.values()])
    assert found.loss == pytest.approx(float(every.mean()), rel=1e-4)


def test_bytes_are_those_of_the_answers_alone(tokenizer, held):
    texts = {"en": 0, "zh": 0}
    for one in HELD:
        texts[one.language] += sum(len(turn.encode()) for turn in one.turns[1::2])
    assert answer_bytes(Packed.load(held), tokenizer).tolist() == [texts["en"], texts["zh"]]


def test_it_is_measured_at_first_at_checkpoints_and_at_the_end_and_changes_no_weight(
    base, packed_folder, held, config, tmp_path
):
    config = msgspec.structs.replace(config, checkpoint_every=4, learning_rate=5e-3)
    asked = {"model": base, "packed": packed_folder, "config": config, "seed": 1}
    train(**asked, out=tmp_path / "plain", work=tmp_path / "w1")
    train(**asked, out=tmp_path / "o", work=tmp_path / "w2", validation=held)
    assert digest(tmp_path / "o") == digest(tmp_path / "plain")
    assert not (tmp_path / "plain" / VALIDATION).exists()
    points = read_steps(tmp_path / "o" / VALIDATION, ValidationPoint)
    assert [point.step for point in points] == [0, 4, 6]
    assert points[0].loss > points[1].loss > points[2].loss
    for place, model in ((0, base), (-1, tmp_path / "o")):
        every = losses_one_by_one(loading.load_model(model), Packed.load(held)).values()
        assert points[place].loss == pytest.approx(float(torch.cat([*every]).mean()), rel=1e-3)


def test_the_measurement_tells_how_far_it_is(base, tokenizer, packed_folder, config, tmp_path):
    """Five sequences, two at a time, before the first step and after the last."""
    held = tmp_path / "held"
    pack(HELD, tokenizer, max_tokens=400, template="chatml", packing=False).save(held)
    config = msgspec.structs.replace(config, steps=2, micro_batch=2)
    asked = {"model": base, "packed": packed_folder, "config": config, "seed": 1}
    told = []
    train(
        **asked, out=tmp_path / "o", work=tmp_path / "w", validation=held,
        on_progress=lambda done, total, now: told.append((done, total, now is None)),
    )  # fmt: skip
    measured = [(done, 5, True) for done in (0, 2, 4, 5)]
    assert told == [*measured, (1, 2, False), (2, 2, False), *measured]
    lines = []
    live(lambda *said: lines.append(said))(3, 5, None)
    assert lines == [("loss on held-out rows: sequences", 3, 5)]


@pytest.mark.parametrize("dies_at", [3, 4])
def test_a_killed_run_measures_each_step_once(
    base, packed_folder, held, config, tmp_path, dies_at, monkeypatch
):
    config = msgspec.structs.replace(config, checkpoint_every=2)
    asked = {"model": base, "packed": packed_folder, "config": config, "seed": 1}
    train(**asked, out=tmp_path / "whole", work=tmp_path / "w1", validation=held)

    class Stopped(Exception):
        pass

    def die(self, step, *others):
        """At step 4 the checkpoint is there and its loss is not."""
        if step == dies_at:
            raise Stopped
        return measure(self, step, *others)

    def stop(step, steps, now):
        if now is not None and step == dies_at:  # without, it is told of held-out sequences
            raise Stopped

    measure, place = Validation.measure, {"work": tmp_path / "w2", "validation": held}
    with monkeypatch.context() as patched:
        patched.setattr(Validation, "measure", die)
        told = stop if dies_at == 3 else None
        with pytest.raises(Stopped):
            train(**asked, **place, out=tmp_path / "o", on_progress=told)
    assert train(**asked, **place, out=tmp_path / "o").resumed_from == dies_at // 2 * 2
    whole, again = (
        read_steps(tmp_path / name / VALIDATION, ValidationPoint) for name in ("whole", "o")
    )
    assert [point.step for point in again] == [0, 2, 4, 6]
    assert again == whole


@pytest.mark.parametrize("shard", [pytest.param(False, marks=pytest.mark.slow), True])
def test_two_processes_measure_what_one_does(base, packed_folder, held, config, tmp_path, shard):
    """Five held-out sequences: the second process has one less."""
    config = msgspec.structs.replace(config, steps=2, micro_batch=1, packing=False)
    asked = {"model": base, "packed": packed_folder, "seed": 1, "validation": held}
    two = msgspec.structs.replace(config, devices=2, shard=shard)
    train(**asked, config=config, out=tmp_path / "one", work=tmp_path / "w1")
    train(**asked, config=two, out=tmp_path / "two", work=tmp_path / "w2")
    one, other = (
        read_steps(tmp_path / name / VALIDATION, ValidationPoint) for name in ("one", "two")
    )
    assert [point.step for point in one] == [point.step for point in other] == [0, 2]
    for mine, theirs in zip(one, other, strict=True):
        assert theirs.loss == pytest.approx(mine.loss, abs=1e-5)
        assert [c.learned_tokens for c in theirs.cells] == [c.learned_tokens for c in mine.cells]


def test_held_out_rows_of_another_tokenizer_are_refused(
    base, packed_folder, held, config, tmp_path
):
    counts = Packed.load(held).counts
    other = msgspec.structs.replace(counts, tokenizer="0" * 64)
    (held / "counts.json").write_bytes(msgspec.json.encode(other))
    with pytest.raises(DataError, match="held-out rows were packed with a tokenizer other than"):
        train(model=base, packed=packed_folder, config=config, seed=0, out=tmp_path / "o",
              work=tmp_path / "w", validation=held)  # fmt: skip
