"""Whether programs of a model are isolated: always, unless a user explicitly turns it off.

Apart from `tasks.sandbox`, so that an evaluation that runs no programs does not depend on it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

NOT_ISOLATED: Final = "none: programs ran with the rights of the user (--no-sandbox)"
"""What a run record says in place of the limits in force."""

_isolated: ContextVar[bool] = ContextVar("isolated", default=True)


def isolated() -> bool:
    """Whether programs run now need a sandbox."""
    return _isolated.get()


@contextmanager
def isolation(wanted: bool) -> Iterator[None]:
    """Context manager; with `wanted` false, programs inside it run without a sandbox."""
    token = _isolated.set(wanted)
    try:
        yield
    finally:
        _isolated.reset(token)
