"""Installed packages that a jail shows to the program, read-only and under `FOLDER`.

Shown are the files that the package's own list of files names, those of what it requires (without
its extras, with those that a package asks of another), and nothing else of the folder that they are
installed in: not the other packages there, and no file that someone put into a package's folder.
"""

import functools
import os
import sys
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

import msgspec

from ultralink_data.errors import ConfigError, PrerequisiteError

if TYPE_CHECKING:
    from importlib.metadata import Distribution

FOLDER: Final = "/packages"
_OPTION: Final = "--sandbox-packages"


class ShownPackages(msgspec.Struct, frozen=True, kw_only=True):
    """What a jail shows: `binds` of host path and path inside, as few as possible.

    `versions` are "name version" of every package, `roots` the host folders that they lie in,
    `modules` what the packages that were asked for are imported as.
    """

    binds: tuple[tuple[str, str], ...] = ()
    versions: tuple[str, ...] = ()
    roots: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()

    @property
    def provided(self) -> frozenset[str]:
        """The modules that a program can import from here."""
        places = (place.removeprefix(f"{FOLDER}/") for _, place in self.binds)
        return frozenset(place.partition("/")[0].removesuffix(".py") for place in places)


NO_PACKAGES: Final = ShownPackages()


@functools.cache
def find_packages(names: tuple[str, ...]) -> ShownPackages:
    """What shows these packages and all that they require.

    Raises:
        ConfigError: a name that no package can have.
        PrerequisiteError: one of them is not installed here, or not from a list of files.
    """
    found = _with_requirements(names)
    asked = list(found.values())[: len(dict.fromkeys(names))]
    kept: dict[Path, set[PurePosixPath]] = {}
    for name, installed in found.items():
        if installed.files is None:
            raise PrerequisiteError(
                f"package {name} was installed without a list of its files",
                hint="install it again with pip, not as editable",
            )
        root = Path(os.path.realpath(str(installed.locate_file(""))))
        files = (PurePosixPath(file) for file in installed.files)
        # Commands, in ../../bin, are no part of what can be imported.
        kept.setdefault(root, set()).update(file for file in files if ".." not in file.parts)
    binds = [
        # Some installers link each file to a store of theirs.
        (os.path.realpath(root / path), f"{FOLDER}/{path}")
        for root, files in kept.items()
        for path in _covering(root, PurePosixPath(), files)
    ]
    return ShownPackages(
        binds=tuple(binds),
        versions=tuple(sorted(f"{name} {one.version}" for name, one in found.items())),
        roots=tuple(map(str, kept)),
        modules=tuple(sorted({module for one in asked for module in _modules(one)})),
    )


def _modules(installed: "Distribution") -> Iterator[str]:
    """The packages that it installs; a single file beside them is rarely what one imports."""
    for file in installed.files or ():
        if len(file.parts) == 2 and file.name == "__init__.py" and file.parts[0].isidentifier():
            yield file.parts[0]


def _not_there(given: str, name: str, needed_by: str) -> ConfigError | PrerequisiteError:
    """The error for a package that is not installed, or for a module's name in place of one."""
    from importlib import metadata

    if not needed_by and given in sys.stdlib_module_names:
        return ConfigError(
            f"{_OPTION}: {given} is a part of Python, which programs can import anyway",
            hint="leave it out",
        )
    packages = () if needed_by else metadata.packages_distributions().get(given, ())
    if packages:
        return ConfigError(
            f"{_OPTION}: {given} is a module, not a package",
            hint=f"name its package: {_OPTION} {packages[0]}",
        )
    why = f", which {needed_by} requires," if needed_by else ""
    return PrerequisiteError(
        f"{_OPTION}: package {name}{why} is not installed here",
        hint=f"pip install {name}, into the environment of ultralink-bench",
    )


def _with_requirements(names: Collection[str]) -> "dict[str, Distribution]":
    """The packages, then what they require here, by normalised name."""
    from importlib import metadata

    from packaging.requirements import Requirement
    from packaging.utils import InvalidName, canonicalize_name

    found: dict[str, metadata.Distribution] = {}
    done: set[tuple[str, str]] = set()
    todo = [(name, "", "") for name in names]
    while todo:
        given, extra, needed_by = todo.pop(0)
        try:
            name = canonicalize_name(given, validate=True)
        except InvalidName as error:
            raise ConfigError(
                f"{_OPTION}: {given!r} is no name of a package",
                hint=f"name installed packages, such as {_OPTION} numpy,sympy",
            ) from error
        if (name, extra) in done:
            continue
        done.add((name, extra))
        try:
            found.setdefault(name, metadata.distribution(name))
        except metadata.PackageNotFoundError as error:
            raise _not_there(given, name, needed_by) from error
        for text in found[name].requires or ():
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                wanted = ("", *sorted(requirement.extras))
                todo += [(requirement.name, one, name) for one in wanted]
    return found


def _covering(
    root: Path, folder: PurePosixPath, files: Collection[PurePosixPath]
) -> Iterator[PurePosixPath]:
    """The fewest paths below `folder` that hold `files` and no other file.

    Compiled files beside a listed one are made by pip and by Python, and belong to it.
    """
    children: dict[PurePosixPath, list[PurePosixPath]] = {}
    depth = len(folder.parts) + 1
    for file in files:
        children.setdefault(PurePosixPath(*file.parts[:depth]), []).append(file)
    for child, below in sorted(children.items()):
        path = root / child
        if not path.exists():
            continue  # deleted after it was installed
        if path.is_file() or (not path.is_symlink() and _holds_only(root, path, set(below))):
            yield child
        elif path.is_dir():
            yield from _covering(root, child, below)


def _holds_only(root: Path, folder: Path, files: Collection[PurePosixPath]) -> bool:
    """Whether a folder has no file but these; a link counts as another file."""
    for place, folders, names in os.walk(folder):
        here = PurePosixPath(Path(place).relative_to(root))
        if any(os.path.islink(os.path.join(place, one)) for one in (*folders, *names)):
            return False
        compiled = here.name == "__pycache__"
        for name in names:
            source = here.parent / f"{name.partition('.')[0]}.py"
            if here / name not in files and not (compiled and source in files):
                return False
    return True
