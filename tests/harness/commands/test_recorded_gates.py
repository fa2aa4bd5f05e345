"""Gates on what models answered that were trained once: every answer of a gate, without a training.

The command does all of it but the trainings and generations, which it finds in its store.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks.recorded_gates import GATES, place, words, write_sides
from harness.cli import main
from harness.engine.artefact_store import Store

pytestmark = pytest.mark.xdist_group("recorded gates")  # one process fills the store, once

WORSE, SEEDS = "worse (-", "too few seeds"
DECIDED = {
    "rows are added": {},
    "the same kinds of rows drawn anew": {},
    "French answers in Spanish": {"fr": WORSE, "non-en": WORSE},
    "two seeds only": {"en": SEEDS, "es": SEEDS, "fr": SEEDS, "non-en": SEEDS},
}
"""By gate, the languages that decide it, each with what is said of it."""


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with what was recorded of all gates, in the folder of their datasets."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("recorded"))
        patch.delenv("GITHUB_STEP_SUMMARY", raising=False)
        write_sides(Path())
        store = Store(Path("runs"))
        place(Path(), store)
        yield store


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.name)
def test_a_recorded_gate_gives_its_answer_in_every_form(recorded, capsys, gate):
    made = recorded.all_keys()
    assert main(words(gate, "out")) == gate.code
    assert recorded.all_keys() == made, "the command made what should be recorded"

    word = {0: "PASS", 1: "FAIL", 4: "UNDECIDED"}[gate.code]
    opening = f"{word}: {gate.candidate} against old: "
    assert capsys.readouterr().out.splitlines()[-1].startswith(opening)

    report = json.loads(Path("out/gate.json").read_text())
    assert report["verdict"] == {0: "pass", 1: "fail", 4: "undecided"}[gate.code]
    assert {reason["cause"] for reason in report["reasons"]} <= {"scores"}
    said = {reason["language"]: reason["text"] for reason in report["reasons"]}
    assert said.keys() == DECIDED[gate.name].keys()
    assert all(part in said[language] for language, part in DECIDED[gate.name].items())

    page = Path("out/report.md").read_text()
    assert page.startswith(f"**{opening}")
    assert f"What changes if a model is trained on {gate.candidate} instead of old?" in page
    assert len(page.encode()) < 60_000

    suite = ElementTree.parse("out/junit.xml").getroot()
    failed = {
        case.get("name"): case.find("failure").text
        for case in suite
        if case.find("failure") is not None
    }
    assert failed.keys() == ({"models"} if said else set())
    assert all(text in failed["models"] for text in said.values())
    assert (suite.get("failures"), suite.get("skipped")) == (str(len(failed)), "0")

    run = json.loads(Path("out/rows.sarif").read_text())["runs"][0]
    assert len(run["results"]) == len(report["faults"])
    effects = json.loads(Path("out/experiment/report.json").read_text())["effects"]
    worse = {e["language"] for e in effects if e["metric"] == "bpb" and e["verdict"] == "worse"}
    assert worse == (said.keys() if gate.code == 1 else set())


def test_every_answer_of_a_gate_is_recorded():
    assert DECIDED.keys() == {gate.name for gate in GATES}
    assert {gate.code for gate in GATES} == {0, 1, 4}
