"""Files appear whole or not at all: temporary name beside the target, then `os.replace`."""

import ctypes
import errno
import fcntl
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from ultralink_data.errors import ConfigError, PrerequisiteError

_CANNOT_WRITE = {
    *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO),
    *(errno.EROFS, errno.EACCES, errno.EPERM),
    *(errno.EEXIST, errno.EISDIR, errno.ENOTDIR, errno.ENAMETOOLONG),
}
_HERE: Final = -100
"""`AT_FDCWD` of Linux: paths are taken as they are."""
_RENAME_EXCHANGE: Final = 2
_NO_EXCHANGE: Final = {errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EPERM}
"""No such call, or a file system (NFS, for one) or a sandbox that does not allow it."""
_HANDLES: Final = "/proc/self/fd"
_CAN_NAME: Final = hasattr(os, "O_TMPFILE") and os.path.isdir(_HANDLES)
"""Whether a file can be made without a name and be given one later: Linux, with its `/proc`."""
_ASIDE: Final = ".old-"
_OLD: Final = "old"
_PART: Final = ".part-"
_NEW: Final = 60.0
"""Seconds in which a folder may be one that its process is about to lock."""


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


def check_writable(path: Path) -> None:
    """Refuse, before hours of work, a path whose folder is no folder or may not be written.

    Raises:
        PrerequisiteError: as `write_bytes` would.
    """
    above = path.absolute().parent
    while not os.path.lexists(above):
        above = above.parent
    with disk_errors(path):
        if not above.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        try:
            with tempfile.TemporaryFile(dir=above):
                pass
        except FileNotFoundError as error:  # a file system such as /proc
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES)) from error


def make_parent(path: Path) -> None:
    """Make the folders above `path`; use it in `disk_errors`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except FileNotFoundError as error:  # a file system such as /proc, or a deleted working folder
        raise PermissionError(errno.EACCES, error.strerror) from error


def write_bytes(path: Path, data: bytes) -> None:
    """Write `data` to `path` so that a reader sees the old file or the new one, never a part.

    Raises:
        PrerequisiteError: the disk is full or the folder not writable.
    """
    with disk_errors(path):
        make_parent(path)
        handle, name = _new_file(path)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
                os.chmod(file.fileno(), 0o644)
                name = name or _named(file.fileno(), path)
            os.replace(name, path)
        except BaseException:
            if name is not None:
                with suppress(FileNotFoundError):
                    os.unlink(name)
            raise


def _new_file(path: Path) -> tuple[int, str | None]:
    """A new file beside `path`, open for writing, and its name: none where that can be.

    A file without a name goes with its process, however that ends.
    """
    if _CAN_NAME:
        with suppress(OSError):  # a file system without such files; or what `mkstemp` says better
            return os.open(path.parent, os.O_TMPFILE | os.O_WRONLY | os.O_CLOEXEC, 0o600), None
    return tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")


def _named(handle: int, path: Path) -> str:
    """Give an open file without a name one beside `path`."""
    name = str(path.parent / f".{path.name}.{os.urandom(4).hex()}")
    # With a `src_dir_fd`, which an absolute path does not use, Python follows the link.
    os.link(f"{_HANDLES}/{handle}", name, src_dir_fd=handle)
    return name


def write_text(path: Path, text: str) -> None:
    """`write_bytes` of UTF-8 text with the line ends as they are."""
    write_bytes(path, text.encode("utf-8"))


@contextmanager
def new_directory(path: Path, *, replaces: bool = True) -> Iterator[Path]:
    """A temporary folder that becomes `path` when the block ends well, and vanishes otherwise.

    An existing `path` is replaced by `replace_directory`, so that it is never half of each; unless
    it `replaces` nothing: then what another process has made there meanwhile stays. What killed
    processes left of the same folder is removed: each holds a lock on its own.

    Raises:
        ConfigError: something is there that is not to be replaced.
        PrerequisiteError: the disk is full or the folder not writable.
    """
    with disk_errors(path):
        make_parent(path)
        _remove_leftovers(path)
        temporary = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}{_PART}"))
        held = _locked(temporary)
        try:
            yield temporary
            temporary.chmod(0o755)
            (replace_directory if replaces else _add_directory)(temporary, path)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
        finally:
            if held is not None:
                os.close(held)


def _remove_leftovers(path: Path) -> None:
    """Remove temporary folders of `path` that no process holds, unless they are quite new."""
    name = re.compile(re.escape(f".{path.name}{_PART}") + r"[a-z0-9_]{8}")
    beside: list[Path] = []
    with suppress(OSError):  # a folder may be writable and not readable
        listed = [one for one in path.parent.iterdir() if name.fullmatch(one.name)]
        beside = [one for one in listed if one.is_dir() and not one.is_symlink()]
    for found in beside:
        with suppress(OSError):  # it went meanwhile, or belongs to somebody else
            held = _locked(found)
            if held is not None:
                if time.time() - found.stat().st_mtime > _NEW:
                    shutil.rmtree(found, ignore_errors=True)
                os.close(held)


def _locked(folder: Path) -> int | None:
    """A handle that locks a folder while it is open; None if another process has it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # also a file system without locks
        os.close(handle)
        return None
    return handle


def _add_directory(source: Path, target: Path) -> None:
    """Move folder `source` to `target`, where nothing is; an empty folder is nothing."""
    try:
        source.rename(target)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
            raise ConfigError(
                f"{target} is there now, and was not at first: another process has made it",
                hint="give the same command another folder; what it had made is not made again",
            ) from error
        raise


def replace_directory(source: Path, target: Path) -> None:
    """Move folder `source` to `target`, replacing what is there.

    The two change places in one step where kernel and file system can (Linux's `RENAME_EXCHANGE`),
    so that a process killed at any moment leaves either the old or the new folder at `target`.
    Elsewhere the old one is moved aside first; if the process is killed between the two steps, it
    stays there until `recover_directory` puts it back.
    """
    if not os.path.lexists(target):
        recover_directory(target)
    while os.path.lexists(target):
        if _exchange(source, target):
            _remove(source)
            return
        aside = Path(tempfile.mkdtemp(dir=target.parent, prefix=f"{_ASIDE}{target.name}."))
        os.replace(target, aside / _OLD)
        try:
            os.replace(source, target)
        except OSError as error:
            if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
                continue  # another process looked in between and put the old one back
            recover_directory(target)
            raise
        shutil.rmtree(aside, ignore_errors=True)
        return
    os.replace(source, target)


def recover_directory(target: Path) -> bool:
    """Put back the folder a killed `replace_directory` left aside; returns whether there was one.

    Does nothing if the name is taken.
    """
    if os.path.lexists(target) or not target.parent.is_dir():
        return False
    name = re.compile(re.escape(f"{_ASIDE}{target.name}.") + r"[^.]+")
    for aside in sorted(target.parent.iterdir()):
        if name.fullmatch(aside.name) and (aside / _OLD).is_dir():
            with disk_errors(target):
                os.replace(aside / _OLD, target)
            shutil.rmtree(aside, ignore_errors=True)
            return True
    return False


def _exchange(one: Path, other: Path) -> bool:
    """Swap two paths in one step; False if this system cannot."""
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:
        return False
    call.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
    if call(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _NO_EXCHANGE:
        return False
    raise OSError(number, os.strerror(number), str(one), None, str(other))


def _remove(path: Path) -> None:
    """Delete a folder, a link or a file."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
