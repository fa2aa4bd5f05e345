"""Find ablations: those of `harness.experiment.ablations` by name, a user's own by file.

An ablation's own stage is loaded again, from the same file, by the worker process that runs it; in
both processes the code's hash is taken from exactly the text that is executed.
"""

import hashlib
import os
import sys
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from harness.engine.module_facts import read_facts
from harness.engine.source_hash import is_module
from harness.engine.stages import Folders, Report, Stage, file_code
from harness.engine.watched_reads import Reads, watched_reads
from harness.experiment import ablations as folder
from harness.experiment import profiles
from harness.experiment.ablation import Ablation, DataStage
from harness.experiment.ablation_toml import read_ablation
from ultralink_data.added_code import blaming
from ultralink_data.dialogue import Dialogue
from ultralink_data.errors import ConfigError, PrerequisiteError, unknown_name

_EXAMPLE = "export `ABLATION = Ablation(...)`, as harness/experiment/ablations/prune_ladder.py does"


def get_ablation(name: str) -> Ablation:
    """The ablation with this name, or the one in a file (a path that ends in `.py` or `.toml`).

    Raises:
        ConfigError: no such ablation (offers the nearest names), or the file is invalid.
        PrerequisiteError: no such file.
    """
    known = built_in()
    if not name.endswith((".py", ".toml")):
        if "/" in name or Path(name).suffix:
            raise ConfigError(
                f"--ablation {name}: a file of yours ends in .toml or .py",
                hint=f"name such a file, or a built-in ablation: {', '.join(sorted(known))}",
            )
        if name not in known:
            raise unknown_name("ablation", name, known)
        return known[name]
    ablation = load(Path(os.path.realpath(name)))  # `resolve` raises at a link to itself
    if ablation.name in known and known[ablation.name].file != ablation.file:
        raise ConfigError(
            f"{name}: the name {ablation.name!r} is that of a built-in ablation",
            hint="give the ablation another `name`: reports are filed under it",
        )
    return ablation


@cache
def built_in() -> dict[str, Ablation]:
    """The built-in ablations by name.

    Raises:
        ConfigError: a file is invalid, or two have the same name.
    """
    found: dict[str, Ablation] = {}
    for path in folder.exporting():
        ablation = load(path)
        if ablation.name in found:
            raise ConfigError(
                f"{path}: a second ablation is named {ablation.name!r}",
                hint="give it another `name`: reports are filed under it",
            )
        found[ablation.name] = ablation
    return found


@cache
def load(path: Path) -> Ablation:
    """The ablation exported by the file at this absolute path.

    Raises:
        ConfigError: the file does not run or exports no ablation; names file and line.
        PrerequisiteError: there is no such file.
    """
    if path.suffix == ".toml":
        return read_ablation(path)
    module = _module(path)
    exported = getattr(module, "ABLATION", None)
    if not isinstance(exported, Ablation):
        raise ConfigError(
            f"{_assignment(path)}: ABLATION is "
            + ("missing" if exported is None else f"a {type(exported).__name__}, not an Ablation"),
            hint=_EXAMPLE,
        )
    return _with_known_profiles(msgspec.structs.replace(exported, file=path), _assignment(path))


def _with_known_profiles(ablation: Ablation, where: str) -> Ablation:
    for profile in ablation.defaults:
        if profile not in profiles.PROFILES:
            raise unknown_name(f"profile in `defaults` of {where}:", profile, profiles.PROFILES)
    return ablation


@cache
def stage_of(path: Path, name: str) -> Stage:
    """The stage `name` of the ablation in this file, as the engine runs it.

    Raises:
        ConfigError: as in `load`; or the file has no such stage, or names a foreign module.
    """
    ablation = load(path)
    stages = {stage.name: stage for stage in ablation.stages}
    if name not in stages:
        raise unknown_name(f"stage of {path}:", name, stages)
    stage = stages[name]
    for module in stage.modules:
        if not is_module(module):
            raise ConfigError(
                f"{_place(stage, path)}: stage {name}: modules names {module!r}, which is no "
                "module of this project",
                hint="leave it out; put code that decides the rows into the file itself",
            )
    return Stage(
        name=name,
        shelf="datasets",
        modules=stage.modules,
        config_type=stage.config_type,
        run=partial(_run, stage, path),
        own_code=file_code(read_facts(_text(path), str(path)), stage.modules),
    )


@cache
def _text(path: Path) -> bytes:
    """The file's text, read once, so that what is hashed is what runs."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise PrerequisiteError(
            f"no ablation at {path} ({error.strerror})", hint="check the path after --ablation"
        ) from error


def declared_files(stage: DataStage, path: Path | None, config: Any) -> list[Path]:
    """The files and folders that a stage says it reads with this config, as absolute paths.

    Raises:
        ConfigError: its `files` fails, or gives something else.
        PrerequisiteError: one of them is not there.
    """
    what = f"stage {stage.name}: files"
    with blaming(path, what):
        found = [Path(name).absolute() for name in stage.files(config)]
    for file in found:
        if not file.exists():
            raise PrerequisiteError(
                f"{what}: there is no {file}",
                hint=f"put it there, or correct `files` in {path}",
            )
    return found


def _assignment(path: Path) -> str:
    """The file, with the line where `ABLATION` is assigned, if there is one."""
    lines = _text(path).decode(errors="replace").splitlines()
    found = [number for number, line in enumerate(lines, 1) if line.startswith("ABLATION")]
    return f"{path}:{found[-1]}" if found else str(path)


def _place(stage: DataStage, path: Path) -> str:
    """The file and the line where a stage's function starts."""
    code = getattr(stage.run, "__code__", None)
    return str(path) if code is None else f"{path}:{code.co_firstlineno}"


def _module(path: Path) -> ModuleType:
    if path.parent == Path(folder.__file__).parent:
        with blaming(path, "the file does not run"):
            return import_module(f"{folder.__name__}.{path.stem}")
    digest = hashlib.sha256(str(path).encode()).hexdigest()[:12]
    module = ModuleType(f"ablation_{digest}")
    module.__file__ = str(path)
    text = _text(path)
    # Registered before it runs, as msgspec looks there for the types of annotations.
    sys.modules[module.__name__] = module
    with blaming(path, "the file does not run"), watched_reads() as reads:
        exec(compile(text, str(path), "exec"), module.__dict__)
    _read_when_loaded[path] = reads
    return module


_read_when_loaded: dict[Path, Reads] = {}
"""What each user's file read while it was loaded: its stages may depend on that."""


def _run(
    stage: DataStage, path: Path, folders: Folders, config: Any, seed: int | None, report: Report
) -> None:
    """Pass the rows of the previous dataset to the stage, and write what it returns."""
    from ultralink_data.store import dataset

    source = folders.inputs["dataset"]
    rows = dataset.read(source)
    before = {(row.language, row.kind, row.id) for row in rows}
    with blaming(path, f"stage {stage.name}", _place(stage, path)), watched_reads() as reads:
        kept = list(stage.run(rows, config))
    _check_reads(stage, path, config, reads, folders)
    after: set[tuple[str, str, str]] = set()
    for row in kept:
        if not isinstance(row, Dialogue):
            raise ConfigError(
                f"{_place(stage, path)}: stage {stage.name} gave a {type(row).__name__} for a row",
                hint="its `run` returns `ultralink_data.dialogue.Dialogue` rows",
            )
        if (row.language, row.kind, row.id) in after:
            raise ConfigError(
                f"{_place(stage, path)}: stage {stage.name} gave {row.id!r} "
                f"({row.language} {row.kind}) twice",
                hint="give each new row an id of its own",
            )
        after.add((row.language, row.kind, row.id))
    settings = (f"{name}={value}" for name, value in msgspec.to_builtins(config).items())
    dataset.write_into(
        folders.out,
        kept,
        recipe=f"{stage.name}({', '.join(settings)})",
        parents=[dataset.read_manifest(source).fingerprint],
        dropped={stage.name: len(before - after)},
    )


def _check_reads(stage: DataStage, path: Path, config: Any, reads: Reads, folders: Folders) -> None:
    """Check that a stage read only what is in its key.

    Raises:
        ConfigError: it read another file; an edit of that would change no key.
    """
    known = [*declared_files(stage, path, config), folders.inputs["dataset"], folders.work]
    others = (reads | _read_when_loaded.get(path, Reads())).besides(known)
    if others:
        raise ConfigError(
            f"{_place(stage, path)}: stage {stage.name} reads {others[0]}, which its `files` does "
            "not name: an edit of it would go unnoticed",
            hint=f"name it: DataStage(name={stage.name!r}, ..., files=lambda config: [PATH])",
        )
