"""Errors in code that somebody adds: a language, a benchmark, a backend, an ablation.

Such a file is not ours, so what is wrong in it is stated as any other input's fault is: file, line
and what to do, without a traceback. Whoever wants to see it sets `ULTRALINK_TRACEBACK=1`.
"""

import os
import re
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import wraps
from importlib import import_module
from pathlib import Path
from types import FunctionType
from typing import Any, Final, NamedTuple

import msgspec

from ultralink_data.errors import BenchError, ConfigError
from ultralink_data.field_types import wrong_field

SHOW_TRACEBACK: Final = "ULTRALINK_TRACEBACK"
"""The environment variable with which exceptions of added code are not made into two lines."""


_exports: dict[Path, Any] = {}
"""What the files that were loaded export."""


class Returns(NamedTuple):
    """What a method gives: an object of `kind`, a sequence of them if `many`, or perhaps None.

    No two of a sequence have the same value in the field `unique`.
    """

    kind: type
    many: bool = False
    none: bool = False
    unique: str = ""


@contextmanager
def blaming(
    path: Path | None, what: str, begins: str = "", *, only_there: bool = False
) -> Iterator[None]:
    """Turn an exception of the code in this file into an error with file and line.

    `begins` is the place to name if the exception has no line in the file; with `only_there` such
    an exception passes as it is.

    Raises:
        ConfigError: in place of any exception that is not a `BenchError`.
    """
    try:
        yield
    except BenchError:
        raise
    except SyntaxError as error:
        raise ConfigError(
            f"{error.filename or path}:{error.lineno}: {error.msg}",
            hint="fix this line; it is not valid Python",
        ) from error
    except (Exception, SystemExit) as error:
        if path is None or os.environ.get(SHOW_TRACEBACK):
            raise
        fault = fault_in_pattern(error)
        if fault is not None:
            raise fault from error
        lines = [
            frame.lineno
            for frame in traceback.extract_tb(error.__traceback__)
            if frame.filename == str(path)
        ]
        if only_there and not lines:
            raise
        place = f"{path}:{lines[-1]}" if lines else begins or str(path)
        words = " ".join(str(error).split())
        raise ConfigError(
            f"{place}: {what}: {type(error).__name__}: {words}",
            hint=f"fix this line of the file; {SHOW_TRACEBACK}=1 before the command shows the "
            "whole traceback",
        ) from error


def blame_methods(cls: type, kind: str, returns: Mapping[str, Returns]) -> None:
    """Let each public method that `cls` defines say where it failed, in two lines.

    `kind` says what objects of the class are; `returns` what some of the methods must give.
    """
    for name, method in list(vars(cls).items()):
        abstract = getattr(method, "__isabstractmethod__", False)
        if isinstance(method, FunctionType) and not name.startswith("_") and not abstract:
            setattr(cls, name, _blamed(method, kind, returns.get(name)))


def _blamed(method: FunctionType, kind: str, returns: Returns | None) -> Callable[..., Any]:
    """The method, which raises a `ConfigError` in place of any exception that is none of ours."""

    @wraps(method)
    def call(self: object, *args: Any, **more: Any) -> Any:
        try:
            found = method(self, *args, **more)
        except BenchError:
            raise
        except Exception:
            path = file_of(type(self))
            with blaming(path, f"{_named(self, kind)}: {method.__name__}"):
                raise
        if returns is not None and (wrong := _misfit(found, returns)):
            place = f"{method.__code__.co_filename}:{method.__code__.co_firstlineno}"
            raise ConfigError(
                f"{place}: {_named(self, kind)}: {method.__name__} returned {wrong}",
                hint="correct what this method returns",
            )
        return found

    return call


def file_of(cls: type) -> Path:
    """The file that defines a class."""
    module = sys.modules.get(cls.__module__)
    return Path(getattr(module, "__file__", None) or cls.__module__)


def _named(thing: object, kind: str) -> str:
    name = getattr(thing, "name", None) or type(thing).__module__.rpartition(".")[2]
    return f"{kind} {name}"


def _misfit(found: object, returns: Returns) -> str:
    """How a value is not what it should be; "" if it is."""
    kind, many = returns.kind.__name__, returns.many
    if found is None and returns.none:
        return ""
    if many and (isinstance(found, str | bytes) or not isinstance(found, Sequence)):
        return f"a {type(found).__name__}, not a list of {kind}"
    for one in found if many and isinstance(found, Sequence) else (found,):
        if not isinstance(one, returns.kind):
            return f"a {type(one).__name__}" + (" in its list" if many else "") + f", not a {kind}"
        if isinstance(one, msgspec.Struct) and (wrong := wrong_field(one)):
            return f"a {kind} whose {wrong}"
    if returns.unique and isinstance(found, Sequence):
        counts = Counter(getattr(one, returns.unique) for one in found)
        for value, times in counts.items():
            if times > 1:
                return f"{times} objects with {returns.unique} {value!r}"
    return ""


def exported(module: str, path: Path, name: str, kind: type) -> Any:
    """What the module at this path exports under `name`, which must be a `kind`.

    Raises:
        ConfigError: the file does not run, or exports nothing or something else under the name.
    """
    with blaming(path, "the file does not run"):
        found = getattr(import_module(module), name, None)
    if not isinstance(found, kind):
        said = "missing" if found is None else f"a {type(found).__name__}, not a {kind.__name__}"
        if isinstance(found, type):
            said = f"the class {found.__name__}, not an object of it"
        raise ConfigError(f"{path}: {name} is {said}", hint=f"assign a {kind.__name__} to {name}")
    _exports[path] = found
    return found


def fault_in_pattern(error: BaseException) -> ConfigError | None:
    """The fault in an added file that made this exception: a text that is no regular expression.

    Most patterns of a language are first compiled where they are used, in code that is not at
    fault. None if the exception is another, or no file that was loaded holds the pattern.
    """
    if not isinstance(error, re.error) or os.environ.get(SHOW_TRACEBACK):
        return None
    whole = str(error.pattern or "")
    held = [
        (len(text), path, text)
        for path, thing in _exports.items()
        for text in _texts(thing)
        if text in whole and _not_compiled(text)
    ]
    if not held:
        return None
    _, path, text = max(held)  # a shorter one may stand in it by chance: a question mark
    lines = path.read_text("utf-8").split("\n")
    written = (text, repr(text)[1:-1])
    at = [n for n, line in enumerate(lines, 1) if any(form in line for form in written)]
    place = f"{path}:{at[0]}" if at else str(path)
    return ConfigError(
        f"{place}: {text!r} is no regular expression: {_not_compiled(text)}",
        hint="correct the pattern; a bracket that is meant as a character needs a backslash",
    )


def _texts(thing: Any) -> Iterator[str]:
    """All texts in an object and in its fields and items."""
    if isinstance(thing, str):
        if thing:
            yield thing
    elif isinstance(thing, msgspec.Struct):
        for field in thing.__struct_fields__:
            yield from _texts(getattr(thing, field))
    elif isinstance(thing, Mapping):
        yield from _texts(tuple(thing.values()))
    elif isinstance(thing, tuple | list):
        for one in thing:
            yield from _texts(one)


def _not_compiled(text: str) -> str:
    """Why this is no regular expression; "" if it is one."""
    try:
        re.compile(text)
    except re.error as error:
        return str(error)
    return ""
