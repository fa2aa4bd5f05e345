"""Letters as strokes, for pictures of pixels: what ASCII has of letters, digits and a few signs.

Each letter is a list of strokes, each stroke pairs of digits: x from 0 to 4, and y from 0 (the top
of a capital) over 6 (the base line) to 8. A stroke of one place twice is a dot.
"""

from collections.abc import Iterator
from typing import Final

ADVANCE: Final = 5.6
"""From one letter to the next."""
CAPITAL: Final = 6.0
"""Height of a capital."""

_UNKNOWN: Final = "0040460600"
_STROKES: Final = {
    " ": "",
    "0": "103041453616050110",
    "1": "112026 1636",
    "2": "01103041420646",
    "3": "01103041423313 334445361605",
    "4": "36300444",
    "5": "400002324345361605",
    "6": "4130100105163645443303",
    "7": "004016",
    "8": "103041423313020110 1304051636454433",
    "9": "4313020110304145361605",
    "A": "062046 1434",
    "B": "00063645443303 0030414233",
    "C": "4130100105163645",
    "D": "00063645413000",
    "E": "40000646 0333",
    "F": "400006 0333",
    "G": "41301001051636454323",
    "H": "0006 4046 0343",
    "I": "1030 2026 1636",
    "J": "4045361605",
    "K": "0006 4004 1346",
    "L": "000646",
    "M": "0600234046",
    "N": "06004640",
    "O": "103041453616050110",
    "P": "06003041423303",
    "Q": "103041453616050110 2446",
    "R": "06003041423303 2346",
    "S": "413010010213334445361605",
    "T": "0040 2026",
    "U": "000516364540",
    "V": "002640",
    "W": "0016233640",
    "X": "0046 4006",
    "Y": "002340 2326",
    "Z": "00400646",
    "a": "12324346 441405163645",
    "b": "0006 0312324345361605",
    "c": "4332120305163645",
    "d": "4046 4332120305163645",
    "e": "04444332120305163645",
    "f": "30201116 0232",
    "g": "4332120305163645 4247381807",
    "h": "0006 0312324346",
    "i": "2226 2020",
    "j": "22271808 2020",
    "k": "0006 3205 1436",
    "l": "202536",
    "m": "0206 03122326 23324346",
    "n": "0206 0312324346",
    "o": "123243453616050312",
    "p": "0208 0312324345361605",
    "q": "4248 4332120305163645",
    "r": "0206 03123243",
    "s": "43321203143445361605",
    "t": "10152636 0232",
    "u": "0205163645 4246",
    "v": "022642",
    "w": "0216233642",
    "x": "0246 4206",
    "y": "0226 4218",
    "z": "02420646",
    ".": "2626",
    ",": "2617",
    ":": "2323 2626",
    "-": "1333",
    "+": "0343 2125",
    "=": "0242 0444",
    "/": "4006",
    "%": "4006 1111 3535",
    "(": "30212536",
    ")": "10212516",
    "_": "0747",
}


def strokes(text: str) -> Iterator[list[tuple[float, float]]]:
    """The strokes of a text from (0, 0) on, in units; a letter that is not known is a box."""
    for place, letter in enumerate(text):
        for stroke in _STROKES.get(letter, _UNKNOWN).split():
            numbers = [float(digit) for digit in stroke]
            xs, ys = numbers[::2], numbers[1::2]
            yield [(x + place * ADVANCE, y) for x, y in zip(xs, ys, strict=True)]


def text_width(text: str) -> float:
    """Width of a text, in units."""
    return max(len(text) * ADVANCE - (ADVANCE - 4), 0.0)
