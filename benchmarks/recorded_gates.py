"""Gates whose models were trained once: what these answered is kept, to be decided on again.

    python -m benchmarks.recorded_gates --work DIR     # trains anew, writes RECORDED: 15 minutes

`RECORDED` has, by node of the experiment, the marker of every model and the whole evaluation of
those that were evaluated: answers, scores and bits of every problem. `place` puts them into a store
under the keys that today's code and data give them, so that the command `gate` finds everything
made from the trainings on, and does the rest as ever: rows, evaluations, statistics, report.
"""

import argparse
import io
import os
import random
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from benchmarks.planted_changes import Change, Rows, answer_in, read_rows, write_rows
from harness.cli import main as command
from harness.engine.artefact_store import MARKER, Marker, Store, list_files
from harness.engine.environment import worker_environment
from harness.engine.graph import Graph
from harness.engine.jobs import Job
from harness.engine.pool import Pool
from harness.gate.gate_config import read_config
from harness.gate.proxy import Proxy, proxy
from ultralink_data.dialogue import Dialogue
from ultralink_data.starter.dialogues import starter_dialogues
from ultralink_data.store import dataset

RECORDED: Final = Path(__file__).parent.parent / "tests/cases/recorded_gates.tar.xz"
BASELINE: Final = "old"
LANGUAGES: Final = ("en", "es", "fr")
_PER_TEMPLATE: Final = 4
_SETTINGS: Final = """\
languages = ["en", "es", "fr"]
tasks = ["starter_math"]
against = ["humaneval"]
"""
_ROWS_PASS: Final = """
[limits]
other_language = 1.0
translation = 1.0
"""
"""Of faults that the checks of rows would stop: the models alone must tell."""


class RecordedGate(NamedTuple):
    """A candidate, the settings under which it is held against the baseline, and the exit code."""

    name: str
    candidate: str
    settings: str
    code: int

    @property
    def file(self) -> str:
        """The name of its settings file."""
        return f"{self.name.replace(' ', '-')}.toml"


GATES: Final = (
    RecordedGate("rows are added", "more", _SETTINGS, 0),
    RecordedGate("the same kinds of rows drawn anew", "anew", _SETTINGS, 0),
    RecordedGate("French answers in Spanish", "mixed", _SETTINGS + _ROWS_PASS, 1),
    RecordedGate("two seeds only", "anew", f"seeds = [0, 1]\n{_SETTINGS}", 4),
)


def write_sides(folder: Path) -> None:
    """The baseline and every candidate, as datasets below `folder`."""
    for name in (BASELINE, "anew", "more", "mixed"):
        shutil.rmtree(folder / name, ignore_errors=True)
    dataset.write(folder / BASELINE, _drawn(1), recipe="starter")
    dataset.write(folder / "anew", _drawn(2), recipe="starter")
    _changed(folder, "more", _add)
    _changed(folder, "mixed", answer_in("es_math", "fr_math", 1.0))


def _drawn(seed: int) -> list[Dialogue]:
    return starter_dialogues(seed, _PER_TEMPLATE, LANGUAGES)


def _changed(folder: Path, name: str, change: Change) -> None:
    rows = read_rows(folder / BASELINE)
    change(rows, random.Random(1))
    write_rows(rows, folder / name)


def _add(rows: Rows, draw: random.Random) -> None:
    """Some math of a further draw, the same in every language."""
    drawn = _drawn(3)
    for language in LANGUAGES:
        for row in [row for row in drawn if (row.language, row.kind) == (language, "math")][::4]:
            name = f"{language}_more_{row.id.partition('_')[2]}"
            rows[f"{language}_math"].append({"id": name, "data": list(row.turns)})


def asked_of(gate: RecordedGate, folder: Path, store: Store) -> Proxy:
    """The experiment of a gate whose datasets are below `folder`; writes its settings there."""
    config = folder / gate.file
    config.write_text(gate.settings, "utf-8")
    sides = str(folder / BASELINE), str(folder / gate.candidate)
    return proxy(read_config(config), sides, store, None, (), lambda text: None)


def place(folder: Path, store: Store) -> None:
    """Make the data of all gates, and put the recorded models and evaluations after them."""
    asked = [asked_of(gate, folder, store).experiment for gate in GATES]
    config = asked[0].config
    with (
        Pool(config.workers, store, worker_environment(config.train.threads)) as pool,
        tarfile.open(RECORDED) as recorded,
    ):
        for experiment in asked:
            graph = Graph(experiment.nodes(), store, lambda text: None)
            graph.make_missing(experiment.data_names(), pool)
            for node in experiment.run_nodes():
                if graph.look_up([node.name]):
                    job = node.make({need: graph.made[need].artefact for need in node.needs})
                    _commit(store, job, _files(recorded, f"{node.name}/"))
                    assert not graph.look_up([node.name])


def _files(archive: tarfile.TarFile, folder: str) -> dict[str, bytes]:
    """What the archive has below a folder, by the name there."""
    found = {}
    for entry in archive:
        file = archive.extractfile(entry) if entry.name.startswith(folder) else None
        if file is not None:
            found[entry.name.removeprefix(folder)] = file.read()
    return found


def _commit(store: Store, job: Job, files: dict[str, bytes]) -> None:
    """An artefact with recorded content and marker, under the key of a job of today."""
    known = msgspec.json.decode(files.pop(MARKER), type=Marker)
    code, key = job.definition.code(job.config), job.key
    with store.lock(key), store.building(job.shelf, key) as temporary:
        for name, content in files.items():
            (temporary / name).parent.mkdir(exist_ok=True)
            (temporary / name).write_bytes(content)
        marker = msgspec.structs.replace(
            known,
            key=key,
            source=code.source,
            packages=code.packages,
            config=job.config,
            inputs={name: one.fingerprint for name, one in job.inputs.items()},
            seed=job.seed,
            files=list_files(temporary),
        )
        store.commit(job.shelf, temporary, marker)


def words(gate: RecordedGate, out: str) -> list[str]:
    """The command of a gate, in the folder of its datasets."""
    sides = ["--baseline", BASELINE, "--candidate", gate.candidate]
    return ["gate", *sides, "--config", gate.file, "-o", out, "--runs", "runs"]


def main() -> int:
    """Run every gate for real and record it; 1 if one ended otherwise than it should."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--work", type=Path, required=True, help="its runs/ is used again")
    folder: Path = arguments.parse_args().work
    folder.mkdir(parents=True, exist_ok=True)
    os.chdir(folder)
    write_sides(Path())
    store, wrong, kept = Store(Path("runs")), [], dict[str, Path]()
    for number, gate in enumerate(GATES):
        experiment = asked_of(gate, Path(), store).experiment
        code = command(words(gate, f"out-{number}"))
        print(f"{gate.name}: exit {code}", flush=True)
        if code != gate.code:
            wrong.append(gate.name)
            continue
        graph = Graph(experiment.nodes(), store, lambda text: None)
        assert not graph.look_up(node.name for node in experiment.nodes())
        kept |= {name: graph.made[name].path for name in experiment.run_names()}
    if wrong:
        print(f"not recorded, as these ended otherwise: {', '.join(wrong)}")
        return 1
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:xz", preset=9) as archive:
        for name, file in _recorded_files(kept):
            entry = tarfile.TarInfo(name)
            entry.size = file.stat().st_size
            archive.addfile(entry, io.BytesIO(file.read_bytes()))
    RECORDED.write_bytes(buffer.getvalue())
    print(f"{RECORDED}: {len(buffer.getvalue()):,} bytes, {len(kept)} artefacts")

    return 0


def _recorded_files(kept: dict[str, Path]) -> Iterator[tuple[str, Path]]:
    """Name in the archive and file: the markers of all, the content of evaluations."""
    for name, folder in sorted(kept.items()):
        found = folder.rglob("*") if name.startswith("eval/") else [folder / MARKER]
        for file in sorted(path for path in found if path.is_file()):
            yield f"{name}/{file.relative_to(folder).as_posix()}", file


if __name__ == "__main__":
    raise SystemExit(main())
