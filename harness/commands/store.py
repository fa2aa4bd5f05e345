"""`ultralink-bench store`: list, verify and clean the artefacts."""

import argparse
import math
import re
import shutil
import time
from pathlib import Path

from harness import show
from harness.engine.artefact_store import (
    ANSWERS,
    MARKER,
    SHELVES,
    DamagedArtefact,
    Marker,
    Shelf,
    Store,
)
from harness.progress.terminal import TERMINAL
from leaderboard.table import Column, Table, TableRow, text_cell
from ultralink_data.errors import ConfigError, PrerequisiteError


def _store(folder: Path) -> Store:
    """The store in a folder; an empty listing would hide a mistyped path.

    Raises:
        PrerequisiteError: there is no such folder.
    """
    if not folder.is_dir():
        raise PrerequisiteError(
            f"no store at {folder}",
            hint="name the folder with --runs; `run`, `eval` and `train` make it",
        )
    return Store(folder)


def ls(arguments: argparse.Namespace) -> int:
    """Print every artefact: shelf, key, stage, seed, size, when."""
    store = _store(arguments.runs)
    rows = []
    for shelf, key in store.all_keys():
        marker = _marker(store, shelf, key, full=False)
        if isinstance(marker, DamagedArtefact):
            texts = (shelf, key[:12], "damaged", "", "", "")
        else:
            size = sum(file.size for file in marker.files)
            seed = "" if marker.seed is None else str(marker.seed)
            when = marker.circumstances.started.replace("T", " ")[:16]
            texts = (shelf, key[:12], marker.stage, seed, f"{size / 1e6:,.1f}", when)
        rows.append(TableRow(cells=tuple(map(text_cell, texts))))
    names = ("shelf", "key", "stage", "seed", "MB", "made")
    columns = tuple(Column(name=n, align="right" if n in ("seed", "MB") else "left") for n in names)
    show.print_tables([Table(title=f"Store {arguments.runs}", columns=columns, rows=tuple(rows))])
    return 0


def verify(arguments: argparse.Namespace) -> int:
    """Check every file of every artefact; exit code 1 if one is damaged."""
    store, out = _store(arguments.runs), show.console()
    damaged = []
    keys = store.all_keys()
    with TERMINAL.work("verify", len(keys), unit="artefacts") as meter:
        for shelf, key in meter.over(keys):
            try:
                store.check(shelf, key, full=True)
            except DamagedArtefact as error:
                damaged.append(error.message)
    for message in damaged:
        out.print(message, soft_wrap=True)
    out.print(f"{len(keys)} artefacts checked, {len(damaged)} damaged")
    if damaged:
        out.print("`ultralink-bench store gc` removes damaged ones; the next run makes them again")
    return 1 if damaged else 0


def gc(arguments: argparse.Namespace) -> int:
    """Remove damaged artefacts, leftovers of killed runs, and complete artefacts of a given age.

    A key whose lock is held belongs to a run in progress and is left alone.
    """
    days = arguments.older_than
    if days is not None and not 0 <= days < math.inf:
        raise ConfigError(f"--older-than {days:g}", hint="give a number of days, 0 or more")
    store, out = _store(arguments.runs), show.console()
    freed = 0
    for path, why in _removable(store, days):
        size = sum(p.stat().st_size for p in path.rglob("*") if p.is_file())
        freed += size
        out.print(f"{why}: {path} ({size / 1e6:,.1f} MB)", soft_wrap=True)
        if not arguments.dry_run:
            shutil.rmtree(path, ignore_errors=True)
    out.print(f"{'would free' if arguments.dry_run else 'freed'} {freed / 1e6:,.1f} MB")
    return 0


def _removable(store: Store, days: float | None) -> list[tuple[Path, str]]:
    found: list[tuple[Path, str]] = []
    for shelf, key in store.all_keys():
        marker = _marker(store, shelf, key, full=True)
        path = store.path(shelf, key)
        if isinstance(marker, DamagedArtefact):
            found.append((path, "damaged"))
        elif days is not None and (path / MARKER).stat().st_mtime < time.time() - days * 86400:
            found.append((path, f"older than {days:g} days"))
    if days is not None:
        for path in (store.root / ANSWERS).glob("*"):
            times = [p.stat().st_mtime for p in path.rglob("*") if p.is_file()]
            if max(times, default=0.0) < time.time() - days * 86400:
                found.append((path, f"answers older than {days:g} days"))
    for shelf in SHELVES:
        found += [(p, "left over") for p in (store.root / shelf).glob(".*") if p.is_dir()]
    found += [(p, "left over") for p in (store.root / "work").glob("*") if p.is_dir()]
    return [(path, why) for path, why in found if not store.is_locked(_key(path.name))]


def _key(name: str) -> str:
    """The key in the name of an artefact (`KEY`) or of a temporary folder (`..KEY.xyz`)."""
    found = re.search("[0-9a-f]{32}", name)
    return found[0] if found else name


def _marker(store: Store, shelf: Shelf, key: str, *, full: bool) -> Marker | DamagedArtefact:
    try:
        return store.check(shelf, key, full=full)
    except DamagedArtefact as error:
        return error
