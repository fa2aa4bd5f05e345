"""Files of other harnesses -> a folder of records: which form a file has, and the folder."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, Literal, TypeAlias

import msgspec

from leaderboard.exchange.directions import Directions
from leaderboard.exchange.from_eee import eee_runs
from leaderboard.exchange.from_human_eval import human_eval_runs
from leaderboard.exchange.from_inspect import inspect_runs
from leaderboard.exchange.from_lm_eval import lm_eval_runs
from leaderboard.exchange.from_omgeval import omgeval_runs
from leaderboard.exchange.lm_eval_files import PREFIX
from leaderboard.exchange.source_runs import Form, SourceRun, files_of
from leaderboard.record_files import files_under, kind_of
from leaderboard.records import read_record
from ultralink_data import atomic
from ultralink_data.errors import ConfigError, DataError
from ultralink_data.python_json import decoded

Asked: TypeAlias = Literal["auto", "lm-eval", "inspect", "human-eval", "omgeval", "eee"]
FORMS: Final[tuple[Asked, ...]] = ("auto", "lm-eval", "inspect", "human-eval", "omgeval", "eee")
_ENDINGS: Final = (".json", ".eval", ".jsonl", ".jsonl.gz")
_READS: Final = (
    "results_*.json of lm-eval, .eval and .json logs of inspect, results of human-eval, files of "
    "OMGEval, records of Every Eval Ever"
)


_MARKS: Final[tuple[tuple[Form, frozenset[str]], ...]] = (
    ("eee", frozenset(("schema_version", "evaluation_results"))),
    ("inspect", frozenset(("eval", "status"))),
    ("lm-eval", frozenset(("results", "versions"))),
    ("human-eval", frozenset(("task_id", "completion"))),
)
"""Fields that tell the forms of JSON apart."""


class ImportOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What a user says of files that do not say it: `model`, `language`, direction of metrics."""

    form: Asked = "auto"
    model: str = ""
    language: str = ""
    directions: Directions = Directions()


def read_sources(paths: Iterable[Path], options: ImportOptions) -> list[SourceRun]:
    """The runs in these files, and in files of a known form below these folders.

    Raises:
        DataError: a file is damaged or of no known form, or a folder holds none.
    """
    found: dict[str, SourceRun] = {}
    for path in paths:
        files = _files(path) if path.is_dir() else [path]
        runs = [run for file in files for run in _runs(file, options, named=not path.is_dir())]
        found |= {run.stem: run for run in runs}
        if not runs:
            raise DataError(f"{path} holds no file of a known form", hint=f"read are: {_READS}")
    return list(found.values())


def _files(folder: Path) -> list[Path]:
    """The files below a folder that may be sources; samples are read with what they belong to."""
    files = {file for ending in _ENDINGS for file in files_under(folder, ending)}
    return sorted(
        file
        for file in files
        if not (file.name.startswith("samples_") or file.name.endswith("_samples.jsonl"))
    )


def _runs(path: Path, options: ImportOptions, *, named: bool) -> list[SourceRun]:
    """The runs of one file; of a file that was not named, none if its form is not known."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(
            f"cannot read {path}: {error.strerror or error}", hint="check the path"
        ) from error
    form = _form(path, data) if options.form == "auto" else options.form
    if form is None:
        if named:
            raise DataError(f"{path} has no known form", hint=f"read are: {_READS}")
        return []
    if form == "lm-eval":
        return lm_eval_runs(path, data, options.directions)
    if form == "inspect":
        return inspect_runs(path, data, options.directions)
    if form == "eee":
        return eee_runs(path, data)
    reader = human_eval_runs if form == "human-eval" else omgeval_runs
    return reader(path, data, model=options.model, language=options.language)


def _form(path: Path, data: bytes) -> Form | None:
    """The form of a file by its name and its own first fields; None if it has none."""
    if path.suffix == ".eval":
        return "inspect"
    if path.name.startswith(PREFIX) and path.suffix == ".json":
        return "lm-eval"
    if path.name.endswith((".jsonl.gz", "_results.jsonl")):
        return "human-eval"
    if path.suffix == ".json" and data.lstrip().startswith(b"["):
        return "omgeval"
    text = data.lstrip().partition(b"\n")[0] if path.suffix == ".jsonl" else data
    try:
        fields = decoded(text)
    except msgspec.DecodeError:
        return None
    if not isinstance(fields, dict):
        return None
    return next((form for form, marks in _MARKS if marks <= fields.keys()), None)


def default_name(runs: Sequence[SourceRun]) -> str:
    """The name of an import's folder: its form and a hash of what was imported."""
    stems = "\n".join(sorted(run.stem for run in runs))
    return f"imported-{runs[0].form}-{hashlib.sha256(stems.encode()).hexdigest()[:8]}"


def write_import(runs: Sequence[SourceRun], folder: Path) -> list[Path]:
    """Write the records and sample files; an earlier import there is replaced, whole or not at all.

    Returns the paths of the records.

    Raises:
        ConfigError: something else than an import is there.
        DataError: numbers of a source do not fit together.
        PrerequisiteError: the disk is full or the folder not writable.
    """
    refuse_foreign(folder)
    files = {name: data for run in runs for name, data in files_of(run).items()}
    with atomic.new_directory(folder) as made:
        for name, data in sorted(files.items()):
            atomic.write_bytes(made / name, data)
    return [folder / name for name in sorted(files) if name.startswith("records/")]


def refuse_foreign(folder: Path) -> None:
    """Refuse a folder that holds anything but an import.

    Raises:
        ConfigError: it does, or it is a file.
    """
    if not folder.exists():
        return
    inside = [*folder.rglob("*")] if folder.is_dir() else [folder]
    for path in inside:
        place = path.relative_to(folder).parts
        if place in (("records",), ("samples",)) and path.is_dir():
            continue
        record = len(place) == 2 and place[0] == "records" and _is_import(path)
        if not record and not (len(place) == 2 and place[0] == "samples" and path.is_file()):
            raise ConfigError(
                f"{folder} exists and is no earlier import: it holds {path.name!r}",
                hint="choose another -o, or move it away",
            )


def _is_import(path: Path) -> bool:
    try:
        return kind_of(path) == "eval" and read_record(path).imported is not None
    except DataError:
        return False
