"""Simplified and traditional Chinese, told apart and converted by OpenCC."""

from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from opencc import OpenCC

_SHARE: Final = 0.15
_LEAST: Final = 2


@cache
def converter(configuration: str) -> "OpenCC":
    """OpenCC's converter of a configuration (`t2s`)."""
    from opencc import OpenCC

    return OpenCC(configuration)


def is_other_script(text: str, configuration: str) -> bool:
    """Whether a text is not in the script that an OpenCC configuration converts to.

    A quoted name does not make it so: at least two characters differ, and 15 % of all letters.
    Traditional prose has about a third that differ.
    """
    converted: str = converter(configuration).convert(text)
    changed = sum(one != other for one, other in zip(text, converted, strict=False))
    return changed >= max(_LEAST, _SHARE * sum(map(str.isalpha, text)))
