"""A benchmark is one file: one more, in a copy of the packages, works in every command."""

import hashlib
import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from command_line import Bench, copy_code
from decontaminate_samples import row as dialogue
from tiny_models import write_random_model

from leaderboard.records import RunRecord, read_record
from leaderboard.records import read_report as read_report_of_run
from tasks.benchmark import LikelihoodSample, Sample
from ultralink_data.checking.check_report import read_report
from ultralink_data.store import dataset
from ultralink_data.store.release import decode_lines

MODULE = Path(__file__).with_name("passage_choice.py")
TEXTS = {
    "en": (
        "The lighthouse keeper of Port Ardle painted the northern stairs {} every second spring.",
        "Which colour had the stairs of the lighthouse?",
        ("red", "blue", "green", "grey"),
    ),
    "fr": (
        "Le gardien du phare de Port Ardle peignait l'escalier du nord en {} un printemps sur deux",
        "De quelle couleur était l'escalier du phare ?",
        ("rouge", "bleu", "vert", "gris"),
    ),
    "zh": (
        "阿德尔港的灯塔看守人每隔一年的春天都会把北面的楼梯重新漆成{}，然后在海边休息三天。",
        "灯塔的楼梯是什么颜色的？",
        ("红色", "蓝色", "绿色", "灰色"),
    ),
}
LANGUAGES = tuple(TEXTS)
PROBLEMS = 4


def row(language: str, right: int) -> dict[str, Any]:
    passage, question, options = TEXTS[language]
    return {
        "passage": passage.format(options[right]),
        "question": question,
        "options": options,
        "right": right,
    }


def content(language: str) -> bytes:
    rows = [row(language, right) for right in range(PROBLEMS)]
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in rows).encode()


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """The command from a copy with one more file; `data/` beside it holds what it reads."""
    folder = tmp_path_factory.mktemp("project")
    code = copy_code(folder / "code")
    files = ",".join(
        f"PinnedFile(name='belebele/{x}.jsonl', path='{x}.json', bytes={len(content(x))}, "
        f"sha256='{hashlib.sha256(content(x)).hexdigest()}')"
        for x in LANGUAGES
    )
    empty = "FILES: tuple[PinnedFile, ...] = ()"
    text = MODULE.read_text("utf-8")
    assert empty in text
    target = code / "tasks" / "benchmarks" / "belebele.py"
    target.write_text(text.replace(empty, f"FILES = ({files})"), "utf-8")
    for place, name in (("data/belebele", "{}.jsonl"), ("www/owner/belebele/0123", "{}.json")):
        (folder / place).mkdir(parents=True)
        for language in LANGUAGES:
            (folder / place / name.format(language)).write_bytes(content(language))
    return Bench(code, folder)


@pytest.fixture(scope="module")
def records(bench: Bench) -> list[Path]:
    """The run records of two random models."""
    made = []
    for seed in (0, 1):
        name = f"model{seed}"
        write_random_model(bench.home / name, seed=seed)
        done = bench(
            *("eval", "--model", name, "--tasks", "belebele", "--languages", ",".join(LANGUAGES)),
            *("--benchmarks", "data"),
        ).ok()
        assert "choice_accuracy" in done.out
        (record,) = (bench.home / "runs" / "reports" / f"eval-{name}").glob("*.json")
        made.append(record)
    return made


def lines(record: Path, language: str) -> list[LikelihoodSample]:
    return [found for _, found in decode_lines(_file(record, language), LikelihoodSample)]


def _file(record: Path, language: str, kind: str = "likelihood") -> Path:
    found = {
        cell.sample_file
        for cell in read_record(record).cells
        if cell.language == language and f"{kind}/" in cell.sample_file
    }
    (name,) = found
    return record.parent / name


def values(record: RunRecord, language: str) -> dict[str, float | None]:
    return {cell.metric: cell.value for cell in record.cells if cell.language == language}


def test_tasks_list_and_show(bench: Bench) -> None:
    assert "belebele" in bench("tasks", "list").ok().out
    done = bench("tasks", "show", "belebele", "--languages", "zh", "--benchmarks", "data").ok()
    assert "primary: choice_accuracy" in done.out
    assert done.out.count("wrong text") == 3
    assert done.out.count("right text of those to choose from") == 1
    assert "漆成红色" in done.out


def test_the_likeliest_of_four_texts_is_the_answer(records: list[Path]) -> None:
    for path in records:
        record = read_record(path)
        for language in LANGUAGES:
            texts = lines(path, language)
            assert len(texts) == 4 * PROBLEMS
            assert [text.right for text in texts[:4]] == [True, False, False, False]
            hits, bits, size = [], 0.0, 0
            for place in range(PROBLEMS):
                four = texts[4 * place : 4 * place + 4]
                assert {text.problem_id for text in four} == {str(place)}
                best = min(four, key=lambda text: text.bits / text.bytes)
                right = four[place]
                assert right.right
                hits.append(best is right)
                bits, size = bits + right.bits, size + right.bytes
            found = values(record, language)
            assert found["choice_accuracy"] == sum(hits) / PROBLEMS
            assert found["bpb"] == pytest.approx(bits / size)
    assert lines(records[0], "en") != lines(records[1], "en")


def test_answers_are_generated_and_graded_too(records: list[Path]) -> None:
    samples = [one for _, one in decode_lines(_file(records[0], "en", "samples"), Sample)]
    assert [sample.problem_id for sample in samples] == ["0", "1", "2", "3"]
    assert samples[0].prompt.endswith("A. red\nB. blue\nC. green\nD. grey\n")
    assert "accuracy" in values(read_record(records[0]), "en")


def test_two_records_compare(bench: Bench, records: list[Path]) -> None:
    done = bench("compare", *records).ok()
    assert "choice_accuracy" in done.out
    assert "bpb" in done.out
    assert "non-en" in done.out


def test_an_experiment_asks_it_and_has_one_primary_endpoint(bench: Bench) -> None:
    words = ("run", "--ablation", "prune", "--profile", "tiny", "--tasks", "belebele")
    bench(*words, "--benchmarks", "data", "--out", "experiment").ok()
    report = read_report_of_run(bench.home / "experiment" / "report.json")
    primary = {(e.task, e.language, e.metric) for e in report.effects if e.primary}
    assert primary == {("belebele", "non-en", "choice_accuracy")}
    assert {e.metric for e in report.effects} >= {"accuracy", "bpb", "choice_accuracy"}
    (record, *_) = (bench.home / "experiment" / "records").glob("*.json")
    assert read_record(record).protocols == {"belebele": "chat"}  # the benchmark's own for tiny


def test_saved_outputs_are_graded_by_number(bench: Bench) -> None:
    answers = [(0, "A"), (1, " A. blue"), (2, "no idea"), ("3", "D")]
    text = "".join(json.dumps({"problem_id": i, "output": o}) + "\n" for i, o in answers)
    (bench.home / "outputs.jsonl").write_text(text)
    bench("grade", "belebele", "outputs.jsonl", "--benchmarks", "data").ok()
    found = (bench.home / "outputs.jsonl_outcomes.jsonl").read_text().splitlines()
    assert [(json.loads(x)["problem_id"], json.loads(x)["outcome"]) for x in found] == [
        *(("0", "correct"), ("1", "wrong"), ("2", "no_answer"), ("3", "correct")),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_data_check_finds_a_planted_problem(bench: Bench, language: str) -> None:
    passage, question, options = TEXTS[language]
    leaked = f"{passage.format(options[2])} {question}"
    rows = [
        dialogue("Which river runs through the town of Oxmere?", "The river Lune.", name="other"),
        dialogue(leaked, options[2], language=language, kind="chat_agnostic", name="planted"),
    ]
    dataset.write(bench.home / f"rows-{language}", rows, recipe="test")
    words = ("data", "check", f"rows-{language}", "--benchmarks", "data", "--tasks", "belebele")
    done = bench(*words, "-o", f"{language}.json")
    assert done.code == 1, done.err
    report = read_report(bench.home / f"{language}.json")
    assert "2" in report.items_hit["belebele"]
    assert {hit.row.id for item in report.hits for hit in item.rows} == {"planted"}


def test_data_check_looks_for_it_unasked(bench: Bench) -> None:
    assert "belebele,humaneval,mgsm,omgeval" in bench("data", "check", "--help").ok().out


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def mirror(bench: Bench) -> Iterator[str]:
    """The address of a server of what is upstream's."""
    handler = partial(_Quiet, directory=str(bench.home / "www"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_its_files_are_fetched_as_pinned(bench: Bench, mirror: str) -> None:
    words = ("tasks", "fetch", "belebele", "-o", "fetched", "--mirror", mirror)
    bench(*words, NO_PROXY="127.0.0.1").ok()
    for language in LANGUAGES:
        file = bench.home / "fetched" / "belebele" / f"{language}.jsonl"
        assert file.read_bytes() == content(language)
    assert "3 of 3 files are there" in bench(*words, NO_PROXY="127.0.0.1").ok().err
    upstream = bench.home / "www" / "owner" / "belebele" / "0123" / "zh.json"
    upstream.write_bytes(content("zh") + b"\n")
    other = bench(*words[:4], "again", *words[5:], NO_PROXY="127.0.0.1")
    assert other.code == 3
    assert "is not the pinned file" in other.err
