"""Figures for print with matplotlib, imported only here and only when one is drawn.

Deterministic: the same data give the same bytes. Fonts are embedded as TrueType, never as type 3.
Colours are those of Okabe and Ito, told apart by the colour-blind; lines differ in their marks too.
Texts from outside are never read as mathematics.
"""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from leaderboard.visible_text import character_code, visible

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.typing import RcKeyType

WIDTH: Final = 6.6
"""Inches of a figure as wide as a line of `paper.tex`, where it is not scaled."""

COLOURS: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKERS: Final = ("o", "s", "^", "D", "v", "P", "X")

_STYLE: "Final[dict[RcKeyType, Any]]" = {
    "font.family": "DejaVu Sans",
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#DDDDDD",
    "grid.linewidth": 0.5,
    "lines.linewidth": 1.2,
    "lines.markersize": 4,
    "legend.frameon": False,
    "pdf.fonttype": 42,
    "text.parse_math": False,
    "text.usetex": False,
    "figure.dpi": 100,
}
_FURTHEST: Final = 0x24F
"""The last letter of Latin that is drawn; the font lacks many scripts, so others become codes."""


@contextmanager
def _print_style() -> Iterator[None]:
    """Draw inside the block in the style of print, whatever a user's own settings are."""
    import matplotlib as mpl

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_STYLE)
        yield


def new_figure(
    height: float, rows: int = 1, columns: int = 1, *, width: float = WIDTH, **options: Any
) -> "tuple[Figure, Any]":
    """A figure of this height and width in inches, and its axes as a grid of two dimensions."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(rows, columns, squeeze=False, **options)


def in_a_row(panels: int) -> int:
    """How many panels stand in a row: three, but for four."""
    return 2 if panels == 4 else min(panels, 3)


def hide_unused(panels: Any, used: int, columns: int) -> None:
    """Hide the panels behind the first `used`, and give those above them their own labels."""
    for place, panel in enumerate(panels):
        if place >= used:
            panel.set_visible(False)
        elif place + columns >= used:
            panel.tick_params(labelbottom=True)


def figure_files(draw: "Callable[[], Figure]") -> dict[str, bytes]:
    """A figure as files, by the ending of their names; drawn and saved in the style of print."""
    with _print_style():
        return _files(draw())


def _files(figure: "Figure") -> dict[str, bytes]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.backends.backend_pdf import FigureCanvasPdf

    pdf, png = io.BytesIO(), io.BytesIO()
    undated = {"CreationDate": None, "Producer": None, "Creator": None}
    FigureCanvasPdf(figure).print_figure(pdf, format="pdf", metadata=undated)
    figure.set_layout_engine("none")  # as it is now laid out: the two agree, and in half the time
    FigureCanvasAgg(figure).print_figure(png, format="png", dpi=200, metadata={"Software": None})
    return {"pdf": pdf.getvalue(), "png": png.getvalue()}


def drawn(text: str, most: int = 40) -> str:
    """A text from outside as figures show it: on one line, cut, in letters that the font has."""
    shown = "".join(c if ord(c) <= _FURTHEST else character_code(c) for c in visible(text))
    return shown if len(shown) <= most else f"{shown[: most - 3]}..."
