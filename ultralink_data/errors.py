"""The one exception tree: errors that a user can fix, stated in two lines.

The command line prints `message` and `hint` and exits with `exit_code`; a traceback appears
only for our own bugs, which are never a `BenchError`.
"""

from collections.abc import Iterable
from typing import ClassVar

from ultralink_data.nearest import nearest


class BenchError(Exception):
    """An error that the user can fix.

    `message` says what is wrong with which value; `hint` says what to do about it.
    """

    exit_code: ClassVar[int] = 3

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle with the hint, so that an error passes between processes unchanged."""
        return (_rebuild, (type(self), self.message, self.hint))


class ConfigError(BenchError):
    """An unknown or invalid option, name or configuration field."""

    exit_code: ClassVar[int] = 2


class DataError(BenchError):
    """A file whose content does not match its format; names file, line and field."""


class PrerequisiteError(BenchError):
    """Something outside is missing: a file, a program, a package, room on the disk."""


class LLMError(BenchError):
    """A language-model endpoint failed, or refused, after all tries."""


class RefusedRequestError(LLMError):
    """A request that the endpoint will not answer as it is, such as a prompt that is too long."""


class EndpointError(LLMError):
    """An endpoint that refuses every request: wrong key, model, address, or no quota left."""


class UnprovenEndpointError(EndpointError):
    """A request was refused, as all others may be: the endpoint has answered none so far."""


class AllRefusedError(EndpointError):
    """All requests in a row were refused: the cause is something they share, not a row."""


class BudgetError(BenchError):
    """Going on could exceed the allowed cost; nothing was sent past the limit."""

    exit_code: ClassVar[int] = 4


def _rebuild(kind: type[BenchError], message: str, hint: str) -> BenchError:
    return kind(message, hint=hint)


def unknown_name(what: str, name: str, known: Iterable[str]) -> ConfigError:
    """The error for a name that is not registered: offers the nearest known ones first."""
    names = sorted(known)
    near = nearest(name, names)
    rest = [n for n in names if n not in near]
    hint = f"known: {', '.join(near + rest)}" if names else f"no {what} is registered"
    if near:
        hint = f"did you mean {near[0]!r}? {hint}"
    return ConfigError(f"unknown {what} {name!r}", hint=hint)
