"""Files appear whole or not at all: temporary name beside the target, then `os.replace`."""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ultralink_data.errors import PrerequisiteError

_CANNOT_WRITE = {
    *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO),
    *(errno.EROFS, errno.EACCES, errno.EPERM),
    *(errno.EEXIST, errno.EISDIR, errno.ENOTDIR, errno.ENAMETOOLONG),
}


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn an `OSError` of writing (disk, permission, path) into a two-line error."""
    try:
        yield
    except OSError as error:
        if error.errno not in _CANNOT_WRITE:
            raise
        raise PrerequisiteError(
            f"cannot write {path}: {error.strerror or error}",
            hint="free space or choose a writable folder; nothing was left under the final name",
        ) from error


def write_bytes(path: Path, data: bytes) -> None:
    """Write `data` to `path` so that a reader sees the old file or the new one, never a part.

    Raises:
        PrerequisiteError: the disk is full or the folder not writable.
    """
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(name, 0o644)
            os.replace(name, path)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(name)
            raise


def write_text(path: Path, text: str) -> None:
    """`write_bytes` of UTF-8 text with the line ends as they are."""
    write_bytes(path, text.encode("utf-8"))


@contextmanager
def new_directory(path: Path) -> Iterator[Path]:
    """A temporary folder that becomes `path` when the block ends well, and vanishes otherwise.

    An existing `path` is replaced (moved aside first, so that it is never half of each).

    Raises:
        PrerequisiteError: the disk is full or the folder not writable.
    """
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
        try:
            yield temporary
            temporary.chmod(0o755)
            replace_directory(temporary, path)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise


def replace_directory(source: Path, target: Path) -> None:
    """Move folder `source` to `target`, taking away a folder that stands there."""
    if target.exists():
        aside = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".old-{target.name}."))
        os.replace(target, aside / "old")
        os.replace(source, target)
        shutil.rmtree(aside, ignore_errors=True)
    else:
        os.replace(source, target)
