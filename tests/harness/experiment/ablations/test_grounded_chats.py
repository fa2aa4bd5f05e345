"""`ground`: saved dialogues, and those that a scripted model behind real HTTP makes."""

import hashlib
import json
from pathlib import Path

import msgspec
import pytest
from command_line import Bench
from scripted_model import Model, river_answer

from harness.experiment import profiles
from harness.experiment.ablation_files import get_ablation
from harness.experiment.ablation_parameters import arranged
from harness.experiment.ablations.grounded_chats import GroundedChats, swap_chats
from leaderboard.records import read_report
from tests.llm_server import serving
from ultralink_data.dialogue import Dialogue, Provenance
from ultralink_data.documents import Page
from ultralink_data.errors import ConfigError, DataError, PrerequisiteError
from ultralink_data.starter.dialogues import starter_dialogues

TINY = profiles.get("tiny")
RUN = ("run", "--ablation", "ground", "--profile", "tiny")


def said(messages: list[dict]) -> str:
    """Questions by the request's hash, answers by the text; both differ with the passage."""
    text = json.dumps(messages)
    if "Write only the question" in text:
        mark = int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)
        return f"What do people who live near the river number {mark} say about its water?"
    return river_answer(messages)


def write(path: Path, rows) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
    return path


def article(number: int) -> Page:
    text = f"The river number {number} rises in the hills. " * 5
    return Page(id=f"en:{number}", language="en", title=f"R {number}", revision="1", text=text)


def chat(number: int, answer: str, **changes) -> Dialogue:
    fields = {
        "id": f"en:{number}#0",
        "language": "en",
        "kind": "chat_specific",
        "turns": (f"Where does river {number} rise?", answer),
        "provenance": Provenance(source_id=f"en:{number}"),
    }
    return Dialogue(**fields | changes)


def saved(folder: Path) -> dict[str, Path]:
    """Eight articles; one dialogue with documents failed, and two with documents withheld."""
    hills = [chat(n, f"River {n} rises in the hills of the {n}th county.") for n in range(7)]
    sea = [chat(n, "It rises somewhere near the sea, as rivers do.") for n in range(2, 8)]
    return {
        "documents": write(folder / "with.jsonl", hills),
        "withheld": write(folder / "withheld.jsonl", sea),
        "pages": write(folder / "pages.jsonl", map(article, range(8))),
    }


def words_of(files: dict[str, Path]) -> list[str]:
    return [word for name, path in files.items() for word in ("--with", f"{name}={path}")]


def grounded(*given):
    return arranged(get_ablation("ground"), given, TINY)


# The rows


def test_chats_are_swapped_in_the_languages_of_the_dialogues_alone(tmp_path):
    files = saved(tmp_path)
    every = (str(files["documents"]), str(files["withheld"]))
    rows = starter_dialogues(0, 1, ("en", "zh"))
    others = [row for row in rows if (row.language, row.kind) != ("en", "chat_specific")]
    without = list(swap_chats(rows, GroundedChats(own="", every=every)))
    assert without == others
    documents = list(swap_chats(rows, GroundedChats(own=every[0], every=every)))
    assert documents[: len(others)] == others
    assert [row.id for row in documents[len(others) :]] == [f"en:{n}#0" for n in range(7)]


def test_rows_of_another_kind_are_named(tmp_path):
    path = write(tmp_path / "d.jsonl", [chat(0, "A."), chat(1, "B.", kind="math")])
    with pytest.raises(DataError, match=r"d\.jsonl:2: row 'en:1#0' is of kind math"):
        list(swap_chats([], GroundedChats(own=str(path), every=(str(path),))))


@pytest.mark.parametrize(
    ("given", "error", "complaint"),
    [
        ((), ConfigError, "ablation ground: no dialogues with and without documents"),
        (("documents=a.jsonl",), ConfigError, "--with documents=a.jsonl: no dialogues with"),
        (("documents=a.jsonl", "withheld=b.jsonl"), PrerequisiteError, "withheld=|documents="),
        (("model=m", "documents=a.jsonl"), ConfigError, "the model makes these dialogues"),
        (("model=m",), ConfigError, "--with model=m: pages is missing"),
        (("model=m", "pages=p"), ConfigError, "--with model=m: base_url is missing"),
        (("model=m", "pages=p", "base_url=http://h/v1"), PrerequisiteError, "--with pages=p"),
        (("limit=0",), ConfigError, "limit must be 1 or more, got 0"),
    ],
)
def test_parameters_that_leave_no_dialogues_are_refused(given, error, complaint):
    with pytest.raises(error, match=complaint):
        grounded(*given)


# The command


def test_saved_dialogues_are_compared_by_passage_and_trained_on(finished: Bench, tmp_path):
    done = finished(*RUN, *words_of(saved(tmp_path))).ok()
    text = " ".join(done.out.split())
    assert "variant without has none" in text
    report = read_report(finished.home / "runs/reports/ground-tiny/report.json")
    assert [row.name for row in report.variants] == ["without", "documents", "withheld"]
    diversity = next(table for table in report.tables if table.title.startswith("Diversity"))
    values = {row.cells[1].text: row.cells for row in diversity.rows}
    # The five passages that both have: every answer without the document is the same.
    assert values["distinct-1"][6].text == "higher"
    assert any("en: 3 dialogues without a partner" in note for note in diversity.notes)
    covered = [table for table in report.tables if table.title.startswith("Articles covered")]
    shares = {table.title: [cell.text for cell in table.rows[0].cells[1:3]] for table in covered}
    assert shares == {
        "Articles covered: documents": ["8", "7"],
        "Articles covered: withheld": ["8", "6"],
    }


def test_a_model_makes_the_dialogues_once(finished: Bench, tmp_path):
    pages = write(tmp_path / "pages.jsonl", map(article, range(6)))
    with serving(Model(said)) as server:
        given = {"pages": pages, "folder": tmp_path / "made"}
        words = [*RUN, *words_of(given), "--with", "model=m", "--with", f"base_url={server.url}"]
        plan = finished(*words, "--dry-run").ok()
        assert "dialogues by m: not made yet; a dry run asks nobody" in plan.err + plan.out
        said_first = " ".join((plan.err + plan.out).split())
        assert "to make without, documents, withheld of 6 articles; for each passage" in said_first
        assert "requests to paid models: none" in said_first
        assert not server.requests
        priced = [*words, "--with", "price_out=5"]
        refused = finished(*priced, "--max-cost", "1")
        assert refused.code == 4
        assert "paid models: without a limit (dialogues by m), --max-cost 1;" in refused.err
        assert "bound them: --with max_cost=X" in refused.err
        refused = finished(*priced, "--with", "max_cost=0.5", "--max-cost", "1")
        assert refused.code == 4
        assert "at most 1.50 (dialogues by m 1.50), more than --max-cost 1" in refused.err
        assert not server.requests
        done = finished(*words).ok()
        asked = len(server.requests)
        assert asked
        again = finished(*words).ok()
        assert len(server.requests) == asked
        assert again.made == set()
    for way in ("without", "documents", "withheld"):
        assert f"Articles covered: {way}" in done.out
    firsts = {
        way: [
            msgspec.json.decode(line, type=Dialogue).turns[0]
            for line in (tmp_path / f"made/{way}.jsonl").read_bytes().splitlines()
        ]
        for way in ("without", "documents", "withheld")
    }
    assert firsts["documents"] == firsts["withheld"]
    assert not set(firsts["without"]) & set(firsts["documents"])
    bodies = [json.dumps(body) for body in server.requests]
    assert any("rises in the hills" not in body for body in bodies)


def test_a_model_that_fails_leaves_the_dialogues_so_far_and_trains_nothing(finished, tmp_path):
    pages = write(tmp_path / "pages.jsonl", map(article, range(4)))
    given = {"pages": pages, "folder": tmp_path / "made"}
    words = [
        *RUN,
        *words_of(given),
        "--with",
        "model=m",
        "--with",
        "base_url=http://127.0.0.1:9/v1",
    ]
    done = finished(*words)
    assert done.code == 3
    assert not done.made
    assert not (tmp_path / "made/without.jsonl").exists()
