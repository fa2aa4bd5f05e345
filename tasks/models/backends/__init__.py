"""What runs a model: one module a backend, named as `--backend` names it, with `-` as `_`.

A model's path or name comes in; an lm-eval model, and how its rows ended, go to `tasks.evaluate`.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ultralink_data.added_code import exported
from ultralink_data.errors import unknown_name

if TYPE_CHECKING:
    from tasks.models.backend import Backend


@cache
def names() -> tuple[str, ...]:
    """The backends' names, sorted; none is imported."""
    found = sorted(Path(__file__).parent.glob("*.py"))
    return tuple(path.stem.replace("_", "-") for path in found if path.stem != "__init__")


def get(name: str) -> "Backend":
    """The backend with this name.

    Raises:
        ConfigError: there is none (offers the nearest names), or its file is invalid.
    """
    if name not in names():
        raise unknown_name("backend", name, names())
    from tasks.models.backend import Backend

    module = name.replace("-", "_")
    path = Path(__file__).with_name(f"{module}.py")
    found: Backend = exported(f"{__name__}.{module}", path, "BACKEND", Backend)
    return found
