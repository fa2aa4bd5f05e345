"""A whole site: it appears at once, again with the same bytes, and replaces only a site."""

import re

import pytest
from report_examples import record, starter_report

from leaderboard.collection import load
from leaderboard.records import write_record
from leaderboard.site.build_site import _OURS, MARKER, build
from leaderboard.site.page import POLICY
from ultralink_data.errors import ConfigError

BIDI = "\u202e"
NAME = f'<script>alert(1)</script>"{BIDI}evil'


@pytest.fixture
def collection(tmp_path):
    runs = tmp_path / "runs" / "reports" / "prune"
    write_record(runs / "records" / "a.json", record(run_id="a"))
    write_record(runs / "records" / "b.json", record(run_id="b", model=NAME, variant=NAME))
    write_record(runs / "report.json", starter_report())
    return load(tmp_path / "runs")


def contents(folder):
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def test_a_site_has_a_page_for_everything_and_every_link_leads_to_one(collection, tmp_path):
    out = tmp_path / "site"
    told = []
    built = build(collection, out, step=told.append)
    pages = {path: out / path for path in contents(out) if path.endswith(".html")}
    assert built.files == len(contents(out))
    assert set(pages) <= set(told)
    assert {f"runs/{run.key}.html" for run in collection.runs} <= set(pages)
    assert {f"experiments/{one.key}.html" for one in collection.reports} <= set(pages)
    for path in pages.values():
        text = path.read_text()
        for found in re.findall(r'(?:href|src)="(?!data:,")([^"#]+)', text):
            assert (path.parent / found).resolve().is_file(), (path, found)


def test_every_page_has_the_policy_and_nothing_that_it_forbids(collection, tmp_path):
    build(collection, tmp_path / "site")
    pages = [text for name, text in contents(tmp_path / "site").items() if name.endswith(".html")]
    for page in map(bytes.decode, pages):
        policy = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">', page)
        assert policy is not None
        assert policy[1] == POLICY.replace("'", "&#x27;")
        assert not re.search(r"<[^>]+\s(style|on\w+)=|<style|javascript:", page)
        assert all(
            re.fullmatch(r'src="[^"]+"( defer)?', s) for s in re.findall("<script ?(.*?)>", page)
        )
        assert BIDI not in page
    assert any("&lt;script&gt;alert(1)&lt;/script&gt;" in page for page in map(bytes.decode, pages))


def test_a_second_build_gives_the_same_bytes_and_takes_the_place_of_the_first(collection, tmp_path):
    out = tmp_path / "site"
    build(collection, out)
    first = contents(out)
    (out / "runs" / "old.html").write_text("of an earlier site")
    build(collection, out)
    assert contents(out) == first


def test_what_stands_beside_the_pages_of_a_published_site_is_not_lost(collection, tmp_path):
    out = tmp_path / "site"
    build(collection, out)
    assert {path.name for path in out.iterdir()} <= {MARKER, *_OURS}
    (out / "CNAME").write_text("bench.example")
    with pytest.raises(ConfigError, match="CNAME beside its pages"):
        build(collection, out)
    assert (out / "CNAME").read_text() == "bench.example"


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_a_build_that_ends_early_leaves_the_earlier_site(collection, tmp_path, error):
    out = tmp_path / "site"
    build(collection, out)
    first = contents(out)

    def stop(name):
        raise error

    with pytest.raises(error):
        build(collection, out, step=stop)
    assert contents(out) == first
    assert sorted(path.name for path in tmp_path.iterdir()) == ["runs", "site"]


def test_what_is_no_site_is_not_replaced(collection, tmp_path):
    out = tmp_path / "site"
    out.mkdir()
    (out / "thesis.tex").write_text("mine")
    with pytest.raises(ConfigError, match="no leaderboard site"):
        build(collection, out)
    (out / MARKER).write_text("{}")
    with pytest.raises(ConfigError, match="no leaderboard site"):
        build(collection, out)
    assert (out / "thesis.tex").read_text() == "mine"
    with pytest.raises(ConfigError, match="is a file"):
        build(collection, out / "thesis.tex")
    (tmp_path / "empty").mkdir()
    assert build(collection, tmp_path / "empty").files > 3
