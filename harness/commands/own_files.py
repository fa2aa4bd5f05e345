"""Reports may be written over an earlier report of the same kind, never over anything else."""

from pathlib import Path

import msgspec

from ultralink_data.errors import ConfigError


def refuse_foreign_json(path: Path | None, report: type[msgspec.Struct]) -> None:
    """Refuse a file that is there and no `report`, before anything runs.

    Raises:
        ConfigError: what stands at `path` does not decode as one, or is no file.
    """
    if path is None or not path.exists():
        return
    try:
        msgspec.json.decode(path.read_bytes(), type=report)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        raise _foreign(path) from None


def refuse_foreign_markdown(path: Path | None, opening: str) -> None:
    """Refuse a file that is there and does not begin as our own do, before anything runs.

    Raises:
        ConfigError: what stands at `path` begins otherwise, or is no file.
    """
    if path is None or not path.exists():
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
        f"{path} exists and is no earlier report of this command",
        hint="choose another name, or move it away",
    )
