"""Rows held out of a training, and those that say the same."""

import pytest

from ultralink_data.dialogue import Dialogue, Provenance
from ultralink_data.errors import ConfigError
from ultralink_data.whole import hold_out
from ultralink_data.whole.hold_out import held_out, without_copies

STORY = (
    "The old lighthouse keeper climbed the stairs every evening to light the lamp, and when the "
    "storm came he wrote the names of all the ships that had passed into a book that nobody read."
)


def row(name, answer="An answer.", question="", kind="chat_agnostic", language="en", source=None):
    return Dialogue(
        id=name,
        language=language,
        kind=kind,
        turns=(question or f"What about {name}?", answer),
        provenance=Provenance(source_id=source or name),
    )


def many(count, **changes):
    return [row(f"row {number}", f"Answer {number}.", **changes) for number in range(count)]


def test_about_the_share_of_each_cell_is_held_out_whatever_the_order():
    rows = [*many(2000), *many(1000, language="zh", kind="math")]
    held = [*held_out(rows, 0.1)]
    assert [*held_out(rows[::-1], 0.1)] == held[::-1]
    assert 160 <= sum(one.language == "en" for one in held) <= 240  # 200, and 3 deviations of 13
    assert 70 <= sum(one.language == "zh" for one in held) <= 130


def test_a_larger_share_or_dataset_keeps_what_is_held_out():
    rows = many(500)
    names = {one.id for one in held_out(rows[:300], 0.1)}
    assert names < {one.id for one in held_out(rows[:300], 0.3)}
    assert names == {one.id for one in held_out(rows, 0.1)} & {one.id for one in rows[:300]}


def test_a_problem_and_its_translations_are_on_one_side():
    rows = [row(f"{language}-{n}", language=language, source=f"problem {n}")
            for n in range(200) for language in ("en", "es", "zh")]  # fmt: skip
    held = [*held_out(rows, 0.2)]
    assert {sum(one.provenance.source_id == name for one in held)
            for name in {one.provenance.source_id for one in held}} == {3}  # fmt: skip


def test_no_row_at_all_is_an_error_that_says_so():
    with pytest.raises(ConfigError, match=r"a share of 1e-09 of 20 rows holds out none"):
        [*held_out(many(20), 1e-9)]


def test_rows_that_say_the_same_are_not_trained_under_any_name_or_language():
    held = [row("a", STORY, "Tell me a story.")]
    same = row("b", STORY.upper() + " ", "tell me  a story", source="x")
    near = row("c", STORY.replace("storm", "gale"), "Tell me a story.", language="es")
    other = row("d", "Something else altogether, about trains and time tables.", "And now?")
    assert list(without_copies([held[0], same, near, other], held, 0.8)) == [other]
    assert list(without_copies([near, other], held, 1.0)) == [near, other]


def test_another_problem_of_the_same_form_is_trained():
    one = row("a", "7 and 5 make 12 apples in all, so the answer is 12.", "Add 7 and 5 apples.",
              kind="math")  # fmt: skip
    other = row("b", "7 and 6 make 13 apples in all, so the answer is 13.", "Add 7 and 6 apples.",
                kind="math")  # fmt: skip
    assert list(without_copies([one, other], [one], 0.6)) == [other]


def test_many_rows_held_out_are_found_as_each_is_alone(monkeypatch, tmp_path):
    """Of each row it is known which held ones agree with it in a band; few are kept as read."""
    monkeypatch.setattr(hold_out, "_READ", 2)
    words = STORY.split()
    held = [
        row(f"held {n}", " ".join(words[: 12 + n]), f"Story {n % 3}, please.") for n in range(12)
    ]
    rows = [
        row(f"row {n}", " ".join(words[n % 5 : 12 + n % 20]), f"Story {n % 3}, please.")
        for n in range(60)
    ]
    alone = [
        one
        for one in rows
        if all(list(without_copies([one], [other], 0.7, tmp_path)) for other in held)
    ]
    assert list(without_copies(rows, iter(held), 0.7, tmp_path)) == alone
    assert 0 < len(alone) < len(rows)
    assert list(tmp_path.iterdir()) == []


def test_without_rows_held_out_all_are_trained():
    rows = many(3)
    assert list(without_copies(rows, [], 0.8)) == rows


def test_rows_are_read_one_by_one():
    read = []

    def watched(rows):
        for one in rows:
            read.append(one)
            yield one

    next(held_out(watched(many(500)), 0.5))
    assert len(read) < 100
    read.clear()
    next(without_copies(watched(many(500)), [row("x", STORY)], 0.8))
    assert len(read) == 1
