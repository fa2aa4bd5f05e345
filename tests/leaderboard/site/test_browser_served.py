"""Pages from `leaderboard serve` in a real browser: the same, and they follow the server."""

import threading

import pytest
from playwright.sync_api import expect

from harness.serving.site_server import SiteServer
from tests.leaderboard.site.conftest import site_of
from tests.leaderboard.site.site_stores import graded, plain_store, write_run

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture
def server():
    with SiteServer("127.0.0.1", 0) as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def test_every_kind_of_page_opens_from_the_server(server, watched, plain_site, plain_kinds):
    server.show(plain_site)
    one = watched(server.url)
    for path in plain_kinds.values():
        page = one.open(path)
        assert page.locator("h1").count() == 1
    assert page.locator("#sample .beside > *").count() == 2


def test_an_open_page_follows_a_store_that_grows_and_keeps_what_was_chosen(
    server, watched, tmp_path
):
    store = plain_store(tmp_path / "runs")
    server.show(site_of(store, tmp_path / "site"))
    one = watched(server.url)
    page = one.open("samples.html#language=fr")
    expect(page.locator("#status")).to_have_text("84 samples of 168")
    server.complain("The pages stay as they were: the disk is full.")
    expect(page.locator(".served")).to_have_text("The pages stay as they were: the disk is full.")
    write_run(store, "later", "later", {("mgsm", "fr"): graded("fr", 3)}, seed=0)
    server.show(site_of(store, tmp_path / "site"))
    expect(page.locator("#status")).to_have_text("96 samples of 180")
    assert page.url.endswith("#language=fr")
    expect(page.locator(".served")).to_have_count(0)


def test_another_site_can_neither_read_nor_frame_nor_load_it(server, watched, plain_site, tmp_path):
    server.show(plain_site)
    inside = tmp_path / "elsewhere"
    inside.mkdir()
    shard = f"{server.url}data/samples.js"
    (inside / "index.html").write_text(
        f"<script>window.stolen = []; window.ultralinkShard = (...all) => stolen.push(all);"
        f"</script><script src='{shard}'></script><iframe src='{server.url}'></iframe>"
    )
    with SiteServer("127.0.0.1", 0) as other:
        thread = threading.Thread(target=other.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        # A page of another origin on this machine, without a policy of its own.
        one = watched((inside).resolve())
        page = one.page
        page.goto((inside / "index.html").as_uri())
        assert page.evaluate("window.stolen.length") == 0
        framed = [frame.url for frame in page.frames if frame.url.startswith(server.url)]
        assert framed == []
        one.faults.clear()  # the browser names what it refused
        page.goto("about:blank")
        other.shutdown()
        thread.join()
