"""A drawing as PNG: on white, so that it can be read on light and dark pages."""

import struct
import zlib
from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from leaderboard.chart_svg import LIGHT
from leaderboard.line_chart import Drawing, Role, Spot, Stroke, Words
from leaderboard.stroke_font import CAPITAL, strokes, text_width
from leaderboard.visible_text import visible

if TYPE_CHECKING:
    import numpy as np

    Pixels = np.ndarray[Any, np.dtype[np.float64]]

SCALE: Final = 2
"""Pixels of the picture for one of the drawing."""
_SHARE: Final = 0.68
"""Height of a capital, as a share of the size of a text."""


def chart_png(drawing: Drawing) -> bytes:
    """The picture, with smooth lines."""
    canvas = _Canvas(drawing.width, drawing.height)
    for mark in drawing.marks:
        if isinstance(mark, Stroke):
            canvas.lines([mark.points], mark.width, mark.role, mark.opacity)
        elif isinstance(mark, Spot):
            place = (mark.x, mark.y)
            canvas.lines([(place, place)], 2 * mark.radius, mark.role, 1.0)
        else:
            canvas.words(mark)
    return canvas.encoded()


class _Canvas:
    """Pixels, on which lines are laid one over the other."""

    def __init__(self, width: int, height: int) -> None:
        import numpy as np

        self._pixels: Pixels = np.empty((SCALE * height, SCALE * width, 3))
        self._pixels[:] = _colour("ground")

    def words(self, mark: Words) -> None:
        """A text, in strokes."""
        text = visible(mark.text)
        unit = mark.size * _SHARE / CAPITAL
        before = {"start": 0.0, "middle": 0.5, "end": 1.0}[mark.anchor] * text_width(text) * unit
        left, top = mark.x - before, mark.y - CAPITAL * unit
        placed = [[(left + x * unit, top + y * unit) for x, y in one] for one in strokes(text)]
        if placed:
            self.lines(placed, mark.size * (0.13 if mark.bold else 0.095), "ink", 1.0)

    def lines(
        self,
        every: Iterable[Iterable[tuple[float, float]]],
        width: float,
        role: Role,
        opacity: float,
    ) -> None:
        """Lines of one colour, which do not darken one another where they cross."""
        import numpy as np

        radius = max(SCALE * width / 2, 0.5)
        placed = [np.array(list(line)) * SCALE for line in every]
        corners = np.concatenate(placed)
        left, top = np.floor(corners.min(0) - radius - 1).astype(int).clip(0)
        right, bottom = np.ceil(corners.max(0) + radius + 1).astype(int).clip(0)
        under = self._pixels[top:bottom, left:right]
        covered = np.zeros(under.shape[:2])
        for places in placed:
            for start, end in pairwise(places):
                _cover(covered, start - (left, top), end - (left, top), radius)
        share = (opacity * covered)[:, :, None]
        under += share * (_colour(role) - under)

    def encoded(self) -> bytes:
        """The pixels as a PNG file."""
        import numpy as np

        values = self._pixels.round().clip(0, 255).astype(np.uint8)
        high, wide = values.shape[:2]
        rows = np.concatenate([np.zeros((high, 1), np.uint8), values.reshape(high, -1)], axis=1)
        header = struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0)
        chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 9)), (b"IEND", b""))
        return b"\x89PNG\r\n\x1a\n" + b"".join(
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
            for name, data in chunks
        )


def _cover(covered: "Pixels", start: "Pixels", end: "Pixels", radius: float) -> None:
    """Cover what is at most `radius` from a segment, with a soft edge."""
    import numpy as np

    low = np.floor(np.minimum(start, end) - radius - 1).astype(int).clip(0)
    high = np.ceil(np.maximum(start, end) + radius + 1).astype(int).clip(0)
    part = covered[low[1] : high[1], low[0] : high[0]]
    x = np.arange(low[0], low[0] + part.shape[1])[None] + 0.5 - start[0]
    y = np.arange(low[1], low[1] + part.shape[0])[:, None] + 0.5 - start[1]
    along = end - start
    length = float(along @ along)
    share = ((x * along[0] + y * along[1]) / length).clip(0, 1) if length else 0.0
    away = np.hypot(x - share * along[0], y - share * along[1])
    np.maximum(part, (radius + 0.5 - away).clip(0, 1), out=part)


def _colour(role: Role) -> "Pixels":
    import numpy as np

    text = LIGHT[role]
    return np.array([int(text[place : place + 2], 16) for place in (1, 3, 5)], float)
