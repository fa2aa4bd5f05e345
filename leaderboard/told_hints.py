"""Errors as Python shows them: what to do stands below what is wrong, as on the command line."""

from collections.abc import Iterator
from contextlib import contextmanager

from ultralink_data.errors import BenchError


@contextmanager
def hints_told() -> Iterator[None]:
    """Give errors raised in the block, or in the decorated function, their hint as a note.

    Raises:
        BenchError: what the block raised, with the note.
    """
    try:
        yield
    except BenchError as error:
        if error.hint not in getattr(error, "__notes__", ()):
            error.add_note(error.hint)
        raise
