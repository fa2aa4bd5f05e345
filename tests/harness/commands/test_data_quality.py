"""`data quality` over real HTTP: a model against MGSM's human translations, and round trips."""

import json
from pathlib import Path

import msgspec
import pytest

from harness.cli import main
from tests.llm_server import Answer, Server, serving
from ultralink_data.dialogue import Dialogue, Provenance
from ultralink_data.translation.quality import MeasuredRow


def command(server: Server, folder: Path, *more: str) -> list[str]:
    words = ["data", "quality", *more, "-o", str(folder / "q.jsonl"), "--model", "m"]
    return [*words, "--base-url", server.url, "--runs", str(folder / "runs")]


def source_of(body: dict) -> str:
    return body["messages"][0]["content"].rpartition("<text>\n")[2].removesuffix("\n</text>")


def questions(benchmarks: Path, code: str) -> list[str]:
    text = (benchmarks / "mgsm" / f"mgsm_{code}.tsv").read_text("utf-8")
    return [line.split("\t")[0] for line in text.splitlines()]


def test_a_good_translator_scores_above_a_bad_one(tmp_path, ours, capsys):
    english = questions(ours, "en")
    human = dict(zip(english, questions(ours, "fr"), strict=True))
    chinese = dict(zip(english, questions(ours, "zh"), strict=True))

    def rule(body: dict, number: int) -> Answer:
        text = source_of(body)
        if "翻译成中文" in body["messages"][0]["content"]:
            return Answer(chinese[text])
        return Answer(human[text] if english.index(text) % 2 else human[english[3]])

    more = ["--mgsm", "5", "--languages", "fr", "--languages", "zh", "--benchmarks", str(ours)]
    with serving(rule) as server:
        assert main(command(server, tmp_path, *more)) == 0
        asked = len(server.requests)
        assert main(command(server, tmp_path, *more)) == 0
        assert len(server.requests) == asked == 10
    french, chinese_score = json.loads((tmp_path / "q.scores.json").read_bytes())
    assert (french["language"], french["texts"], french["failed_checks"]) == ("fr", 5, 3)
    assert 40 < french["mean"] < 75
    assert chinese_score["mean"] == pytest.approx(100)
    assert "mgsm's human translations" in capsys.readouterr().out


def test_a_round_trip_compares_with_the_source(tmp_path):
    pairs = {
        "El río es largo y ancho y cruza la llanura.": "The river is long and wide.",
        "La casa es vieja y está en la colina.": "The house is old and stands on the hill.",
    }
    rows = [
        Dialogue(
            id=("es/" if language == "es" else "") + "r1",
            language=language,
            kind="chat_agnostic",
            turns=tuple(turns),
            provenance=Provenance(source_id="r1", parent_id="r1" if language == "es" else None),
        )
        for language, turns in (("es", pairs), ("en", pairs.values()))
    ]
    for row in rows:
        (tmp_path / f"{row.language}.jsonl").write_bytes(msgspec.json.encode(row) + b"\n")
    files = [str(tmp_path / "es.jsonl"), "--source", str(tmp_path / "en.jsonl")]
    with serving(lambda body, number: Answer(pairs[source_of(body)])) as server:
        assert main(command(server, tmp_path, *files)) == 0
        assert "into English" in server.requests[0]["messages"][0]["content"]
    found = [msgspec.json.decode(x, type=MeasuredRow) for x in (tmp_path / "q.jsonl").open("rb")]
    assert [(row.language, row.measure) for row in found] == [("es", "round_trip")] * 2
    assert all(row.chrf == pytest.approx(100) for row in found)


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ((), 2, "nothing to measure"),
        (("--mgsm", "5"), 2, "--mgsm 5 with 0 languages"),
        (("--languages", "es"), 2, "no questions with 1 languages"),
        (("--mgsm", "5", "--languages", "en"), 2, "--languages en"),
        (("--mgsm", "-5", "--languages", "es"), 2, "--mgsm -5"),
        (("--mgsm", "5", "--languages", "fi"), 2, "unknown language of mgsm 'fi'"),
        (("a.jsonl",), 2, "needs translated files and --source"),
        (("a.jsonl", "--source", "b.jsonl"), 3, "cannot read a.jsonl"),
    ],
)
def test_options_that_do_not_go_together_are_named(
    tmp_path, capsys, monkeypatch, options, code, said
):
    monkeypatch.chdir(tmp_path)
    with serving(lambda body, number: Answer("x")) as server:
        assert main(command(server, tmp_path, *options)) == code
        assert not server.requests
    assert said in capsys.readouterr().err
