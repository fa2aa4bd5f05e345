"""The units of a row's turns and their hashes, for all measures that read the words of a row."""

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ultralink_data.text.unit_hashes import unit_hashes
from ultralink_data.text.units import Units, characters_of, normal_units, normalise

if TYPE_CHECKING:
    from ultralink_data.text.unit_hashes import Hashes


class RowUnits(NamedTuple):
    """The turns of a row, normalised and in units, and the hashes of the units of all turns.

    `characters` are those of the turns that hold a script without spaces, `shingled` those of all
    turns if one does: numbers in the other turns are among them.
    """

    normal: tuple[str, ...]
    turns: tuple[Units, ...]
    words: "Hashes"
    characters: "Hashes"
    shingled: "Hashes"


@lru_cache(maxsize=1)
def row_units(turns: tuple[str, ...]) -> RowUnits:
    """What problems, near and exact duplicates are found by; read once for a row."""
    normal = tuple(map(normalise, turns))
    found = tuple(map(normal_units, normal))
    characters = unit_hashes([one for turn in found for one in turn.characters])
    shingled = characters
    if len(characters) and not all(turn.characters for turn in found):
        shingled = unit_hashes([one for turn in normal for one in characters_of(turn)])
    return RowUnits(
        normal=normal,
        turns=found,
        words=unit_hashes([word for turn in found for word in turn.words]),
        characters=characters,
        shingled=shingled,
    )
