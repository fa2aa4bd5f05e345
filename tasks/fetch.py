"""Download benchmark files from upstream: pinned commits, each file checked by its SHA-256.

Each benchmark declares what it needs (`Benchmark.pinned`). A file is complete or absent.
"""

import ast
import hashlib
import json
import logging
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from tasks import registry
from tasks.pins import PinnedFile, PinnedSource
from ultralink_data import atomic
from ultralink_data.completion import file_fault
from ultralink_data.errors import ConfigError, DataError, PrerequisiteError, unknown_name

BASE_URL: Final = "https://raw.githubusercontent.com"
TIMEOUT_SECONDS: Final = 60


def sources() -> dict[str, PinnedSource]:
    """The files that can be fetched, by benchmark.

    Raises:
        DataError: a benchmark's list of files is damaged.
    """
    pinned = {name: registry.get(name).pinned() for name in registry.names()}
    return {name: source for name, source in pinned.items() if source is not None}


def missing(names: Sequence[str], folder: Path, *, replace: bool) -> list[tuple[str, PinnedFile]]:
    """The files of these benchmarks that `folder` lacks, each with its base URL.

    Raises:
        ConfigError: an unknown benchmark; or a file with other content, unless `replace`.
    """
    known = sources()
    found = []
    for name in names:
        if name not in known:
            raise unknown_name("benchmark to fetch", name, known)
        for file in known[name].files:
            target = folder / file.name
            if target.is_file() and file_fault(target, file.mark) is None:
                continue
            if target.exists() and not replace:
                raise ConfigError(
                    f"{target} exists and is not upstream's file",
                    hint="move it away, or name another folder with -o",
                )
            found.append((known[name].base, file))
    return found


def fetch(
    files: Sequence[tuple[str, PinnedFile]],
    folder: Path,
    *,
    base_url: str = BASE_URL,
    on_done: Callable[[PinnedFile], None] | None = None,
) -> None:
    """Download files into `folder`, in order; files from before a failure are kept.

    Raises:
        PrerequisiteError: no connection, no such file, or the disk is full.
        DataError: the content is not the pinned one; nothing is left under the file's name.
    """
    for base, file in files:
        data = _download(f"{base_url.rstrip('/')}/{base}/{file.path}", file)
        if file.json_sha256:
            data = _literals_as_json(data)
            assert _sha256(data) == file.json_sha256, file.name
        atomic.write_bytes(folder / file.name, data)
        if on_done is not None:
            on_done(file)


def _download(url: str, file: PinnedFile) -> bytes:
    """The content of a URL, checked."""
    import pooch

    pooch.get_logger().setLevel(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        try:
            path = pooch.retrieve(
                url,
                known_hash=f"sha256:{file.sha256}",
                fname="file",
                path=folder,
                downloader=pooch.HTTPDownloader(timeout=TIMEOUT_SECONDS),
            )
        except OSError as error:
            raise PrerequisiteError(
                f"cannot download {url}: {_reason(error)}",
                hint="check the network or name a mirror with --mirror; finished files are kept;"
                " the same command goes on",
            ) from error
        except ValueError as error:
            raise DataError(
                f"{url} is not the pinned file: its SHA-256 is not {file.sha256[:12]}...",
                hint="a proxy or a mirror changed it: try another network or --mirror; "
                f"{file.name} was not written",
            ) from error
        return Path(path).read_bytes()


def _reason(error: Exception) -> str:
    """The first line of the innermost reason."""
    while error.args and isinstance(error.args[0], Exception):
        error = error.args[0]
    return str(getattr(error, "reason", None) or error).splitlines()[0]


def _literals_as_json(source: bytes) -> bytes:
    """The literals assigned in a Python file, as JSON by name; the file is not run."""
    found = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    return json.dumps(found, ensure_ascii=False, indent=1).encode()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
