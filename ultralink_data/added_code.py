"""Errors in code that somebody adds: a language, a benchmark, a backend, an ablation.

Such a file is not ours, so what is wrong in it is stated as any other input's fault is: file, line
and what to do, without a traceback.
"""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from ultralink_data.errors import BenchError, ConfigError


@contextmanager
def blaming(path: Path | None, what: str, begins: str = "") -> Iterator[None]:
    """Turn an exception of the code in this file into an error with file and line.

    `begins` is the place to name if the exception has no line in the file.

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
        if path is None:
            raise
        lines = [
            frame.lineno
            for frame in traceback.extract_tb(error.__traceback__)
            if frame.filename == str(path)
        ]
        place = f"{path}:{lines[-1]}" if lines else begins or str(path)
        words = " ".join(str(error).split())
        raise ConfigError(
            f"{place}: {what}: {type(error).__name__}: {words}", hint="fix this line of the file"
        ) from error


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
