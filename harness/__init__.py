"""The command line, the experiments, and the store of their artefacts.

Input: command-line arguments. Output: artefacts, records and tables.

From Python: `import harness; harness.run(ablation="prune", profile="tiny")` (docs/python_api.md).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.python_run import RunOptions, RunWarning, run

__all__ = ("RunOptions", "RunWarning", "run")


def __getattr__(name: str) -> Any:
    """A public name, imported when it is used.

    Raises:
        AttributeError: there is none of that name.
    """
    if name in __all__:
        return getattr(import_module(f"{__name__}.python_run"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """The public names too, for completion."""
    return sorted({*globals(), *__all__})
