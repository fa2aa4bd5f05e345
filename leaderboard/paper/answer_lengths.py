"""How long answers are, by language: those in a dataset, and those that models gave."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from leaderboard.collection import Collection
from leaderboard.paper.print_figures import COLOURS, drawn, hide_unused, in_a_row, new_figure
from leaderboard.table import ordered_languages
from ultralink_data.store import release

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SHARES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)


class LengthBox(NamedTuple):
    """Lengths in characters at 5, 25, 50, 75 and 95 % of `n` answers."""

    n: int
    quantiles: tuple[float, ...]


class _Generated(msgspec.Struct, frozen=True):
    """Of a row of a sample file, the answer."""

    generation: str


Boxes = Mapping[str, Mapping[str, LengthBox]]
"""By panel (a task, a kind of rows) and language."""


def generated_lengths(collection: Collection) -> Boxes:
    """Of all answers of the runs that are compared, by task and language.

    Raises:
        DataError: a sample file cannot be read; the message names file and line.
    """
    found: dict[str, dict[str, list[int]]] = {}
    for run in collection.runs:
        if run.role == "run":
            for (task, language), path in run.sample_files().items():
                lengths = found.setdefault(task, {}).setdefault(language, [])
                lengths += (
                    len(row.generation) for _, row in release.decode_lines(path, _Generated)
                )
    return _boxes(found)


def dataset_lengths(folder: Path, names: Iterable[str]) -> Boxes:
    """Of all answers in a dataset's release files, by kind and language.

    Raises:
        DataError: a file cannot be read; the message names file and line.
    """
    found: dict[str, dict[str, list[int]]] = {}
    for name in names:
        path = folder / name
        language, kind = release.parse_file_name(path)
        lengths = found.setdefault(kind, {}).setdefault(language, [])
        for row in release.read_file(path, language, kind):
            lengths += map(len, row.turns[1::2])
    return _boxes(found)


def _boxes(found: Mapping[str, Mapping[str, list[int]]]) -> Boxes:
    return {
        panel: {language: _box(lengths) for language, lengths in by_language.items() if lengths}
        for panel, by_language in sorted(found.items())
        if any(by_language.values())
    }


def _box(lengths: list[int]) -> LengthBox:
    ordered = sorted(lengths)
    return LengthBox(len(ordered), tuple(_quantile(ordered, share) for share in _SHARES))


def _quantile(ordered: Sequence[int], share: float) -> float:
    """Linear between the two nearest."""
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def length_figure(boxes: Boxes) -> "Figure":
    """A panel for each task or kind: of each language a box from 25 to 75 %, whiskers to 5 and 95.

    The scale is logarithmic; an empty answer stands at 1.
    """
    from matplotlib.ticker import LogLocator

    columns = in_a_row(len(boxes))
    rows = -(-len(boxes) // columns)
    most = max(len(by_language) for by_language in boxes.values())
    figure, axes = new_figure(rows * (0.6 + 0.22 * most), rows, columns, sharex=True)
    panels = axes.ravel()
    for axis, (name, by_language) in zip(panels, boxes.items(), strict=False):
        languages = ordered_languages(by_language)[::-1]
        axis.bxp(
            list(_statistics(by_language, languages)),
            orientation="horizontal",
            showfliers=False,
            widths=0.6,
            patch_artist=True,
            boxprops={"facecolor": COLOURS[5], "edgecolor": "#000000", "linewidth": 0.6},
            medianprops={"color": "#000000", "linewidth": 1.4},
            whiskerprops={"linewidth": 0.6},
            capprops={"linewidth": 0.6},
        )
        axis.set_xscale("log")
        axis.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5), numticks=12))
        # The library's own labels of powers are mathematics, which is switched off.
        axis.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        axis.minorticks_off()
        axis.tick_params(axis="x", labelsize=7)
        axis.set_title(drawn(name))
    hide_unused(panels, len(boxes), columns)
    figure.supxlabel("characters in an answer", fontsize=8)
    return figure


def _statistics(
    by_language: Mapping[str, LengthBox], languages: Sequence[str]
) -> Iterator[dict[str, object]]:
    for language in languages:
        box = by_language[language]
        low, first, middle, third, high = (max(1.0, value) for value in box.quantiles)
        yield {
            "label": drawn(language, 12),
            "whislo": low,
            "q1": first,
            "med": middle,
            "q3": third,
            "whishi": high,
        }
