"""`ultralink-bench leaderboard site`: what has run, as pages that open from disk and any host."""

import argparse

from harness import show
from harness.commands.opened_store import opened
from harness.comparing.pairwise import pair_matrices
from harness.progress.terminal import TERMINAL
from leaderboard.site.build_site import build, refuse_foreign


def site(arguments: argparse.Namespace) -> int:
    """Write the site of a store.

    Raises:
        ConfigError: the folder for it holds something else.
        PrerequisiteError: there is no store, or the site cannot be written.
    """
    out = arguments.out
    refuse_foreign(out.resolve(), out)
    collection = opened(arguments.runs)
    with TERMINAL.work("write the site", unit="pages") as meter:

        def step(name: str) -> None:
            meter.add(1)
            meter.status(name)

        built = build(
            collection,
            out,
            step=step,
            warn=show.warn,
            pairs=pair_matrices(collection),
            nearest=arguments.nearest,
        )
    if not collection.runs and not collection.judged:
        show.warn(f"nothing in {arguments.runs} has a score: what can be shown was published")
    show.console().print(f"{collection.counts}: {built.files} files, {built.size / 1e6:.1f} MB")
    show.print_paths([out / "index.html"])
    return 0
