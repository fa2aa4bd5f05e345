"""`data check` of the training data, and `eval` and `compare` that use its report."""

import json

import pytest
from decontaminate_samples import row

from harness.cli import main
from leaderboard.contamination import Contamination, contamination_notes, contamination_of
from leaderboard.records import read_record
from leaderboard.run_tables import records_table
from tests.llm_server import Answer, serving
from ultralink_data.checking.check_report import content_hash, read_report
from ultralink_data.store import dataset

PROBLEMS = [
    ("Toula bought 3 dozen donuts at $68 per dozen, 2 dozen cupcakes at $80 per dozen and 6 dozen "
     "cheesecakes at $55 per dozen. How much did they cost?", 694),
    ("A train with 47 wagons of 36 seats each carries 1250 people. How many seats are free?", 442),
    ("He reads 17 pages an hour for 13 hours. How many pages did he read?", 221),
    ("She has 83 beads and loses 19. How many are left?", 64),
]  # fmt: skip


FINNISH = "Toula osti 3 tusinaa munkkeja 68 dollarilla, 2 tusinaa kuppikakkuja 80 dollarilla ja 6 "
FINNISH += "tusinaa juustokakkuja 55 dollarilla tusinalta. Paljonko ne maksoivat?"
TRAIN = "Junassa on 47 vaunua, joissa kussakin on 36 paikkaa, ja siinä on 1250 ihmistä. Montako"
TRAIN += " paikkaa on vapaana?"


class Folder:
    """A working folder with benchmark files of MGSM's form, the same text in all languages."""

    def __init__(self, path, url):
        self.path, self.url = path, url
        files = path / "benchmarks" / "mgsm"
        files.mkdir(parents=True)
        lines = "".join(f"{question}\t{answer}\n" for question, answer in PROBLEMS)
        for language in ("en", "es", "fr", "ru", "zh"):
            (files / f"mgsm_{language}.tsv").write_text(lines)

    def report(self, name, question, reply):
        """The report on training data of one Finnish row."""
        rows = [row(question, reply, language="fi", kind="math")]
        dataset.write(self.path / name, rows, recipe="test")
        words = ["data", "check", str(self.path / name), "--tasks", "mgsm"]
        words += ["--benchmarks", str(self.path / "benchmarks")]
        assert main([*words, "-o", str(self.path / f"{name}.json")]) == 1
        return self.path / f"{name}.json"

    def evaluate(self, model, *words):
        command = ["eval", "--backend", "openai-chat", "--base-url", self.url, "--model", model]
        command += ["--tasks", "mgsm", "--runs", str(self.path / "runs"), *map(str, words)]
        assert main([*command, "--benchmarks", str(self.path / "benchmarks")]) == 0

    def records(self, model):
        return sorted((self.path / "runs" / "reports" / f"eval-{model}").glob("*.json"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Model a on data with problem 0, model b on data with problem 1; both answer 694 to all."""
    with serving(lambda body, number: Answer("The answer is 694.")) as server:
        made = Folder(tmp_path_factory.mktemp("contamination"), server.url)
        made.evaluate("a", "--contamination", made.report("one", FINNISH, "Yhteensä 694"))
        made.evaluate("b", "--contamination", made.report("two", TRAIN, "47 * 36 = 1692, siis 442"))
        yield made


def test_a_refused_request_is_told_with_the_endpoint_s_reason(folder, capsys, monkeypatch):
    def rule(body, number):
        if "47" not in body["messages"][-1]["content"]:
            return Answer("The answer is 694.")
        return Answer(status=400, body=b'{"error": {"message": "too many digits"}}')

    with serving(rule) as server:
        monkeypatch.setattr(folder, "url", server.url)
        folder.evaluate("refusing")
    said = " ".join(capsys.readouterr().err.split())
    assert "samples ended in an error; the first, mgsm/" in said
    assert "too many digits" in said


def test_scores_are_recorded_with_and_without_the_problems_hit(folder):
    record = read_record(folder.records("a")[0])
    cells = {cell.metric: (cell.value, cell.n) for cell in record.cells}
    assert cells == {
        "exact_match": (0.25, 4),
        "exact_match (clean)": (0.0, 3),
        "exact_match (without replaced items)": (pytest.approx(1 / 3), 3),
    }
    assert contamination_of(record) == Contamination(
        report=content_hash(read_report(folder.path / "one.json")),
        dataset="one",
        items={"mgsm": ("mgsm/000",)},
    )


def test_tables_say_what_the_clean_scores_are_without(folder):
    table = records_table([read_record(path) for path in folder.records("a")])
    metrics = [cells.cells[1].text for cells in table.rows]
    assert metrics[0] == "exact_match"
    assert "exact_match (clean)" in metrics
    assert table.notes[0].startswith(
        "(clean): without the problems that stand in one: 1 of mgsm (report "
    )


def test_two_models_are_compared_on_what_neither_has_seen(folder, capsys):
    assert main(["compare", *map(str, (*folder.records("a"), *folder.records("b")))]) == 0
    line = next(x for x in capsys.readouterr().out.splitlines() if "(clean)" in x)
    assert " 2  " in f"{line}  "  # of four problems, each has seen one


def test_a_report_on_other_benchmarks_is_refused(folder, tmp_path, capsys):
    path = tmp_path / "report.json"
    path.write_bytes((folder.path / "one.json").read_bytes())
    model = tmp_path / "m"
    model.mkdir()
    (model / "config.json").write_text("{}")
    asked = ("--tasks", "starter_math", "--contamination", str(path))
    words = ["eval", "--model", str(model), *asked]
    assert main(words) == 2
    assert "does not cover starter_math" in capsys.readouterr().err
    path.write_text(json.dumps(json.loads(path.read_text()) | {"surprise": 1}))
    assert main(words) == 3
    assert "surprise" in capsys.readouterr().err


def test_the_same_evaluation_without_a_report_has_a_record_of_its_own(folder):
    before = folder.records("b")
    folder.evaluate("b")
    (bare,) = set(folder.records("b")) - set(before)
    assert contamination_of(read_record(bare)) is None
    assert contamination_notes([read_record(bare)]) == ()
