"""Published files are streamed; what cannot be read has its place and reason."""

import json
import tracemalloc

import pytest

from ultralink_data import sources
from ultralink_data.errors import ConfigError, DataError
from ultralink_data.sources.reading import CUT, read

ROWS = [
    {
        "query": f"What is {n} + 1? [x]",
        "response": f"It is {n + 1}. \\boxed{{{n + 1}}}",
        "type": "GSM_AnsAug",
        "original_question": f"What is {n - n % 2} + 1?",
    }
    for n in range(7)
]
METAMATH = sources.get("metamath")


def outcomes(path, source="metamath"):
    return [sources.convert(row, source) for row in read(path, sources.get(source))]


@pytest.mark.parametrize("form", ["array", "indented array", "lines", "BOM"])
def test_every_form_gives_the_same_rows(tmp_path, form):
    path = tmp_path / "m.json"
    text = json.dumps(ROWS, indent=2 if form == "indented array" else None)
    if form in ("lines", "BOM"):
        text = "".join(json.dumps(row) + "\n" for row in ROWS)
    path.write_text(text, encoding="utf-8-sig" if form == "BOM" else "utf-8")
    dialogues = [o.accepted[0] for o in outcomes(path)]
    assert [d.turns[0] for d in dialogues] == [row["query"] for row in ROWS]
    assert len({d.id for d in dialogues}) == 7
    assert len({d.provenance.source_id for d in dialogues}) == 4


@pytest.mark.parametrize("at", [0.2, 0.5, 0.93])
@pytest.mark.parametrize("array", [True, False])
def test_a_cut_file_keeps_its_whole_rows_and_reports_the_cut(tmp_path, at, array):
    path = tmp_path / "m.json"
    text = json.dumps(ROWS) if array else "".join(json.dumps(row) + "\n" for row in ROWS)
    cut = text[: int(len(text) * at)]
    path.write_text(cut)
    *whole, last = outcomes(path)
    assert last.rejected is not None
    assert last.rejected.reason == CUT
    assert [o.accepted[0].turns[0] for o in whole] == [r["query"] for r in ROWS[: len(whole)]]
    assert len(whole) == sum(json.dumps(row) in cut for row in ROWS)


def test_an_array_cut_between_rows_is_cut_too(tmp_path):
    path = tmp_path / "m.json"
    path.write_text(json.dumps(ROWS)[:-1])
    assert [o.rejected.reason for o in outcomes(path)[7:] if o.rejected] == [CUT]


def test_rows_that_do_not_fit_have_their_place(tmp_path):
    path = tmp_path / "m.jsonl"
    lines = [
        json.dumps(ROWS[0]),
        "",
        "{broken",
        json.dumps(ROWS[1] | {"more": 1}),
        json.dumps(ROWS[2]),
    ]
    path.write_text("\n".join(lines) + "\n")
    found = [
        (o.rejected.reason, o.rejected.detail[:7]) if o.rejected else "" for o in outcomes(path)
    ]
    assert found == ["", ("bad_row", "line 2:"), ("bad_row", "line 3:"), ("bad_row", "line 4:"), ""]


def test_empty_fields_and_repeated_rows_fall_out(tmp_path):
    path = tmp_path / "m.jsonl"
    rows = [ROWS[0], ROWS[0], ROWS[1] | {"query": " "}, ROWS[1] | {"response": ""}]
    rows.append(ROWS[2] | {"original_question": ""})
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    reasons = [o.rejected.reason if o.rejected else "" for o in outcomes(path)]
    assert reasons == ["", "repeated_row", "empty_question", "empty_answer", "no_source"]


def test_a_repeated_id_with_other_content_gets_an_id_of_its_own(tmp_path):
    path = tmp_path / "s.jsonl"
    turns = [{"from": "human", "value": "Why?"}, {"from": "gpt", "value": "Because."}]
    others = [turns[0], {"from": "gpt", "value": "For no reason."}]
    rows = [{"id": "a_0", "conversations": t} for t in (turns, others, turns)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    first, second, third = outcomes(path, "sharegpt")
    assert first.accepted[0].id == "sharegpt:a_0"
    assert second.accepted[0].id == "sharegpt:a_0~2"
    assert second.mended == ("renamed_id",)
    assert third.rejected.reason == "repeated_row"


def test_half_characters_are_mended(tmp_path):
    path = tmp_path / "m.json"
    path.write_text(json.dumps([ROWS[0] | {"query": "Why \ud83d?"}]))
    (outcome,) = outcomes(path)
    assert outcome.accepted[0].turns[0] == "Why ?"
    assert outcome.mended == ("broken_characters",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("query,response\n", "neither a JSON array nor JSON Lines"),
        ('[{"a": 1}]', "row 1 is not a row of metamath"),
        (json.dumps(ROWS[:1])[:-1] + ', {"query" "x"},' + " " * 99 + json.dumps(ROWS), "row 2 is"),
    ],
)
def test_another_file_is_an_error(tmp_path, text, said):
    path = tmp_path / "m.json"
    path.write_text(text)
    with pytest.raises(DataError, match=said):
        list(read(path, METAMATH))


def test_an_unknown_source_offers_the_known_ones():
    with pytest.raises(ConfigError, match="unknown source 'magicode'"):
        sources.get("magicode")


def test_memory_does_not_grow_with_the_array(tmp_path):
    path = tmp_path / "m.json"
    with path.open("w") as file:
        file.write("[")
        for n in range(12_000):
            row = ROWS[0] | {"query": f"{n}", "response": "word " * 150}
            file.write((", " if n else "") + json.dumps(row))
        file.write("]")
    tracemalloc.start()
    count = sum(1 for _ in read(path, METAMATH))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 12_000
    assert path.stat().st_size > 10e6
    assert peak < 8e6


OSS = {
    "lang": "python",
    "raw_index": 5,
    "index": 9,
    "seed": "def f():",
    "problem": "Write f.",
    "solution": "```python\npass\n```",
}


@pytest.mark.parametrize(
    ("row", "turns"),
    [
        (OSS, ("Write f.", "```python\npass\n```")),
        (OSS | {"openai_fingerprint": "fp_1"}, ("Write f.", "```python\npass\n```")),
        ({"instruction": "Do it.", "response": "Done."}, ("Do it.", "Done.")),
        (
            {
                "instruction": "Write a solution to the following coding problem:\nDo it.",
                "input": "Language: java",
                "output": "Done.",
            },
            ("Do it.", "Done."),
        ),
    ],
)
def test_magicoder_is_read_in_its_three_forms(tmp_path, row, turns):
    path = tmp_path / "c.jsonl"
    path.write_text(json.dumps(row) + "\n")
    (outcome,) = outcomes(path, "magicoder")
    (dialogue,) = outcome.accepted
    assert (dialogue.kind, dialogue.turns) == ("code", turns)
    assert dialogue.id == dialogue.provenance.source_id
    assert (dialogue.id == "magicoder:9") == ("index" in row)


def test_real_magicoder_and_metamath_rows_are_accounted_for(benchmarks):
    found = outcomes(
        benchmarks / "magicoder" / "magicoder_oss_instruct_sample300.jsonl", "magicoder"
    )
    reasons = [o.rejected.reason for o in found if o.rejected]
    assert (len(found), reasons) == (300, ["open_code_block"] * 3)
    found = outcomes(benchmarks / "metamath" / "metamathqa_quoted6.jsonl")
    assert [len(o.accepted) for o in found] == [1] * 6


def test_integer_ids_are_their_digits_and_numbers_for_texts_name_the_likely_cause(tmp_path):
    good = {"id": 12, "conversations": [{"from": "human", "value": "a"}]}
    bad = {"id": 13, "conversations": [{"from": "human", "value": 18}]}
    path = tmp_path / "rows.jsonl"
    path.write_text(f"{json.dumps(good)}\n{json.dumps(bad)}\n")
    first, second = read(path, sources.get("sharegpt"))
    assert first.id == "sharegpt:12"
    assert second.reason == "bad_row"
    assert "a text became a number there: `datasets` 5.2" in second.detail
    path.write_text(json.dumps(bad) + "\n")
    with pytest.raises(DataError, match=r"line 1 is not a row of sharegpt: .*`datasets` 5\.2"):
        list(read(path, sources.get("sharegpt")))
