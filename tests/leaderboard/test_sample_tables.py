"""Samples as tables: fields by lines, long and hostile texts, two runs side by side."""

import msgspec
from stored_examples import sample

from leaderboard.render import to_markdown
from leaderboard.sample_tables import MOST, DiffView, SampleView, diff_table, sample_table
from leaderboard.visible_text import visible_json
from tasks.judging.judge import JudgeVerdict, Result
from tasks.saved_rows import Sample


def view(run="x/a", found_by="", judge=(), **changes):
    read = msgspec.convert(sample("m1", **changes), Sample)
    return SampleView(run=run, task="mgsm", sample=read, found_by=found_by, judge=judge)


def texts(table):
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_a_sample_is_its_fields_line_by_line():
    table = sample_table(view(generation="a\n  b", hit_limit=True, found_by="last number"))
    assert table.title == "mgsm zh m1 #0: wrong"
    assert [column.name for column in table.columns] == ["", "x/a"]
    assert texts(table) == [
        ["prompt", "What is m1?"],
        ["generation", "a"],
        ["", "  b"],
        ["ended", "at the token limit"],
        ["extracted", "m1"],
        ["found by", "last number"],
        ["outcome", "wrong"],
    ]


def test_an_empty_generation_and_no_extracted_answer_are_said():
    found = texts(sample_table(view(generation="", extracted=None, outcome="no_answer")))
    assert ["generation", ""] in found
    assert ["extracted", "nothing"] in found


def test_a_long_text_is_cut_with_its_length():
    found = texts(sample_table(view(generation="x" * 2_000_000)))
    shown = "".join(line[1] for line in found)
    assert len(shown) < MOST + 500
    assert "(2,000,000 characters in all)" in shown


def test_indents_stay_in_markdown_and_markup_does_not():
    code = "def f():\n\tif x:\n        return '<b>|'"
    text = to_markdown(sample_table(view(generation=code), keep_indents=True))
    assert "| \u00a0\u00a0\u00a0\u00a0if x: |" in text
    assert "\u00a0" * 8 + "return '&lt;b&gt;\\|'" in text


def test_verdicts_of_a_judge_name_the_order_and_its_reply():
    said = JudgeVerdict(
        problem_id="m1", language="zh", model_first=True, result=Result.WIN, reply="A is\nbetter"
    )
    found = texts(sample_table(view(outcome="unjudged", judge=(said,))))
    assert found[-3:] == [["judge, shown first", "win"], ["", "A is"], ["", "better"]]


def test_two_runs_stand_side_by_side_and_what_is_equal_stands_once():
    first = view(generation="one\ntwo", extracted="1", outcome="correct")
    second = view(run="x/b", generation="one", extracted="2")
    table = diff_table(DiffView(first=first, second=second))
    assert table.title == "mgsm zh m1 #0: correct / wrong"
    assert [column.name for column in table.columns] == ["", "x/a", "x/b"]
    assert texts(table) == [
        ["prompt", "What is m1?", "(the same)"],
        ["generation", "one", "one"],
        ["", "two", ""],
        ["extracted", "1", "2"],
        ["outcome", "correct", "wrong"],
    ]


def test_json_has_the_same_value_with_escapes_for_what_is_invisible():
    hostile = view(generation="\x1b[31m\u202eevil\u2066\U000e0041 \u00e9 \u4f60")
    plain = msgspec.json.encode(hostile).decode()
    shown = visible_json(plain)
    assert shown.isprintable()
    assert "\\u202e" in shown
    assert "\u00e9 \u4f60" in shown
    assert msgspec.json.decode(shown, type=SampleView) == hostile
    indented = msgspec.json.format(plain, indent=2)
    assert msgspec.json.decode(visible_json(indented), type=SampleView) == hostile
