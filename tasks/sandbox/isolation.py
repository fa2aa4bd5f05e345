"""Whether programs of a model are isolated. They are, unless a user has said otherwise in words."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

NOT_ISOLATED: Final = "none: programs ran with the rights of the user (--no-sandbox)"
"""What a run record says instead of what was in force."""

_isolated: ContextVar[bool] = ContextVar("isolated", default=True)


def isolated() -> bool:
    """Whether programs that are run now need a sandbox."""
    return _isolated.get()


@contextmanager
def isolation(wanted: bool) -> Iterator[None]:
    """With `wanted` false, what runs inside runs programs without a sandbox."""
    token = _isolated.set(wanted)
    try:
        yield
    finally:
        _isolated.reset(token)
