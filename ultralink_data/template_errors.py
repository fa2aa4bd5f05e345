"""What a chat template raises, as an error of two lines: a template is a program from elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager

from ultralink_data.errors import BenchError, ConfigError


@contextmanager
def template_errors(what: str, hint: str) -> Iterator[None]:
    """Turn what a template raises, when it is read or rendered, into a user's error.

    That may be anything: `raise_exception`, a syntax error, or what its expressions raise, such as
    adding a number to a text. `what` says what it did not do, and the reason follows.

    Raises:
        ConfigError: in place of those errors.
    """
    from jinja2 import TemplateError

    try:
        yield
    except (BenchError, ImportError, MemoryError):
        raise
    except Exception as error:  # whatever the program raises
        kind = "" if isinstance(error, TemplateError) else f"{type(error).__name__}: "
        reason = " ".join(str(error).split())
        raise ConfigError(f"{what}: {kind}{reason}", hint=hint) from error
