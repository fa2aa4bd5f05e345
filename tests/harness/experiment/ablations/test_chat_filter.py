"""`filter`: what each variant takes out, on planted rows and by the verdicts of `data filter`."""

from pathlib import Path

import msgspec
import pytest
from command_line import Bench

from harness.experiment import profiles
from harness.experiment.ablation_files import get_ablation
from harness.experiment.ablation_parameters import arranged
from harness.experiment.ablations import chat_filter
from harness.experiment.ablations.chat_filter import ChatFilter, PlantedChats, plant, take_out
from leaderboard.records import read_report
from ultralink_data.culture.criteria import CultureVerdict
from ultralink_data.dialogue import Dialogue, Provenance
from ultralink_data.errors import ConfigError, DataError, PrerequisiteError
from ultralink_data.stage.outcome import Finding
from ultralink_data.starter.dialogues import starter_dialogues
from ultralink_data.store import dataset

TINY = profiles.get("tiny")


def filtered(config, *given):
    return arranged(get_ablation("filter"), given, config)


# Planted rows


def starter_rows():
    return list(plant(starter_dialogues(0, 1, ("en", "zh")), PlantedChats(faults=2)))


def left(by):
    return list(take_out(starter_rows(), ChatFilter(by=by)))


def test_only_planted_chats_are_taken_out():
    before, plain = starter_rows(), starter_dialogues(0, 1, ("en", "zh"))
    planted = [row for row in before if "_planted_" in row.id]
    assert len(planted) == 2 * 19
    assert {row.language for row in planted} == {"zh"}
    assert left("criteria") == plain
    assert left("both") == plain
    by_words = left("keywords")
    assert [row for row in by_words if "_planted_" not in row.id] == plain
    kept = {row.provenance.parent_id for row in by_words if "_planted_" in row.id}
    # These name no place, person or feast that is on a list of words.
    assert kept == {"en-specific-01", "en-specific-12", "en-specific-15"}


def test_the_report_marks_controls_and_says_that_the_effect_is_planted(finished: Bench):
    done = finished("run", "--ablation", "filter", "--profile", "tiny").ok()
    said = " ".join(done.out.split())
    assert "Planted effect: a plumbing check. 57 bad translations" in said
    assert "starter_math (control) bpb" in done.out
    page = (finished.home / "runs/reports/filter-tiny/table.md").read_text()
    assert "### filter: starter_math (control), bpb" in page
    assert "### filter: starter_chat, bpb" in page
    assert "both: the same rows as criteria, left out" in done.err
    report = read_report(finished.home / "runs/reports/filter-tiny/report.json")
    assert report.controls == ("starter_math",)
    assert report.parameters == {"rows": "", "verdicts": "", "threshold": 0, "faults": 3}
    rows = {
        row.name: {(c.language, c.kind): c.rows for c in row.trained} for row in report.variants
    }
    assert set(rows) == {"none", "keywords", "criteria"}


def test_a_run_of_controls_alone_says_so():
    controls = profiles.with_tasks(TINY, ("starter_math",))
    assert filtered(controls).caveats[-1] == chat_filter.NO_CHATS
    both = profiles.with_tasks(TINY, ("starter_math", "starter_chat"))
    assert chat_filter.NO_CHATS not in filtered(both).caveats


# Real rows


def english(name):
    return Dialogue(
        id=name,
        language="en",
        kind="chat_agnostic",
        turns=(TEXTS[name], "An answer."),
        provenance=Provenance(source_id=f"sharegpt/{name}"),
    )


TEXTS = {
    "plain": "How do I boil an egg?",
    "word": "What is there to see in Paris at Christmas?",
    "judged": "Tell me about the man who wrote of the white whale.",
    "both": "Who wrote a poem about London?",
}


def translation(name, language):
    row = english(name)
    return msgspec.structs.replace(
        row,
        language=language,
        provenance=Provenance(source_id=row.provenance.source_id, parent_id=name),
    )


def verdict(name, by="model", complete=True):
    found = (Finding(name="places", evidence="x"),) if name in ("judged", "both") else ()
    return CultureVerdict(id=name, language="en", by=by, complete=complete, findings=found)


@pytest.fixture
def files(tmp_path: Path):
    """English rows, and verdicts of a model on all of them."""
    write(tmp_path / "rows.jsonl", map(english, TEXTS))
    write(tmp_path / "verdicts.jsonl", map(verdict, TEXTS))
    return tmp_path


def write(path, rows):
    path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))


def taken(files, by, **changes):
    config = ChatFilter(
        by=by, rows=str(files / "rows.jsonl"), verdicts=str(files / "verdicts.jsonl"), **changes
    )
    rows = [*map(english, TEXTS), *(translation(n, code) for n in TEXTS for code in ("zh", "fr"))]
    math = msgspec.structs.replace(translation("judged", "zh"), id="m", kind="math")
    kept = list(take_out([*rows, math], config))
    assert math in kept
    assert [row for row in kept if row.language == "en"] == rows[: len(TEXTS)]
    return {row.id for row in rows} - {row.id for row in kept if row.language == "zh"}


def test_each_rule_takes_out_translations_of_what_it_rejects(files):
    assert taken(files, "keywords") == {"word", "both"}
    assert taken(files, "criteria") == {"judged", "both"}
    assert taken(files, "both") == {"word", "judged", "both"}
    assert taken(files, "criteria", threshold=1) == set()


def test_a_row_without_a_verdict_is_taken_out_as_data_filter_does(files):
    write(files / "verdicts.jsonl", [verdict(name) for name in TEXTS if name != "plain"])
    assert taken(files, "criteria") == {"plain", "judged", "both"}


def test_verdicts_that_no_model_gave_make_no_criteria(files):
    write(files / "verdicts.jsonl", [verdict(n, "keywords", complete=False) for n in TEXTS])
    with pytest.raises(DataError, match="no model judged 4 of 4 rows"):
        taken(files, "criteria")
    with pytest.raises(DataError, match="no model judged 2 of 4 rows"):
        taken(files, "both")
    assert taken(files, "keywords") == {"word", "both"}


def test_judging_that_stopped_early_allows_no_higher_threshold(files):
    write(files / "verdicts.jsonl", [verdict(n, complete=n != "both") for n in TEXTS])
    assert taken(files, "criteria") == {"judged", "both"}
    with pytest.raises(DataError, match="judging 'both' stopped at 1 criteria"):
        taken(files, "criteria", threshold=1)


def test_files_that_do_not_belong_together_are_refused(files):
    write(files / "verdicts.jsonl", [*map(verdict, TEXTS), verdict("plain")])
    with pytest.raises(DataError, match=r"verdicts\.jsonl:5: 'plain': it has two verdicts"):
        taken(files, "criteria")
    write(files / "verdicts.jsonl", [verdict("another")])
    with pytest.raises(DataError, match=r"verdicts\.jsonl:1: 'another': no row has this id"):
        taken(files, "criteria")
    write(files / "rows.jsonl", [english("plain"), english("plain")])
    with pytest.raises(DataError, match=r"rows\.jsonl:2: the id 'plain' occurs twice"):
        taken(files, "keywords")
    write(files / "rows.jsonl", [msgspec.structs.replace(english("plain"), id="elsewhere")])
    with pytest.raises(DataError, match="none of the 8 translated chats comes from a row of"):
        taken(files, "keywords")


@pytest.mark.parametrize(
    ("given", "folder", "error", "complaint"),
    [
        (("rows=r.jsonl",), "d", ConfigError, "--with rows=r.jsonl: the other file is missing"),
        (("rows=r.jsonl", "verdicts=v.jsonl"), "d", PrerequisiteError, "no file r.jsonl"),
        ((), "d", ConfigError, "needs the English rows of these translations"),
        (("faults=7",), None, ConfigError, "faults must be 1 to 6, got 7"),
        (("threshold=7",), None, ConfigError, "threshold must be from 0 to 6, got 7"),
    ],
)
def test_parameters_that_do_not_fit_are_refused(given, folder, error, complaint):
    data = msgspec.structs.replace(TINY.data, folder=folder)
    with pytest.raises(error, match=complaint):
        filtered(msgspec.structs.replace(TINY, data=data), *given)


def test_files_without_a_dataset_are_refused(files):
    given = (f"rows={files / 'rows.jsonl'}", f"verdicts={files / 'verdicts.jsonl'}")
    with pytest.raises(ConfigError, match="the starter set is no translation of these rows"):
        filtered(TINY, *given)


def test_real_rows_and_verdicts_go_through_the_command(finished: Bench, files):
    rows = [*starter_dialogues(0, 1, ("en", "zh")), *(translation(name, "zh") for name in TEXTS)]
    dataset.write(files / "data", rows, recipe="test")
    words = ("run", "--ablation", "filter", "--profile", "tiny", "--dry-run")
    data = ("--set", f"data.folder={files / 'data'}")
    given = ("--with", f"rows={files / 'rows.jsonl'}")
    given += ("--with", f"verdicts={files / 'verdicts.jsonl'}")
    done = finished(*words, *data, *given).ok()
    assert "Planted" not in done.out
    chats = [line.split() for line in done.out.splitlines() if line.split()[:1] == ["zh"]]
    agnostic = [int(line[1]) for line in chats[:4]]
    plain = 17 + len(TEXTS)
    assert agnostic == [plain, plain - 2, plain - 2, plain - 3]
    # An edit of the verdicts is noticed.
    write(files / "verdicts.jsonl", [verdict("plain"), *map(verdict, ("word", "both"))])
    again = finished(*words, *data, *given).ok()
    assert "take-chats-out/criteria" in again.made
    assert "take-chats-out/keywords" in again.made
