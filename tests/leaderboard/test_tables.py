import math

import msgspec
import pytest
from report_examples import cell, effect, record, report, starter_report, variant

from leaderboard.comparison_tables import Compared, ComparedSide, comparison_table
from leaderboard.quality_tables import score_table
from leaderboard.records import Interval, VariantScore
from leaderboard.report_tables import report_tables, results_table
from leaderboard.run_tables import records_table
from leaderboard.table import (
    Cell,
    Column,
    Table,
    TableRow,
    count_text,
    effect_cell,
    ordered_languages,
    p_cell,
    score_cell,
    shown_effect,
    signed,
    ungraded_notes,
    verdict_cell,
)
from ultralink_data.errors import ConfigError
from ultralink_data.translation.quality import QualityScore


def texts(table: Table) -> list[list[str]]:
    return [[c.text for c in row.cells] for row in table.rows]


def titled(tables: list[Table], part: str) -> Table:
    return next(table for table in tables if part in table.title)


def test_accuracy_is_percent_and_bpb_has_three_decimals():
    assert score_cell(cell()).text == "12.5 [6.5, 22.8]"
    bits = cell(higher_is_better=False, value=1.23456, interval=Interval(low=1.2, high=1.3))
    assert score_cell(bits).text == "1.235 [1.200, 1.300]"
    assert score_cell(bits).raw == 1.23456


def test_floor_is_a_word_and_hides_the_interval():
    floor = cell(value=0.0, outcomes={"wrong": 64}, note="floor")
    assert score_cell(floor).text == "0.0 floor"
    assert score_cell(cell(value=1.0, outcomes={"correct": 64}, note="ceiling")).text == (
        "100.0 ceiling"
    )


def test_nothing_scored_reads_not_available_and_not_zero():
    empty = cell(n=0, value=None, interval=None, outcomes={"truncated": 64})
    assert score_cell(empty).text == "! n/a"


def test_errors_and_truncations_are_marked_and_counted():
    damaged = cell(outcomes={"correct": 8, "error": 3, "no_answer": 9, "truncated": 1, "wrong": 43})
    assert score_cell(damaged).text.startswith("! 12.5")
    (note,) = ungraded_notes([("0", damaged), ("1", cell())])
    assert "0 (zh 3 error, 1 truncated of 64)" in note
    assert "1 (" not in note
    assert ungraded_notes([("0", cell())]) == ()


def test_average_is_counted_only_where_its_languages_are_not():
    damaged = cell(outcomes={"error": 8, "wrong": 56})
    average = msgspec.structs.replace(damaged, language="non-en")
    assert "non-en" not in ungraded_notes([("0", average), ("0", damaged)])[0]
    assert "non-en 8 error" in ungraded_notes([("0", average)])[0]


def test_bits_saved_is_a_share_of_the_reference():
    reference, found = 1.5, 1.2
    assert shown_effect(math.log(reference / found), "log-ratio") == pytest.approx(20.0)
    assert shown_effect(math.log(reference / 1.875), "log-ratio") == pytest.approx(-25.0)
    assert shown_effect(0.02, "points") == 2.0


def test_sign_is_shown_and_zero_has_none():
    assert [signed(v) for v in (1.25, -3.21, 0.04, -0.04)] == ["+1.2", "-3.2", "0.0", "0.0"]


def test_an_effect_keeps_the_order_of_its_bounds():
    shown = effect_cell(effect(effect=-0.1, low=-0.2, high=-0.05, unit="log-ratio"), with_unit=True)
    assert shown.text == "-10.5 % [-22.1, -5.1]"
    single = effect(effect=0.02, low=None, high=None)
    assert effect_cell(single, with_unit=True).text == "+2.0 pt"


@pytest.mark.parametrize(
    ("scores", "text"),
    [
        ((0.0, 0.0), "0.0 pt"),
        ((1.0, 1.0), "0.0 pt"),
        ((0.5, 0.5), "0.0 pt [-19.1, +19.1]"),
    ],
)
def test_the_width_of_few_problems_is_not_shown_as_measured_at_a_bound(scores, text):
    fields = {"effect": 0.0, "low": -0.191, "high": 0.191}
    same = effect(variant_value=scores[0], reference_value=scores[1], **fields)
    assert effect_cell(same, with_unit=True).text == text


@pytest.mark.parametrize(("error", "text"), [(2.04, "± 2.0"), (0.0, ""), (None, "")])
def test_a_mean_of_equal_texts_shows_no_error(error, text):
    score = QualityScore(
        measure="human",
        language="es",
        texts=3,
        corpus=50.0,
        mean=50.0,
        standard_error=error,
        failed_checks=0,
    )
    (row,) = score_table("", [score], "mgsm").rows
    assert row.cells[5].text == text


def test_bits_at_one_a_byte_keep_their_interval():
    same = effect(variant_value=1.0, reference_value=1.0, effect=0.0, unit="log-ratio")
    assert "[" in effect_cell(same).text


def test_p_values_have_three_digits():
    assert [p_cell(p).text for p in (0.0123456, 0.0004, 1.0, None)] == [
        *("0.012", "<0.001", "1.000", ""),
    ]


def test_counts_stay_short():
    assert [count_text(n) for n in (0, 9999, 10_000, 2_345_678, 10**9)] == [
        *("0", "9999", "10.0k", "2.3M", "1.0G"),
    ]


def test_averages_come_first_then_english():
    assert ordered_languages(["zh", "en", "es", "all", "non-en", "zh"]) == [
        *("non-en", "all", "en", "es", "zh"),
    ]


def test_verdicts_have_a_colour_by_meaning():
    words = ("better", "non-inferior", "worse", "worse within margin", "underpowered", "floor")
    assert [verdict_cell(w).emphasis for w in words] == [
        *("good", "good", "bad", "bad", "muted", "muted"),
    ]


def test_a_row_has_one_cell_a_column():
    with pytest.raises(ValueError, match="row 0 has 2 cells for 1 columns"):
        Table(
            title="t",
            columns=(Column(name="a"),),
            rows=(TableRow(cells=(Cell(text="1"), Cell(text="2"))),),
        )


def test_primary_endpoints_come_first_with_the_caveats():
    first, second, *_ = report_tables(report())
    assert "primary endpoints" in first.title
    assert first.notes == ("A proxy at 1M parameters.",)
    assert "what each variant trained on" in second.title
    assert texts(first) == [
        ["starter_math", "bpb", "1", "1.500", "", "", "reference"],
        ["starter_math", "bpb", "0", "1.875", "-25.0 % [-35.0, -16.2]", "<0.001", "worse"],
    ]
    assert (
        "3 seeds (0, 1, 2); margin accuracy 2.0 pt, bpb 1.0 %; config 0123456789ab" in first.caption
    )


def test_caveats_stand_first_even_without_a_primary_endpoint():
    first = report_tables(report(effects=()))[0]
    assert "trained on" in first.title
    assert first.notes[0] == "A proxy at 1M parameters."


def test_variants_table_adds_up_over_languages():
    table = titled(report_tables(report()), "trained on")
    assert texts(table) == [
        ["1", "all", "1080 / 115.5k", "200"],
        ["1", "en", "80 / 20.5k", "200"],
        ["1", "zh", "1000 / 95.0k", "200"],
        ["0", "all", "80 / 20.5k", "200"],
        ["0", "en", "80 / 20.5k", "200"],
        ["0", "zh", "0", "200"],
    ]
    assert [row.section for row in table.rows] == [False, False, False, True, False, False]
    assert "0: no translated row" in table.notes


def test_metric_table_has_a_row_per_language_and_variant_with_the_primary_marked():
    accuracy = titled(report_tables(report()), "exact_match (%)")
    assert texts(accuracy) == [
        ["zh", "1", "25.0 [16.0, 37.0]", "", "", "64", "reference"],
        ["zh", "0", "12.5 [6.5, 22.8]", "-12.5 [-20.0, -5.0]", "9.0", "64", "worse"],
    ]
    assert [c.repeat for c in accuracy.rows[1].cells[:2]] == [True, False]
    bits = titled(report_tables(report()), "bpb (bits per byte, lower is better)")
    assert texts(bits)[0][0] == "non-en *"
    assert bits.rows[0].cells[0].emphasis == "strong"


def test_every_cell_of_a_big_report_is_shown_once():
    big = starter_report()
    tables = report_tables(big)[2:]
    assert sum(len(table.rows) for table in tables) == len(big.scores)
    assert len(tables) == 7


def test_a_score_missing_from_the_report_is_taken_from_its_effect():
    bounds = {
        "variant_interval": Interval(low=0.1, high=0.2),
        "reference_interval": Interval(low=0.2, high=0.3),
    }
    lone = report(scores=(), effects=(effect(**bounds, primary=True),))
    for title in ("exact_match", "primary"):
        assert [row[-1] for row in texts(titled(report_tables(lone), title))] == [
            *("reference", "worse"),
        ]
    assert [row[2:4] for row in texts(titled(report_tables(lone), "exact_match"))] == [
        ["25.0 [20.0, 30.0]", ""],
        ["12.5 [10.0, 20.0]", "-12.5 [-20.0, -5.0]"],
    ]
    row = dict(zip([c.name for c in results_table(lone).columns], _raws(lone), strict=True))
    assert (row["variant"], row["value"], row["low"], row["n"]) == ("1", 0.25, 0.2, 64)


def _raws(some) -> list[object]:
    return [c.raw for c in results_table(some).rows[0].cells]


def test_results_hold_rows_and_tokens_of_the_language():
    table = results_table(report())
    names = [c.name for c in table.columns]
    rows = [dict(zip(names, (c.raw for c in row.cells), strict=True)) for row in table.rows]
    assert [(r["variant"], r["language"], r["rows"], r["tokens"]) for r in rows] == [
        ("1", "zh", 1000, 95_000),
        ("0", "zh", 0, 0),
        ("1", "non-en", 1000, 95_000),
        ("0", "non-en", 0, 0),
    ]
    assert len(names) == len(set(names))


def test_records_are_ranked_best_first_in_the_direction_of_the_metric():
    bits = {"metric": "bpb", "higher_is_better": False, "interval": None}
    low = record(model="low", cells=(cell(value=0.1), cell(**bits, value=1.0)))
    high = record(model="high", cells=(cell(value=0.9), cell(**bits, value=2.0)))
    rows = texts(records_table([low, high]))
    assert [row[3] for row in rows] == ["high", "low", "low", "high"]


def test_records_of_other_protocols_and_versions_are_ranked_apart():
    records = [
        record(model="a", protocols={"starter_math": "8-shot"}),
        record(model="b"),
        record(model="c", task_versions={"starter_math": "2"}),
    ]
    tasks = [row[0] for row in texts(records_table(records))]
    assert tasks == ["starter_math/8-shot@1", "starter_math/direct@1", "starter_math/direct@2"]


def test_profiles_never_share_a_table():
    with pytest.raises(ConfigError, match="profiles small, starter"):
        records_table([record(), record(profile="small")])


def test_columns_that_say_nothing_are_left_out():
    plain = records_table([record(variant=None, seed=None)])
    assert [c.name for c in plain.columns] == [
        *("Task", "Metric", "Language", "Model", "Score [95 %]", "n"),
    ]
    assert "Seed" in [c.name for c in records_table([record()]).columns]


def compared(*names, effects, scores=None):
    return Compared(
        sides=tuple(ComparedSide(name=name, described=f"model/{name}") for name in names),
        effects=tuple(effects),
        scores=scores or {},
        gaps=(),
        about="recipes",
    )


def test_comparison_shows_the_reference_as_a():
    found = compared("1", "0", effects=[effect(), effect(language="en")])
    table = comparison_table(found)
    assert texts(table)[0] == [
        *("starter_math", "exact_match", "zh", "25.0", "12.5"),
        *("-12.5 pt [-20.0, -5.0]", "0.012", "3", "64", "worse"),
    ]
    assert table.notes == ("A: model/1", "B: model/0")


def test_many_runs_stand_in_lines_under_the_first():
    found = compared(
        *("1", "0", "2"),
        effects=[effect(), effect(variant="2", effect=0.1, low=0.05, high=0.2, verdict="better")],
        scores={"1": (cell(value=0.25),)},
    )
    table = comparison_table(found)
    rows = texts(table)
    assert [row[3] for row in rows] == ["1", "0", "2"]
    assert [row[-1] for row in rows] == ["reference", "worse", "better"]
    assert rows[0][4:6] == ["25.0", ""]
    assert rows[2][5] == "+10.0 pt [+5.0, +20.0]"
    assert table.title == "2 runs against 1, on the same problems"
    assert any("in up to 2 x 5 % of cases" in note for note in table.notes)


def test_scores_of_their_own_scale_are_shown_as_they_are():
    own = effect(unit="score", effect=1.25, low=-0.5, high=3.0, variant_value=3.5)
    rows = texts(comparison_table(compared("1", "0", effects=[own])))
    assert rows[0][4:6] == ["3.500", "+1.25 [-0.5, +3]"]


def test_the_variant_named_as_reference_stands_first():
    other = report(
        reference="0",
        variants=(variant("1"), variant("0")),
        effects=(),
        scores=(VariantScore(variant="1", cell=cell()), VariantScore(variant="0", cell=cell())),
    )
    rows = texts(titled(report_tables(other), "exact_match"))
    assert [(row[1], row[6]) for row in rows] == [("0", "reference"), ("1", "")]


def test_records_of_another_mode_of_thinking_are_ranked_apart():
    first, other = record(model="a"), record(model="b")
    task = first.cells[0].task
    generation = msgspec.structs.replace(other.generation, thinking={task: "off"})
    table = records_table([first, msgspec.structs.replace(other, generation=generation)], title="T")
    labels = {row.cells[0].text for row in table.rows if row.cells[0].text}
    assert any(label.endswith(", thinking off") for label in labels)
    assert any("thinking" not in label for label in labels)
