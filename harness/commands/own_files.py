"""Let a report overwrite only an earlier report of the same kind."""

from pathlib import Path

import msgspec

from ultralink_data import atomic
from ultralink_data.errors import ConfigError
from ultralink_data.json_text import json_value


def refuse_foreign_json(path: Path | None, report: type[msgspec.Struct]) -> None:
    """Refuse, before anything runs, to overwrite a file that is not a `report`.

    Raises:
        ConfigError: `path` exists but does not decode as one, or is not a file.
        PrerequisiteError: its folder cannot be written.
    """
    if path is None:
        return
    atomic.check_writable(path)
    if not path.exists():
        return
    try:
        json_value(path.read_bytes(), report)
    except (OSError, msgspec.DecodeError):
        raise _foreign(path) from None


def refuse_foreign_markdown(path: Path | None, opening: str) -> None:
    """Refuse, before anything runs, to overwrite a file that does not start with `opening`.

    Raises:
        ConfigError: `path` exists but starts otherwise, or is not a file.
        PrerequisiteError: its folder cannot be written.
    """
    if path is None:
        return
    atomic.check_writable(path)
    if not path.exists():
        return
    wanted = opening.encode()
    try:
        with path.open("rb") as file:
            own = file.read(len(wanted)) == wanted
    except OSError:
        own = False
    if not own:
        raise _foreign(path)


def _foreign(path: Path) -> ConfigError:
    return ConfigError(
        f"{path} exists and is not an earlier report of this command",
        hint="choose another name, or move it away",
    )
