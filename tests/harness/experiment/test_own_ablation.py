"""`run --ablation FILE.py` through the real command: folders, stages, what an edit reruns."""

import pytest
from command_line import Bench
from experiment.own_ablations import FOLDERS, SHORTEST, write_rows

from leaderboard.records import read_record, read_report
from ultralink_data.store.dataset import read_manifest

TINY = ("--profile", "tiny")


def own(bench: Bench, text: str, name: str = "own.py") -> tuple[str, ...]:
    (bench.home / name).write_text(text)
    return ("run", "--ablation", name, *TINY)


def stored(bench: Bench, stage: str):
    """The manifests of a stage's artefacts in the store."""
    return [
        read_manifest(path.parent)
        for path in (bench.home / "runs/datasets").glob("*/artefact.json")
        if f'"stage": "{stage}"' in path.read_text()
    ]


def test_variants_that_name_two_folders_train_on_their_own_rows(finished):
    prints = {
        "one": write_rows(finished.home / "one", seed=2),
        "two": write_rows(finished.home / "two", seed=1, per_template=2),
    }
    done = finished(*own(finished, FOLDERS)).ok()
    assert done.made == {
        *(f"{stage}/{name}" for stage in ("data", "prune", "pack") for name in prints),
        *(f"{stage}/{name}/0" for stage in ("train", "eval") for name in prints),
    }
    report = finished.home / "runs/reports/folders-tiny"
    records = {name: read_record(report / f"records/{name}_seed0.json") for name in prints}
    assert {name: record.dataset_fingerprint for name, record in records.items()} == prints
    assert records["one"].model_fingerprint != records["two"].model_fingerprint
    assert records["two"].config["data"]["folder"] == "two"


@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_variants_with_the_same_rows_are_refused_before_training(finished, more):
    for name in ("one", "two"):
        write_rows(finished.home / name)
    done = finished(*own(finished, FOLDERS), *more)
    assert done.code == 2
    assert not {name for name in done.made if name.startswith(("base", "train", "eval"))}
    assert "variants one and two of folders would train the same model" in done.err
    assert "identical_data=True" in done.err


LIMITS = '''
"""Two limits of length, one dialogue a sequence."""
import msgspec

from harness.experiment.ablation import Ablation, Variant


def limit(tokens):
    def change(config):
        train = msgspec.structs.replace(config.train, packing=False, max_tokens=tokens)
        return msgspec.structs.replace(config, train=train)

    return change


ABLATION = Ablation(
    name="limits",
    question="How long may a dialogue be?",
    reference="long",
    variants=tuple(
        Variant(name=name, label=name, change=limit(tokens)) for name, tokens in (LENGTHS)
    ),
)
'''


def test_limits_that_cut_the_same_rows_are_refused_and_others_are_not(finished):
    text = LIMITS.replace("LENGTHS", '("long", 5000), ("longer", 6000)')
    done = finished(*own(finished, text), "--dry-run")
    assert done.code == 2
    assert "variants long and longer of limits would train the same model" in done.err
    text = LIMITS.replace("LENGTHS", '("long", 5000), ("short", 50)')
    finished(*own(finished, text), "--dry-run").ok()


def test_an_ablation_may_say_that_its_data_are_identical(finished):
    for name in ("one", "two"):
        write_rows(finished.home / name)
    text = FOLDERS.replace('    reference="one",', '    reference="one",\n    identical_data=True,')
    done = finished(*own(finished, text), "--dry-run").ok()
    assert "Plan: folders (tiny)" in done.out


def test_a_folder_that_is_not_there_names_the_variant(finished):
    write_rows(finished.home / "one")
    done = finished(*own(finished, FOLDERS))
    assert done.code == 3
    assert "data.folder of variant two: no folder two" in done.err


def test_a_stage_of_its_own_runs_and_an_edit_of_the_file_reruns_it_and_what_follows(finished):
    words = own(finished, SHORTEST)
    done = finished(*words).ok()
    kept = {"shortest/half", "prune/half", "pack/half", "train/half/0", "eval/half/0"}
    assert done.made == kept  # `whole` trains on what `keep-all` of prune did
    (manifest,) = stored(finished, "shortest")
    (before,) = stored(finished, "starter")
    rows = sum(cell.rows for cell in manifest.counts)
    assert manifest.dropped == {"shortest": sum(cell.rows for cell in before.counts) - rows}
    assert rows > 0
    assert manifest.dropped["shortest"] >= rows
    record = read_record(finished.home / "runs/reports/shortest-tiny/records/half_seed0.json")
    assert record.config["stages"] == {"shortest": {"share": 0.5}}
    assert finished(*words).ok().err == ""

    # An edit that changes no row: the stage runs again, nothing after it.
    own(finished, SHORTEST.replace("len(row.turns[0])", "len(str(row.turns[0]))"))
    assert finished(*words).ok().made == {"shortest/half"}
    # An edit of words reruns nothing, wherever the file lies.
    moved = own(finished, SHORTEST.replace('"""The rows with', '# why\n    """Rows with'), "b.py")
    assert finished(*moved).ok().err == ""
    # An edit that changes rows.
    own(finished, SHORTEST.replace("(len(row.turns[0])", "(-len(row.turns[0])"))
    assert finished(*words).ok().made == kept


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    cells = {}", "    cells = {}[0]", "own.py:17: stage shortest: KeyError: 0"),
        ("    return kept", "    return kept[:0]", "pack/half: no row to train on"),
    ],
)
def test_a_stage_that_fails_in_the_worker_is_named_with_file_and_line(finished, old, new, message):
    done = finished(*own(finished, SHORTEST.replace(old, new)), "--dry-run")
    assert done.code in (2, 3)
    assert message in done.err
    assert "Traceback" not in done.err


def test_a_rung_that_repeats_another_is_left_out_of_the_whole_ladder(finished):
    done = finished("run", "--ablation", "prune", *TINY, "--variants", "all", "--dry-run").ok()
    assert "warning: keep-2k, keep-4k, keep-8k, keep-16k, keep-32k: the same rows as keep-all" in (
        done.err
    )
    assert "keep-1of2" in done.out
    assert "keep-32k" not in done.out
    named = finished("run", "--ablation", "prune", *TINY, "--variants", "keep-0,keep-32k")
    assert named.code == 2
    assert "variants keep-all and keep-32k of prune" in named.err
    assert "--variants keep-all,keep-0" in named.err


def test_a_file_in_the_folder_of_ablations_is_one_of_ours(editable):
    text = SHORTEST.replace("class Share", "class ShareOfRows").replace("Share()", "ShareOfRows()")
    text = text.replace("Share,", "ShareOfRows,").replace("config: Share", "config: ShareOfRows")
    (editable.code / "harness/experiment/ablations/short_questions.py").write_text(text)
    done = editable("run", "--ablation", "shortest", *TINY, "--dry-run").ok()
    assert done.made == {"shortest/half", "prune/half", "pack/half"}


def reading(files: str, text: str = 'Path("words.txt").read_text()') -> str:
    """The ablation whose stage keeps as many rows as a data file says."""
    found = SHORTEST.replace("import msgspec", "from pathlib import Path\n\nimport msgspec")
    found = found.replace("* config.share)", f"* float({text}))")
    return found.replace("run=shortest)", f"run=shortest, {files})")


NAMED = 'files=lambda config: ["words.txt"]'


def test_an_edit_of_a_data_file_that_a_stage_names_reruns_it(finished):
    words = own(finished, reading(NAMED))
    (finished.home / "words.txt").write_text("0.5")
    made = {"shortest/half", "prune/half", "pack/half"}
    assert finished(*words, "--dry-run").ok().made == made
    assert finished(*words, "--dry-run").ok().made == set()
    (finished.home / "words.txt").write_text("0.25")
    assert finished(*words, "--dry-run").ok().made == made
    (finished.home / "words.txt").write_text("0.5")
    assert finished(*words, "--dry-run").ok().made == set()
    (finished.home / "words.txt").unlink()
    done = finished(*words, "--dry-run")
    assert done.code == 3
    assert "stage shortest: files: there is no" in done.err


@pytest.mark.parametrize(
    "text",
    [
        reading(""),
        reading('files=lambda config: ["other.txt"]'),
        # It is read when the file is loaded.
        reading("", "SHARE").replace(
            "class Share", 'SHARE = Path("words.txt").read_text()\n\n\nclass Share'
        ),
    ],
)
def test_a_data_file_that_a_stage_does_not_name_is_refused(finished, text):
    (finished.home / "words.txt").write_text("0.5")
    (finished.home / "other.txt").write_text("0.5")
    done = finished(*own(finished, text), "--dry-run")
    assert done.code == 2
    assert "own.py:" in done.err
    assert f"stage shortest reads {finished.home / 'words.txt'}" in done.err
    assert "files=lambda config" in done.err
    assert "shortest/half" not in done.made


@pytest.mark.parametrize("files", ["files=lambda config: config.gone", "files=lambda config: [1]"])
def test_what_names_the_files_may_fail(finished, files):
    done = finished(*own(finished, reading(files)), "--dry-run")
    assert done.code == 2
    assert "own.py" in done.err
    assert "stage shortest: files: " in done.err


TABLES = FOLDERS.replace(
    "ABLATION =",
    """
def tables(outcome):
    task = outcome.config.eval.runs[0].task
    counts = [
        (name, str(len(side.runs)), str(len(side.find(task, "en", "bpb")[0])))
        for name, side in outcome.sides.items()
    ]
    return (text_table("What was measured", ("Variant", "Runs", "Problems"), counts),)


ABLATION =""",
).replace('    reference="one",', '    reference="one",\n    tables=tables,')
TABLES = TABLES.replace(
    "\n\n\ndef folder", "\nfrom leaderboard.table import text_table\n\n\ndef folder"
)


def test_an_ablations_own_tables_stand_in_the_report_and_in_its_files(finished):
    for number, name in enumerate(("one", "two")):
        write_rows(finished.home / name, seed=number)
    done = finished(*own(finished, TABLES)).ok()
    assert "What was measured" in done.out
    folder = finished.home / "runs/reports/folders-tiny"
    assert "| two | 1 | 8 |" in (folder / "table.md").read_text()
    (table,) = read_report(folder / "report.json").tables
    assert [cell.text for cell in table.rows[0].cells] == ["one", "1", "8"]

    failing = TABLES.replace("task = outcome", "task = 1 / 0 or outcome")
    done = finished(*own(finished, failing))
    assert done.code == 2
    assert "own.py:20: tables of folders: ZeroDivisionError" in done.err
    done = finished(*own(finished, TABLES.replace("return (text_table", "return (str, text_table")))
    assert "tables of folders: it gave a type" in done.err
