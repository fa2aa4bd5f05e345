"""chrF of samples: which turns are drawn, what is compared, and how scores add up."""

import pytest

from ultralink_data.dialogue import Dialogue, Provenance
from ultralink_data.translation.quality import (
    Chosen,
    MeasuredRow,
    has_prose,
    human_tasks,
    round_trips,
    sample_turns,
    scores,
    sentence_chrf,
    with_sources,
)


def translated(number: int, language: str = "es", parent: str | None = None) -> Dialogue:
    return Dialogue(
        id=f"{language}/{number}",
        language=language,
        kind="chat_agnostic",
        turns=(
            f"Esta es la pregunta larga número {number}.",
            f"Y esta es su larga respuesta, {number}.",
        )
        * 2,
        provenance=Provenance(source_id="s", parent_id=parent or f"en{number}"),
    )


def source(number: int) -> Dialogue:
    return Dialogue(
        id=f"en{number}",
        language="en",
        kind="chat_agnostic",
        turns=("This is the long question.", "And this is its answer.") * 2,
        provenance=Provenance(source_id="s"),
    )


def drawn_of(rows: list[Dialogue], count: int, seed: int) -> dict[str, list[Chosen]]:
    return sample_turns(rows, count, seed, lambda text, _: has_prose(text))


def test_neither_the_order_nor_other_rows_decide_which_turns_are_drawn():
    rows = [translated(n) for n in range(50)]
    others = [translated(n, "fr") for n in range(50)]
    drawn = drawn_of(rows, 20, seed=1)["es"]
    assert len(drawn) == len({(c.row_id, c.place) for c in drawn}) == 20
    assert drawn_of([*others, *reversed(rows)], 20, seed=1)["es"] == drawn
    assert drawn_of(rows, 20, seed=2)["es"] != drawn
    assert drawn_of(rows, 10, seed=1)["es"] == drawn[:10]


def test_turns_without_prose_or_a_source_are_left_out():
    code = translated(0)
    turns = ("```python\nprint('this is a long line of code')\n```", "Sí.")
    code = Dialogue(id="es/c", language="es", kind="code", turns=turns, provenance=code.provenance)
    assert drawn_of([code], 5, seed=0) == {}
    sample = drawn_of([translated(1), translated(2)], 99, seed=0)
    tasks = round_trips(with_sources(sample, {"en1": source(1)}))
    assert len(tasks) == 4
    assert {task.into for task in tasks} == {"en"}
    assert {task.reference for task in tasks} == set(source(1).turns)
    assert len({task.id for task in tasks}) == 4


def test_code_and_formulas_do_not_raise_the_score():
    block = "```python\nprint(1)\n```\n"
    assert sentence_chrf("a good house", "a good house") == pytest.approx(100)
    assert sentence_chrf(f"{block}wholly other", f"{block}a good house") < 10
    low = sentence_chrf("wholly other $x^2+y^2=z^2$", "a good house $x^2+y^2=z^2$")
    assert low == sentence_chrf("wholly other", "a good house")


def test_scores_have_the_error_over_texts():
    def row(n: int, chrf: float, failed: str = "") -> MeasuredRow:
        return MeasuredRow(
            id=f"r{n}",
            language="es",
            measure="human",
            text="t",
            reference="a good house",
            output="a good house",
            chrf=chrf,
            failed_check=failed,
        )

    (score,) = scores([row(0, 40.0), row(1, 60.0, "numbers"), row(2, 50.0)])
    assert (score.texts, score.mean, score.failed_checks) == (3, 50.0, 1)
    assert score.standard_error == pytest.approx(10 / 3**0.5)
    assert score.corpus == pytest.approx(100)
    assert scores([row(0, 40.0)])[0].standard_error is None
    assert scores([]) == []


def test_a_human_task_goes_into_the_language_of_its_reference():
    (task,) = human_tasks("zh", [("Two?", "二？")], "mgsm", "math")
    assert (task.language, task.into, task.text, task.reference) == ("zh", "zh", "Two?", "二？")
