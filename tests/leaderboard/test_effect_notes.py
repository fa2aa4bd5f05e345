"""What an average hides, and what no number covers, as sentences."""

import pytest
from report_examples import cell, effect, report

from leaderboard.effect_notes import (
    bound_notes,
    hidden_notes,
    left_out_notes,
    margin_notes,
    size_text,
)
from leaderboard.gaps import Gap
from leaderboard.records import VariantScore
from leaderboard.report_tables import primary_table, report_tables
from leaderboard.table import Table


def cells(average, **languages):
    """Effects of one variant: the average first; each is low, high and verdict."""
    return [
        effect(language=name, primary=name == "non-en", low=low, high=high, effect=(low + high) / 2,
               verdict=verdict)
        for name, (low, high, verdict) in {"non-en": average, **languages}.items()
    ]  # fmt: skip


FINE = (-0.01, 0.03, "non-inferior")
BETTER, WORSE = (0.01, 0.05, "better"), (-0.05, -0.01, "worse")
OPEN = (-0.06, 0.04, "underpowered")
CASES = {
    "nothing to say": (FINE, {"zh": FINE, "fr": FINE}, []),
    "a language is worse": (FINE, {"zh": FINE, "fr": WORSE}, ["worse in fr -3.0 pt [-5.0, -1.0]"]),
    "both ways": (FINE, {"zh": BETTER, "fr": WORSE}, ["worse in fr", "better in zh +3.0 pt"]),
    "worse under a better average": (BETTER, {"zh": BETTER, "fr": WORSE}, ["worse in fr"]),
    "better under a worse average": (WORSE, {"zh": BETTER, "fr": WORSE}, ["better in zh"]),
    "inconclusive": (OPEN, {"zh": BETTER, "fr": WORSE}, ["worse in fr", "better in zh"]),
    "not shown": (FINE, {"zh": FINE, "fr": OPEN}, ["not shown for fr (underpowered)"]),
    "English": (FINE, {"en": WORSE, "fr": FINE}, ["worse in en (outside the average) -3.0 pt"]),
    "within the margin": (
        FINE,
        {"fr": (-0.015, -0.001, "worse within margin")},
        ["worse in fr -0.8 pt"],
    ),
    "worse as its average": (WORSE, {"zh": WORSE, "fr": OPEN}, []),
}


@pytest.mark.parametrize("case", CASES)
def test_opposite_effects_are_named(case):
    average, languages, said = CASES[case]
    notes = hidden_notes(cells(average, **languages))
    assert len(notes) == bool(said)
    for part in said:
        assert part in notes[0]
    if said:
        assert notes[0].startswith(f"0, starter_math exact_match: {average[2]} on average (")
        assert ("worse in" in notes[0]) == any("worse in" in part for part in said)
        assert ("better in" in notes[0]) == any("better in" in part for part in said)


def test_other_variants_and_metrics_are_not_mixed_up():
    fine = cells(FINE, zh=FINE)
    other = [effect(language="zh", metric="bpb", low=-0.05, high=-0.01)]
    other += [effect(language="zh", variant="1/8", low=-0.05, high=-0.01)]
    assert hidden_notes([*fine, *other]) == ()


def test_one_seed_has_nothing_to_hide():
    single = effect(language="non-en", low=None, high=None, verdict="single seed")
    assert hidden_notes([single, effect(language="zh", low=None, high=None)]) == ()


def test_an_average_without_a_verdict_has_nothing_to_hide():
    missing = effect(language="non-en", low=None, high=None, verdict="language missing")
    assert hidden_notes([missing, *cells(FINE, fr=WORSE)[1:]]) == ()


def test_the_primary_table_names_worse_languages_in_the_verdict_and_below():
    effects = tuple(cells(FINE, zh=BETTER, fr=WORSE))
    table = primary_table(report(effects=effects, scores=()))
    assert [row.cells[-1].text for row in table.rows] == ["reference", "non-inferior; fr worse"]
    assert any("worse in fr" in note and "better in zh" in note for note in table.notes)
    assert table.rows[1].cells[-1].emphasis == "muted"


def gap(text, language="", task="starter_math", metric="exact_match"):
    return Gap(variant="0", task=task, metric=metric, language=language, text=text)


def test_what_is_left_out_stands_under_its_table():
    gaps = (
        gap("missing in 1 of 3 runs of 0", "fr"),
        gap("only in 1", task="mgsm"),
        gap("2 of 5 runs without a counterpart", task="", metric=""),
    )
    effects = (*cells(FINE, zh=FINE), effect(language="es", n_problems=60, n_left_out=4))
    first, *others = report_tables(report(effects=effects, scores=(), gaps=gaps))

    def told(table: Table) -> str:
        return " ".join(table.notes)

    assert "starter_math exact_match fr missing in 1 of 3 runs of 0" in told(first)
    assert "mgsm exact_match only in 1" in told(first)
    table = next(table for table in others if "exact_match" in table.title)
    assert "problems not scored on both sides, left out: 0 (es 4 of 64)" in told(table)
    assert "left out of 0: fr missing in 1 of 3 runs of 0; 2 of 5 runs without" in told(table)
    assert "mgsm" not in told(table)


def test_counts_name_task_and_metric_where_the_table_has_several():
    notes = left_out_notes([effect(n_problems=60, n_left_out=4)], [])
    assert notes == (
        "problems not scored on both sides, left out: 0 (starter_math exact_match zh 4 of 64)",
    )
    assert left_out_notes([effect()], []) == ()


@pytest.mark.parametrize(
    ("sizes", "text"), [((72, 72), "72"), ((72, 18), "72 (18)"), ((0, 0), "0")]
)
def test_clusters_stand_in_brackets(sizes, text):
    assert size_text(*sizes) == text


def at_floor(language, **changes):
    fields = {"variant_value": 0.0, "reference_value": 0.0, "effect": 0.0, "verdict": "floor"}
    fields |= {"low": -0.191, "high": 0.191}
    return effect(language=language, **(fields | changes))


def test_a_floor_says_what_so_few_problems_can_hide():
    effects = [at_floor("zh"), at_floor("fr", high=0.25), effect(language="es")]
    (note,) = bound_notes(effects)
    assert "so many points: 0 (starter_math exact_match zh 19.1, fr 25.0)" in note
    assert bound_notes(effects, named=False)[0].endswith("points: 0 (zh 19.1, fr 25.0)")
    single = at_floor("zh", low=None, high=None, n_seeds=1)
    assert bound_notes([single, effect()]) == ()


NO_MARGIN = effect(language="zh", verdict="no margin", margin=None)
BITS = effect(metric="bpb", unit="log-ratio", verdict="no margin", margin=None, primary=True)


def test_a_missing_margin_says_what_to_do_for_its_scale():
    (note,) = margin_notes([NO_MARGIN, effect(metric="bpb", unit="log-ratio")], "--margin-{}=X")
    assert "none is set for accuracy," in note
    assert "--margin-accuracy=X before" in note
    (note,) = margin_notes([NO_MARGIN, BITS], "--margin-{}=X")
    assert "accuracy and bpb" in note
    assert "--margin-accuracy=X --margin-bpb=X" in note
    assert margin_notes([effect()], "--margin-{}") == ()


@pytest.mark.parametrize("verdicts", [True, False])
def test_every_table_without_a_margin_says_so_unless_there_are_no_verdicts(verdicts):
    tables = report_tables(report(effects=(NO_MARGIN, BITS), config={"verdicts": verdicts}))
    told = [table for table in tables if any("--set margins." in note for note in table.notes)]
    assert len(told) == (3 if verdicts else 0)


def test_marks_of_primary_endpoints_are_counted_under_their_table():
    cut = {"truncated": 4, "wrong": 60}
    primary = effect(language="non-en", primary=True)
    scores = tuple(
        VariantScore(variant="0", cell=cell(language=code, outcomes=cut))
        for code in ("non-en", "zh", "en")
    )
    table = primary_table(report(effects=(primary,), scores=scores))
    assert "! 12.5" in [c.text for row in table.rows for c in row.cells]
    (note,) = [note for note in table.notes if note.startswith("!")]
    assert "0, starter_math exact_match (zh 4 truncated of 64)" in note
