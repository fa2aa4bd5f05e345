"""The language identifier, loaded: processes that are forked after its import share it."""

from lzma import LZMAError
from typing import Final

from ultralink_data.text.byte_walk import ByteWalker, identifier


def _loaded() -> ByteWalker:
    try:
        return identifier()
    except (OSError, ValueError, LZMAError) as error:
        # Any other error would end the process that forks, before a worker could tell of it.
        raise ImportError(f"the model of py3langid cannot be loaded: {error}") from error


IDENTIFIER: Final = _loaded()
