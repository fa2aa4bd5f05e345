"""Errors in code that somebody adds: a language, a benchmark, a backend, an ablation.

Such a file is not ours, so what is wrong in it is stated as any other input's fault is: file, line
and what to do, without a traceback. Whoever wants to see it sets `ULTRALINK_TRACEBACK=1`.
"""

import os
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import wraps
from importlib import import_module
from pathlib import Path
from types import FunctionType
from typing import Any, Final, NamedTuple

from ultralink_data.errors import BenchError, ConfigError

SHOW_TRACEBACK: Final = "ULTRALINK_TRACEBACK"
"""The environment variable with which exceptions of added code are not made into two lines."""


class Returns(NamedTuple):
    """What a method gives: an object of `kind`, a sequence of them if `many`, or perhaps None."""

    kind: type
    many: bool = False
    none: bool = False


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
    return found
