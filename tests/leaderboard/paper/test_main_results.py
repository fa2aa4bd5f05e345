"""The main tables: marks, sources, printed averages, and that settings stay apart."""

from typing import Any

import msgspec
import pytest

from leaderboard.paper.main_results import result_sections, results_for
from leaderboard.paper.paper_parts import FileNames, PaperOptions, PaperTable
from leaderboard.published.printed_scores import published_rows
from leaderboard.ranking import rankings
from leaderboard.score_rows import ScoreRow
from leaderboard.table import Table


def own_rows(model: str, values: dict[str, float], **changes: Any) -> list[ScoreRow]:
    first = next(row for row in published_rows() if row.task == "mgsm" and row.language == "en")
    fields: dict[str, Any] = {
        "origin": "own",
        "model": model,
        "source": model,
        "protocol": "native-cot",
        "task_version": "6",
        "parameters": None,
        "note": "",
        "n": 250,
    }
    return [
        msgspec.structs.replace(
            first, language=x, value=v, low=v - 0.05, high=v + 0.05, **(fields | changes)
        )
        for x, v in values.items()
    ]


def shown(rows: list[ScoreRow], **options: bool) -> Table:
    return results_for(rankings(rows), {}, PaperOptions(**options))


def line(table: Table, name: str) -> list[str]:
    place = [column.name for column in table.columns].index("Model")
    row = next(row for row in table.rows if row.cells[place].text == name)
    return [cell.text for cell in row.cells[place + 1 :]]


def test_published_rows_are_in_the_papers_layout_with_their_source():
    table = shown([row for row in published_rows() if row.task == "omgeval"])
    assert [column.name for column in table.columns] == [
        *("Model", "En", "Zh", "Es", "Ru", "Fr", "Avg")
    ]
    assert line(table, "UltraLink-LM †") == ["28.8", "21.9", "23.5", "37.6", "29.0", "28.2"]
    assert "† published: OpenBMB/UltraLink README.md at 6f967d8376ea, OMGEval" in table.notes[0]


def test_the_best_and_the_second_of_each_column_are_marked():
    table = shown([row for row in published_rows() if row.task == "omgeval"])
    marks = {
        (row.cells[0].text, column.name): cell.emphasis
        for row in table.rows
        for cell, column in zip(row.cells, table.columns, strict=True)
        if cell.emphasis
    }
    assert marks["Guanaco-13b †", "En"] == "strong"
    assert marks["UltraLink-LM †", "En"] == "second"
    assert marks["UltraLink-LM †", "Avg"] == "strong"
    assert marks["Aya-5-languages †", "Avg"] == "second"
    assert len(marks) == 12


def test_a_printed_average_that_is_no_mean_is_kept_and_marked():
    table = shown([row for row in published_rows() if row.task == "humaneval"])
    assert line(table, "Phoenix-inst-chat-7b †")[-1] == "12.2 ‡"
    note = next(note for note in table.notes if note.startswith("‡"))
    assert "Phoenix-inst-chat-7b 8.9" in note
    assert "Guanaco-13b 13.42" in note
    assert "UltraLink" not in note


def test_other_settings_are_blocks_with_marks_of_their_own():
    rows = own_rows("ours", {"en": 0.9, "zh": 0.8}) + own_rows("worse", {"en": 0.2, "zh": 0.1})
    table = shown(rows + [row for row in published_rows() if row.task == "mgsm"])
    settings = {row.cells[0].text for row in table.rows}
    assert settings == {"native-cot, version 6", "published, protocol unknown"}
    best = [row.cells[1].text for row in table.rows if row.cells[2].emphasis == "strong"]
    assert sorted(best) == ["UltraLink-LM †", "ours"]
    assert "do not compare" in table.caption


def test_intervals_and_footnotes_can_be_left_out():
    rows = own_rows("ours", {"en": 0.9, "zh": 0.8})
    assert line(shown(rows), "ours")[0] == "90.0 [85.0, 95.0]"
    bare = shown(rows, intervals=False, footnotes=False)
    assert line(bare, "ours")[:2] == ["90.0", "80.0"]
    assert any("n 250, protocol native-cot, version 6" in note for note in shown(rows).notes)
    assert bare.notes == ()


def test_what_was_not_measured_here_is_told_and_nothing_is_invented():
    main, other = result_sections(rankings(list(published_rows())), {}, PaperOptions(), FileNames())
    assert [part.name for part in main.parts] == [
        *("results-omgeval-win-rate", "results-mgsm-exact-match", "results-humaneval-pass-1")
    ]
    assert len(main.missing) == 3
    assert {part.table.title.partition(",")[0] for part in other.parts if _is_table(part)} == {
        *("arc", "hellaswag", "mmlu")
    }


def _is_table(part: object) -> bool:
    return isinstance(part, PaperTable)


@pytest.mark.parametrize("missing", ["zh", "en"])
def test_a_language_without_a_score_is_blank_and_has_no_average(missing):
    rows = own_rows("whole", {"en": 0.9, "zh": 0.8})
    rows += own_rows("part", {"en" if missing == "zh" else "zh": 0.7})
    values = line(shown(rows, intervals=False), "part")
    assert values.count("") == 2
    assert "70.0" in values
