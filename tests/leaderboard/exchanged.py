"""Imports in tests: files in, records and samples out."""

import json
from pathlib import Path

from harness.cli import main
from leaderboard.collection import load
from tasks.saved_rows import Sample
from ultralink_data.json_text import json_value

CASES = Path(__file__).parents[1] / "cases"


def imported(out, *paths_and_options):
    """The collection of an import into `out`."""
    assert main(["leaderboard", "import", *map(str, paths_and_options), "-o", str(out)]) == 0
    found = load(out)
    assert found.faults == ()
    return found


def only_run(out, *paths_and_options):
    """The one run of an import."""
    (run,) = imported(out, *paths_and_options).runs
    return run


def samples(run, task, language):
    """The samples of one task and language."""
    path = run.sample_files()[task, language]
    return [json_value(line, Sample) for line in path.read_bytes().splitlines()]


def refused(capsys, out, *paths_and_options):
    """What the error of an import says, of which nothing is left."""
    code = main(["leaderboard", "import", *map(str, paths_and_options), "-o", str(out)])
    assert code in (2, 3)
    assert not out.exists()
    said = " ".join(capsys.readouterr().err.split())
    assert "Traceback" not in said
    return said


def files_below(folder):
    """Relative path and bytes of all files."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def edited(path, change):
    """Rewrite a JSON file."""
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))
