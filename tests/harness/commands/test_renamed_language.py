"""A language is one file: under another code, in a copy of the code, it works in every command.

`data filter`, which reads English, has nothing to do with it.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from command_line import Bench, copy_code
from renamed_languages import RENAMED, SPANISH, Renamed
from tiny_models import write_random_model

from leaderboard.records import read_record
from tests.llm_server import Answer, serving
from ultralink_data.checking.check_report import read_report
from ultralink_data.dialogue import Dialogue, Provenance
from ultralink_data.documents import Page
from ultralink_data.stage.outcome import Rejected
from ultralink_data.store import release
from ultralink_data.translation.quality import MeasuredRow

ROWS = 12
ONE = pytest.mark.parametrize("language", [SPANISH], indirect=True, ids=["qes"])
"""What takes long and differs in no other language."""


@pytest.fixture(scope="module", params=RENAMED, ids=lambda language: language.code)
def language(request: pytest.FixtureRequest) -> Renamed:
    found: Renamed = request.param
    return found


@pytest.fixture(scope="module")
def bench(language: Renamed, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """The command from a copy in which the language has the new code alone; MGSM of ours."""
    folder = tmp_path_factory.mktemp("project")
    code = copy_code(folder / "code")
    files = code / "ultralink_data" / "languages"
    text = (files / f"{language.base}.py").read_text("utf-8")
    named = f'code="{language.base}"'
    assert text.count(named) == 1
    (files / f"{language.code}.py").write_text(
        text.replace(named, f'code="{language.code}"'), "utf-8"
    )
    mgsm = folder / "data" / "mgsm"
    mgsm.mkdir(parents=True)
    for name, problems in (("en", language.english), (language.code, language.problems)):
        rows = "".join(f"{question}\t{answer}\n" for question, answer in problems)
        (mgsm / f"mgsm_{name}.tsv").write_text(rows, "utf-8")
    return Bench(code, folder)


def write(path: Path, rows: list[Dialogue]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
    return path


def read(path: Path, kind: type) -> list:
    return [row for _, row in release.decode_lines(path, kind)]


def english(language: Renamed) -> list[Dialogue]:
    return [
        Dialogue(
            id=f"{kind}0",
            language="en",
            kind=kind,
            turns=source,
            provenance=Provenance(source_id=f"{kind}0"),
        )
        for kind, (source, _) in language.pairs.items()
    ]


def translator(language: Renamed) -> Callable[[dict, int], Answer]:
    """Says what each turn is in the other language, both ways."""
    said = {}
    for source, target in language.pairs.values():
        said |= dict(zip(source, target, strict=True)) | dict(zip(target, source, strict=True))
    for one, other in zip(language.english, language.problems, strict=True):
        said[one[0]] = other[0]

    def rule(body: dict, number: int) -> Answer:
        asked = body["messages"][-1]["content"].rpartition("<text>\n")[2]
        return Answer(said[asked.removesuffix("\n</text>")])

    return rule


def endpoint(url: str) -> tuple[str, ...]:
    return ("--model", "m", "--base-url", url, "--tries", "1")


@pytest.fixture(scope="module")
def model(bench: Bench) -> str:
    write_random_model(bench.home / "model")
    return "model"


@pytest.fixture(scope="module")
def translated(bench: Bench, language: Renamed) -> Path:
    """What `data translate` made of the English rows, which all pass."""
    write(bench.home / "english.jsonl", english(language))
    with serving(translator(language)) as server:
        words = (
            "data",
            "translate",
            "english.jsonl",
            "--languages",
            language.code,
            "-o",
            "t.jsonl",
        )
        done = bench(*words, *endpoint(server.url)).ok()
    rejected = read(bench.home / "t.rejected.jsonl", Rejected)
    assert [(r.id, r.reason, r.detail) for r in rejected] == [], done.out
    return bench.home / "t.jsonl"


@pytest.fixture(scope="module")
def folder(bench: Bench, language: Renamed) -> str:
    """Release files in the language and in English, each row its own source in both."""
    for place, code in enumerate(("en", language.code)):
        for kind, pair in language.pairs.items():
            rows = [
                {"id": f"{kind}{n}", "data": [f"{n}: {pair[place][0]}", pair[place][1]]}
                for n in range(ROWS)
            ]
            path = bench.home / "rows" / f"{code}_{kind}.jsonl"
            path.parent.mkdir(exist_ok=True)
            path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return "rows"


def test_tasks_list_show_and_export(bench: Bench, language: Renamed) -> None:
    assert language.code in bench("tasks", "list").ok().out
    of = ("--languages", language.code, "--benchmarks", "data")
    assert language.problems[0][0] in bench("tasks", "show", "mgsm", *of).ok().out
    words = ("--tasks", "mgsm", "--languages", language.code, "--benchmarks", "data")
    bench("tasks", "export", "--out", "exported", *words).ok()
    assert any(language.code in path.name for path in (bench.home / "exported").rglob("*.yaml"))


@ONE
def test_eval_with_weights(bench: Bench, language: Renamed, model: str) -> None:
    words = ("--tasks", "mgsm", "--languages", language.code, "--benchmarks", "data")
    bench("eval", "--model", model, *words, "--out", "by_weights").ok()
    (path,) = (bench.home / "by_weights").glob("*.json")
    cells = {cell.metric: cell for cell in read_record(path).cells}
    assert {cell.language for cell in cells.values()} == {language.code}
    assert cells["bpb"].value > 0


def test_eval_by_an_endpoint_grade_and_regrade(bench: Bench, language: Renamed) -> None:
    words = ("--tasks", "mgsm", "--languages", language.code, "--benchmarks", "data")
    asked = language.problems[0][0]

    def rule(body: dict, number: int) -> Answer:
        text = body["messages"][-1]["content"]
        return Answer(language.solved if asked in text else language.failed)

    with serving(rule) as server:
        through = ("--backend", "openai-chat", "--base-url", server.url, "--no-likelihood")
        protocol = ("--protocol", "mgsm=native_cot")
        bench("eval", "--model", "m", *through, *words, *protocol, "--out", "by_endpoint").ok()
    (path,) = (bench.home / "by_endpoint").glob("*.json")
    assert {c.metric: c.value for c in read_record(path).cells}["exact_match"] == 0.5
    bench("regrade", str(path), "--benchmarks", "data").ok()
    rows = [("mgsm/000", language.solved), ("mgsm/001", language.failed)]
    outputs = [json.dumps({"problem_id": name, "output": text}) + "\n" for name, text in rows]
    (bench.home / "outputs.jsonl").write_text("".join(outputs), "utf-8")
    of = ("--languages", language.code, "--benchmarks", "data")
    bench("grade", "mgsm", "outputs.jsonl", *of).ok()
    graded = (bench.home / "outputs.jsonl_outcomes.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(row)["outcome"] for row in graded] == ["correct", "wrong"]


def test_an_article_is_extracted_and_becomes_a_dialogue(bench: Bench, language: Renamed) -> None:
    text = "\n\n".join(f"{n}. {language.article}" for n in range(30))
    pages = (
        (language.title, text),
        ("English", "The river rises in the northern hills and it runs down to the sea. " * 60),
    )
    dump = "".join(
        f"<page><title>{title}</title><ns>0</ns><id>{n}</id><revision><id>1</id>"
        f"<text>{said}</text></revision></page>"
        for n, (title, said) in enumerate(pages)
    )
    (bench.home / "d.xml").write_text(f"<mediawiki>{dump}</mediawiki>", "utf-8")
    words = ("data", "extract", "d.xml", "--languages", language.code, "-o", "pages.jsonl")
    bench(*words, "--min-article-tokens", "100").ok()
    (page,) = read(bench.home / "pages.jsonl", Page)
    assert (page.language, page.title) == (language.code, language.title)
    assert page.text.startswith(f"0. {language.article[:8]}")

    def rule(body: dict, number: int) -> Answer:
        # A question and its answer by turns, for one passage at a time.
        return Answer((language.told if number % 2 else language.asked).format(number))

    with serving(rule) as server:
        words = ("data", "ground", "pages.jsonl", "-o", "g.jsonl", "--limit", "1")
        bench(*words, "--concurrency", "1", *endpoint(server.url)).ok()
    rejected = read(bench.home / "g.rejected.jsonl", Rejected)
    assert [(r.reason, r.detail) for r in rejected] == []
    (dialogue,) = read(bench.home / "g.jsonl", Dialogue)
    assert dialogue.turns[:2] == (language.asked.format(0), language.told.format(1))


def test_translations_in_the_language_pass_and_english_ones_do_not(
    bench: Bench, language: Renamed, translated: Path
) -> None:
    rows = read(translated, Dialogue)
    assert {row.kind: row.turns for row in rows} == {
        kind: target for kind, (_, target) in language.pairs.items()
    }
    with serving(lambda body, number: Answer(echo(body))) as server:
        words = (
            "data",
            "translate",
            "english.jsonl",
            "--languages",
            language.code,
            "-o",
            "same.jsonl",
        )
        assert bench(*words, *endpoint(server.url)).code == 3
    assert read(bench.home / "same.jsonl", Dialogue) == []


def echo(body: dict) -> str:
    asked: str = body["messages"][-1]["content"].rpartition("<text>\n")[2]
    return asked.removesuffix("\n</text>")


def test_quality_of_translations(bench: Bench, language: Renamed, translated: Path) -> None:
    words = ("data", "quality", translated.name, "--source", "english.jsonl", "-o", "q.jsonl")
    human = ("--mgsm", "2", "--languages", language.code, "--benchmarks", "data")
    with serving(translator(language)) as server:
        bench(*words, *human, *endpoint(server.url)).ok()
    found = read(bench.home / "q.jsonl", MeasuredRow)
    assert {row.language for row in found} == {language.code}
    assert {row.measure: row.chrf for row in found} == pytest.approx(
        {"round_trip": 100, "human": 100}
    )


def test_the_check_knows_its_rows_from_english_ones(
    bench: Bench, language: Renamed, folder: str
) -> None:
    words = ("--tasks", "mgsm", "--benchmarks", "data", "-o", "check.json")
    limits = ("--max-near", "1", "--max-exact", "1")
    bench("data", "check", folder, *words, *limits).ok()
    dirty = bench.home / "dirty"
    shutil.copytree(bench.home / folder, dirty, dirs_exist_ok=True)
    leaked, foreign = language.problems[0], language.pairs["chat_agnostic"][0]
    with (dirty / f"{language.code}_math.jsonl").open("a") as file:
        for name, data in (("leaked", leaked), ("foreign", foreign)):
            file.write(json.dumps({"id": name, "data": data}) + "\n")
    assert bench("data", "check", "dirty", *words, *limits).code == 1
    report = read_report(bench.home / "check.json")
    assert report.items_hit == {"mgsm": frozenset({"mgsm/000"})}
    assert [row.id for row in report.wrong_language] == ["foreign"]


def test_datasets_are_described_pruned_and_compared(
    bench: Bench, language: Renamed, folder: str
) -> None:
    bench("data", "convert", folder, "-o", "whole").ok()
    assert language.code in bench("data", "stats", "whole", "--card", "card.md").ok().out
    bench("data", "diversity", f"{folder}/{language.code}_chat_agnostic.jsonl").ok()
    bench("data", "prune", "whole", "--keep", "5", "-o", "pruned").ok()
    assert len(read(bench.home / "pruned" / f"{language.code}_math.jsonl", dict)) == 5
    assert len(read(bench.home / "pruned" / "en_math.jsonl", dict)) == ROWS
    assert language.code in bench("data", "diff", "whole", "pruned").out


def test_training_is_planned(bench: Bench, language: Renamed, folder: str, model: str) -> None:
    of = ("--data", folder, "--model", model, "-o", "tuned", "--languages", language.code)
    done = bench("train", *of, "--dry-run", "--set", "train.max_tokens=256").ok()
    assert language.code in done.out


def test_an_experiment_runs(bench: Bench, language: Renamed, folder: str) -> None:
    of = ("--languages", f"en,{language.code}", "--tasks", "mgsm", "--benchmarks", "data")
    words = ("run", "--ablation", "prune", "--profile", "tiny", "--set", f"data.folder={folder}")
    dry = ("--dry-run",) if language is not SPANISH else ()
    done = bench(*words, *of, *dry).ok()
    assert "mgsm" in done.out
    assert language.code in done.out
