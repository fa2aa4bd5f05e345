"""The sample explorer's data: every sample, its texts, and where each of them stands."""

import re
import tracemalloc
from bisect import bisect_right

import msgspec
import pytest
from report_examples import cell, record
from sample_stores import measured, sample, write_rows, write_run

from leaderboard.collection import load
from leaderboard.judged_records import JudgedReport, write_judged
from leaderboard.records import write_record
from leaderboard.site.sample_cells import judged_outcome, names_rules, row_blocks
from leaderboard.site.sample_columns import CUT
from leaderboard.site.samples_page import write_samples
from leaderboard.site.shards import ShardFolder, shard_content
from tasks.judging.judge import JudgeVerdict, Pair, Result
from tasks.judging.win_rate import win_rate
from tasks.saved_rows import Outcome, Sample
from ultralink_data.llm.client import Usage
from ultralink_data.llm.endpoint import EndpointIdentity

MATH_ZH = ("samples", "starter_math", "zh")
HOSTILE = "</script>\u2028<img src=x onerror=alert(1)>\x00\u202eevil"


class Site:
    """What the page reads, read as the page does."""

    def __init__(self, folder):
        self.shards = ShardFolder(folder)
        self.head = self.shards.read("samples")
        self.columns = []
        for shard in range(self.head["index"]):
            content = shard_content((folder / "data" / f"i{shard}.js").read_bytes())
            count = len(content) // 17
            parts = [memoryview(content[4 * count * n : 4 * count * (n + 1)]) for n in range(4)]
            rows = zip(*(part.cast("I") for part in parts), content[16 * count :], strict=True)
            self.columns += list(rows)
        self.problems = [
            row for n in range(len(self.head["problems"])) for row in self._shard("p", n)
        ]

    def _shard(self, prefix, number):
        return self.shards.read(f"{prefix}{number}")

    def row(self, prefix, starts, number):
        shard = bisect_right(starts, number) - 1
        return self._shard(prefix, shard)[number - starts[shard]]

    def text(self, number):
        return self.row("q", self.head["texts"], number)

    def whole(self, text):
        if isinstance(text, str):
            return text
        return "".join(self._shard("w", text[2] + part) for part in range(text[3]))

    def samples(self):
        """Run, task, language, problem, outcome, length and texts of each, in order."""
        head = self.head
        for run, task, language, start, count in head["cells"]:
            for number in range(start, start + count):
                problem, length, index, _, outcome = self.columns[number]
                of_task, problem_id = self.problems[problem]
                assert of_task == task
                yield {
                    "run": head["runs"][run]["name"],
                    "task": head["tasks"][task],
                    "language": head["languages"][language],
                    "problem": problem_id,
                    "index": index,
                    "outcome": head["outcomes"][outcome],
                    "length": length,
                    "texts": self.row("t", head["answers"], number),
                }


def written(store, site, nearest=0):
    result = write_samples(load(store), site, nearest=nearest)
    return result, Site(site)


def test_every_sample_is_there_with_its_texts(tmp_path):
    rows = [
        sample("a", generation="x" * 7, thinking="hm", detail="by boxed", cluster="c"),
        sample("b", outcome=Outcome.NO_ANSWER, extracted=None, detail="no number"),
        sample("b", index=1, hit_limit=True, generation=""),
    ]
    english = [sample("a", language="en", prompt="What?")]
    write_run(tmp_path, "one", {MATH_ZH: rows, ("samples", "starter_math", "en"): english})
    write_run(tmp_path, "two", {MATH_ZH: rows})
    result, site = written(tmp_path, tmp_path / "site")
    found = list(site.samples())
    assert result.samples == len(found) == site.head["total"] == 7
    assert [(s["run"], s["language"], s["problem"], s["index"]) for s in found] == [
        ("all/one", "zh", "a", 0),
        ("all/one", "zh", "b", 0),
        ("all/one", "zh", "b", 1),
        ("all/one", "en", "a", 0),
        ("all/two", "zh", "a", 0),
        ("all/two", "zh", "b", 0),
        ("all/two", "zh", "b", 1),
    ]
    assert [s["outcome"] for s in found[:3]] == ["correct", "no_answer", "correct"]
    assert [s["length"] for s in found[:3]] == [7, 16, 0]
    first = found[0]["texts"]
    assert site.text(first[0]) == "What is a?"
    assert first[1:8] == ["x" * 7, "7", "by boxed", "hm", "boxed", None, []]
    assert found[2]["texts"][6] is True
    # Prompts stand once, whatever the number of runs; no shard has the answers of two runs.
    assert found[4]["texts"] == first
    assert site.head["answers"] == [0, 4]
    assert result.shards == len(list((tmp_path / "site" / "data").iterdir()))


def test_the_rule_is_named_only_where_a_task_has_rules(tmp_path):
    rows = [sample("a"), sample("b", detail="by last number")]
    other = ("samples", "other", "zh")
    write_run(tmp_path, "one", {MATH_ZH: rows, other: rows})
    _, site = written(tmp_path, tmp_path / "site")
    rules = {(s["task"], s["problem"]): s["texts"][5] for s in site.samples()}
    assert rules == {
        ("starter_math", "a"): "answer phrase",
        ("starter_math", "b"): "last number",
        ("other", "a"): "",
        ("other", "b"): "",
    }
    assert names_rules("mgsm", "native_cot")
    assert not names_rules("mgsm", "reference_native_cot")
    assert not names_rules("humaneval", "completion")


def test_measured_texts_stand_with_their_problem_or_alone(tmp_path):
    likelihood = [measured("a", right=True), measured("a", target="It is 8.", right=False)]
    chosen = ("likelihood", "choices", "zh")
    files = {
        MATH_ZH: [sample("a"), sample("b")],
        ("likelihood", "starter_math", "zh"): likelihood,
        chosen: [measured("c", outcome="truncated", bits=0.0, bytes=0)],
    }
    write_run(tmp_path, "one", files)
    _, site = written(tmp_path, tmp_path / "site")
    by_problem = {s["problem"]: s for s in site.samples()}
    texts = by_problem["a"]["texts"][7]
    assert [[site.text(row[0]), *row[1:]] for row in texts] == [
        ["It is 7.", True, 16.0, 8, 3.0, 1, True],
        ["It is 8.", True, 16.0, 8, 3.0, 1, False],
    ]
    assert by_problem["b"]["texts"][7] == []
    assert by_problem["c"]["outcome"] == "measured"
    assert by_problem["c"]["texts"][7][0][1] is False
    assert site.text(by_problem["c"]["texts"][0]) == "What is c?"


def test_a_long_answer_is_cut_and_stays_whole_in_shards_of_its_own(tmp_path):
    long = "".join(chr(0x4E00 + number % 997) for number in range(2_000_000))
    rows = [sample("a", generation=long, thinking="y" * (CUT + 1)), sample("b")]
    write_run(tmp_path, "one", {MATH_ZH: rows})
    _, site = written(tmp_path, tmp_path / "site")
    first, second = site.samples()
    assert first["length"] == 2_000_000
    generation, thinking = first["texts"][1], first["texts"][4]
    assert generation[0] == long[:CUT]
    assert generation[1] == 2_000_000
    assert generation[3] == 4
    assert site.whole(generation) == long
    assert site.whole(thinking) == "y" * (CUT + 1)
    assert second["texts"][1] == "The answer is 7."


def test_nothing_hostile_is_a_name_or_code(tmp_path):
    rows = [sample(HOSTILE, prompt=HOSTILE, generation=HOSTILE, extracted=HOSTILE)]
    rows[0] = msgspec.structs.replace(rows[0], detail=HOSTILE, thinking=HOSTILE)
    write_run(tmp_path, "one", {MATH_ZH: rows}, model=HOSTILE, dataset_fingerprint=HOSTILE)
    _, site = written(tmp_path, tmp_path / "site", nearest=3)
    (only,) = site.samples()
    assert only["problem"] == HOSTILE
    assert only["texts"][1] == only["texts"][2] == HOSTILE
    for path in (tmp_path / "site" / "data").iterdir():
        assert re.fullmatch(r"(samples|[a-z][0-9]+)\.js", path.name)
        script = path.read_bytes()
        assert re.fullmatch(rb'ultralinkShard\("[a-z]+[0-9]*","[A-Za-z0-9+/=]+"\);\n', script)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"problem_id": 3}\n', "line 3"),
        (b"\xff\n", "line 3"),
        (b'{"a": "\\ud800"}\n', "line 3"),
        (msgspec.json.encode(sample("c", index=-1)) + b"\n", "sample -1"),
    ],
)
def test_what_stands_before_a_damaged_line_is_shown_and_the_file_named(tmp_path, line, said):
    folder = write_run(tmp_path, "one", {MATH_ZH: [sample("a"), sample("b")]})
    path = folder / "one" / "samples" / "starter_math_zh.jsonl"
    path.write_bytes(path.read_bytes() + line + msgspec.json.encode(sample("d")) + b"\n")
    result, site = written(tmp_path, tmp_path / "site")
    assert [s["problem"] for s in site.samples()] == ["a", "b"]
    (fault,) = result.faults
    assert said in fault.message.replace(":3:", " line 3")
    assert "starter_math_zh.jsonl" in fault.message
    assert site.head["faults"] == [fault.message]


def test_rows_come_in_blocks_and_none_is_lost_at_a_border(tmp_path):
    path = tmp_path / "rows.jsonl"
    rows = [sample(f"p{number}", generation="z" * (number % 900)) for number in range(3000)]
    write_rows(path, rows)
    blocks = list(row_blocks(path, Sample))
    assert len(blocks) > 1
    assert [row for block in blocks for row in block] == rows


def test_memory_does_not_grow_with_the_texts(tmp_path, monkeypatch):
    # Without the thread, whose waiting shards are bounded by a number but differ in time.
    monkeypatch.setattr(ShardFolder, "__enter__", lambda self: self)

    def peak(runs):
        store = tmp_path / str(runs)
        for number in range(runs):
            rows = [sample(f"p{n}", generation=f"{number} {n} " * 150) for n in range(150)]
            write_run(store, f"run{number}", {MATH_ZH: rows})
        collection = load(store)
        tracemalloc.start()
        write_samples(collection, tmp_path / f"site{runs}", nearest=0)
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    peak(1)
    assert peak(12) < 1.3 * peak(4)


def test_a_store_without_samples_has_an_empty_explorer(tmp_path):
    write_record(tmp_path / "a.json", record(cells=(cell(sample_file=""),)))
    result, site = written(tmp_path, tmp_path / "site")
    assert result.samples == 0
    assert site.head["cells"] == []
    assert [run["name"] for run in site.head["runs"]] == ["a"]


@pytest.mark.parametrize(
    ("results", "outcome"),
    [
        ([Result.WIN, Result.WIN], "win"),
        ([Result.WIN, Result.LOSS], "tie"),
        ([Result.TIE], "tie"),
        ([Result.WIN, Result.BAD_VERDICT], "bad_verdict"),
        ([Result.BAD_VERDICT, Result.ERROR], "error"),
        ([], "unjudged"),
    ],
)
def test_two_verdicts_are_one_outcome(results, outcome):
    said = [
        JudgeVerdict(problem_id="a", language="es", model_first=True, result=result)
        for result in results
    ]
    assert judged_outcome(said) == outcome


def judged(store):
    """A judged comparison whose report is read, beside the verdicts that it is made of."""
    rate = win_rate([said("a", Result.WIN)], {"a": (1, 1)})
    report = JudgedReport(
        schema=1,
        kind="judged",
        task="omgeval",
        model="ours",
        baseline="theirs",
        judge="gpt",
        base_url="http://localhost/v1",
        endpoint=EndpointIdentity(base_url="http://localhost/v1", model="gpt"),
        left_out=(),
        protocol="both_orders",
        structured=False,
        limit=None,
        templates={"es": "0" * 64},
        scores={"es": {"full": rate}},
        void=(),
        notes=(),
        usage=Usage(),
    )
    write_judged(store / "judged" / "report.json", report)


def said(problem_id, result, **changes):
    return JudgeVerdict(
        problem_id=problem_id, language="es", model_first=True, result=result, **changes
    )


def test_judged_answers_stand_with_the_baseline_and_the_judges_replies(tmp_path):
    judged(tmp_path)
    verdicts = [said("a", Result.WIN, reply="1", asked=1), said("b", Result.LOSS, thinking="t")]
    write_rows(tmp_path / "judged" / "verdicts_es.jsonl", verdicts)
    pairs = [
        Pair(problem_id=one, language="es", question=f"{one}?", output="ours", baseline="theirs")
        for one in "ab"
    ]
    write_rows(tmp_path / "judged" / "pairs_es.jsonl", pairs)
    _, site = written(tmp_path, tmp_path / "site")
    first, second = site.samples()
    assert (first["outcome"], second["outcome"]) == ("win", "loss")
    assert site.text(first["texts"][0]) == "a?"
    assert first["texts"][1] == "ours"
    assert first["texts"][8:] == ["theirs", [[True, "win", "1", 1, "", ""]]]
    assert second["texts"][9] == [[True, "loss", "", 0, "", "t"]]
    (run,) = site.head["runs"]
    assert (run["role"], run["judge"], run["baseline"]) == ("judged", "gpt", "theirs")


def test_a_judged_comparison_of_old_has_its_verdicts_alone(tmp_path):
    judged(tmp_path)
    write_rows(tmp_path / "judged" / "verdicts_es.jsonl", [said("a", Result.TIE)])
    result, site = written(tmp_path, tmp_path / "site")
    (only,) = site.samples()
    assert only["outcome"] == "tie"
    assert only["texts"][1] == ""
    (tmp_path / "judged" / "verdicts_es.jsonl").unlink()
    result, site = written(tmp_path, tmp_path / "site2")
    assert "verdicts_es.jsonl" in result.faults[0].message
