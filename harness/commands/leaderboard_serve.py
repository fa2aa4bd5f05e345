"""`ultralink-bench leaderboard serve`: the site of a store, on this machine, while runs go on."""

import argparse
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from harness import show
from harness.commands.opened_store import opened
from harness.comparing.pairwise import pair_matrices
from harness.serving.site_server import SiteServer
from harness.serving.store_watch import mark_of, watch
from leaderboard.site.build_site import build, refuse_foreign
from ultralink_data.errors import BenchError


def serve(arguments: argparse.Namespace) -> int:
    """Serve the site of a store until it is interrupted, and build it again as records come.

    Raises:
        ConfigError: the address is not of this machine alone, or the folder holds something else.
        PrerequisiteError: there is no store, the site cannot be written, or the port is taken.
    """
    if arguments.out is not None:
        refuse_foreign(arguments.out.resolve(), arguments.out)
    with (
        _ended_by_signals(),
        SiteServer(arguments.host, arguments.port) as server,
        _place(arguments.out) as out,
    ):
        known = mark_of(arguments.runs)
        _show(arguments, out, server)
        with _answering(server):
            _say(f"serving {arguments.runs} on {server.url} (Ctrl-C ends it)")
            with suppress(KeyboardInterrupt):
                watch(
                    arguments.runs,
                    known,
                    lambda: _show(arguments, out, server, again=True),
                    lambda error: _complain(server, error),
                )
    return 0


def _show(
    arguments: argparse.Namespace, out: Path, server: SiteServer, *, again: bool = False
) -> None:
    """Build the site and serve it."""
    collection = opened(arguments.runs)
    built = build(
        collection,
        out,
        warn=show.warn,
        pairs=pair_matrices(collection),
        nearest=arguments.nearest,
    )
    server.show(built.folder)
    if again:
        _say(f"built again: {collection.counts}")


def _complain(server: SiteServer, error: BenchError) -> None:
    text = f"the pages stay as they were, since building them again failed: {error.message}"
    show.warn(text)
    server.complain(f"T{text[1:]}")


def _say(text: str) -> None:
    """Print a line at once: the command goes on for long."""
    show.console().print(text, soft_wrap=True)
    sys.stdout.flush()


@contextmanager
def _place(out: Path | None) -> Iterator[Path]:
    """The folder of the site: the one that was named, or one that goes at the end."""
    if out is not None:
        yield out
        return
    with tempfile.TemporaryDirectory(prefix="ultralink-bench-") as folder:
        yield Path(folder) / "site"


@contextmanager
def _answering(server: SiteServer) -> Iterator[None]:
    """Answer requests meanwhile."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let a SIGTERM end the command as Ctrl-C does, with its temporary folder removed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
