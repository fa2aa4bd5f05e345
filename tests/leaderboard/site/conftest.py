"""Sites that many tests look at, and a browser to look with; each is made once."""

import os
import shutil
from pathlib import Path

import pytest

from harness.cli import main
from leaderboard.collection import load
from tests.leaderboard.site.hostile_store import hostile_store
from tests.leaderboard.site.site_stores import plain_store
from tests.leaderboard.site.watched_page import WatchedPage, kinds

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 60_000
"""Milliseconds until something that should appear counts as missing, on however busy a machine."""

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def site_of(store: Path, folder: Path) -> Path:
    """The site of a store, made by the command."""
    assert main(["leaderboard", "site", "--runs", str(store), "-o", str(folder)]) == 0
    return folder


@pytest.fixture(scope="session")
def plain_site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plain")
    return site_of(plain_store(folder / "runs"), folder / "site")


@pytest.fixture(scope="session")
def hostile_site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    return site_of(hostile_store(folder / "runs"), folder / "site")


@pytest.fixture(scope="session")
def plain_kinds(plain_site):
    """A page of every kind of the plain site, by its name."""
    return kinds(plain_site, load(plain_site.parent / "runs"), beside=("keep-all-0", "keep-0-0"))


@pytest.fixture
def watched(chromium):
    """Opens pages of a site, each in a context of its own; at the end nothing may have gone wrong.

    `watched(root, **options)`: the folder or the address of the site, and options of the context.
    """
    made = []

    def open_context(root, **options):
        made.append(WatchedPage(chromium, root, **options))
        return made[-1]

    yield open_context
    for one in made:
        one.check()
        one.context.close()


@pytest.fixture(scope="module")
def chromium():
    """A browser for the tests of a file: Debian's, or the one that `$CHROMIUM` names.

    Not for the session: until it ends an event loop runs in this thread, and no other test that
    runs one could follow.
    """
    asked = os.environ.get("CHROMIUM", "")
    found = asked or next(filter(None, map(shutil.which, BROWSERS)), "")
    if not found:
        pytest.skip("no Chromium is installed: `make browser` installs Debian's")
    sync_api = pytest.importorskip("playwright.sync_api")
    sync_api.expect.set_options(timeout=PATIENCE)
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        yield browser
        browser.close()
