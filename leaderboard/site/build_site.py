"""Write a whole site: all of it appears at once, or nothing does."""

from collections.abc import Callable, Sequence
from importlib import resources
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from leaderboard.chart_svg import palette_rules
from leaderboard.collection import Collection
from leaderboard.pair_matrix import PairMatrices
from leaderboard.site.experiment_pages import write_experiments
from leaderboard.site.matrix_page import NO_PAIRS, write_matrices
from leaderboard.site.ranking_page import write_ranking
from leaderboard.site.run_pages import write_runs
from leaderboard.site.samples_page import NEAREST, samples_maker
from leaderboard.visible_text import visible
from ultralink_data import atomic
from ultralink_data.errors import ConfigError

MARKER: Final = "site.json"
_MARK: Final = '{"kind": "leaderboard site", "schema": 1}\n'

_OURS: Final = frozenset(
    (
        *("assets", "data", "experiments", "matrix", "rankings", "runs"),
        *("index.html", "matrix.html", "samples.html"),
    )
)
"""What a site has beside its marker; all else in its folder is somebody's own."""

Step: TypeAlias = Callable[[str], None]
"""Is told the name of what has been written."""

PageMaker: TypeAlias = Callable[[Collection, Path, Step], None]
"""Writes some pages of a collection into the folder of a site."""

PAGES: Final[tuple[PageMaker, ...]] = (write_ranking, write_experiments, write_runs)
"""All that every site has, in the order in which it is written."""


class BuiltSite(NamedTuple):
    """A finished site: its folder, and its files' number and size in bytes."""

    folder: Path
    files: int
    size: int


def build(
    collection: Collection,
    out: Path,
    *,
    step: Step | None = None,
    warn: Step | None = None,
    pairs: PairMatrices = NO_PAIRS,
    nearest: int = NEAREST,
    further: Sequence[PageMaker] = (),
) -> BuiltSite:
    """Write the site of a collection to `out`, in place of an earlier one.

    It is made in a folder beside `out` which takes its name at the end: a build that is killed or
    fails leaves the earlier site as it was. The same collection gives the same bytes.

    Args:
        collection: what has run.
        out: folder of the site; above it all must be writable.
        step: is told the name of every page and data file that is written.
        warn: is told which files of samples could not be read; the explorer says it too.
        pairs: every model against every other, which `harness` computes.
        nearest: how many training rows are shown with a problem (see `samples_page`).
        further: makers of pages that need what this room does not compute.

    Raises:
        ConfigError: `out` is a folder that is no earlier site, or a file.
        PrerequisiteError: the disk is full or the folder not writable.
    """
    target = out.resolve()
    refuse_foreign(target, out)
    told = step or _untold
    with atomic.new_directory(target) as folder, atomic.disk_errors(out):
        _write_assets(folder / "assets")
        for make in (*PAGES, samples_maker(nearest, warn or _untold), *further):
            make(collection, folder, told)
        write_matrices(pairs, collection, folder, told)
        (folder / MARKER).write_text(_MARK, encoding="utf-8")
        # Again, as hours may have passed: what stands there now goes.
        refuse_foreign(target, out)
        sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return BuiltSite(out, len(sizes), sum(sizes))


def refuse_foreign(target: Path, named: Path) -> None:
    """Refuse to replace what is neither an earlier site nor empty.

    What stands beside an earlier site (`.git` or `CNAME` of a published one) would go with it.

    Raises:
        ConfigError: a file, or a folder with something else in it; `named` is what was typed.
    """
    if not target.exists():
        return
    if not target.is_dir():
        raise ConfigError(f"{named} is a file", hint="name a folder for the site: -o site/")
    is_site = (target / MARKER).is_file() and (target / MARKER).read_bytes() == _MARK.encode()
    beside = sorted(path.name for path in target.iterdir() if path.name not in (MARKER, *_OURS))
    if is_site and beside:
        raise ConfigError(
            f"{named} is a site with {visible(beside[0])} beside its pages, which would be lost",
            hint="build into a folder of its own and copy the pages over from there",
        )
    if not is_site and any(target.iterdir()):
        raise ConfigError(
            f"{named} holds something that is no leaderboard site, and would be replaced",
            hint=f"name a new folder, or an earlier site (it has {MARKER})",
        )


def _untold(_: str) -> None:
    """Nobody follows."""


def _write_assets(folder: Path) -> None:
    """Copy style sheet and scripts; the colours of charts come from where their makers have them.

    They are text of this package, so a wheel has them too.
    """
    folder.mkdir()
    for asset in sorted(resources.files("leaderboard.site").joinpath("assets").iterdir(), key=str):
        if asset.name.endswith((".css", ".js")):
            content = asset.read_text(encoding="utf-8")
            if asset.name == "site.css":
                content += palette_rules()
            (folder / asset.name).write_text(content, encoding="utf-8")
