"""What axe finds on every kind of page, in light and in dark: nothing serious."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.leaderboard.site.watched_page import PHONE

pytestmark = pytest.mark.xdist_group("browser")

KINDS = (
    *("ranking", "experiments", "experiment", "runs", "run", "pairs", "samples", "sample"),
    "beside",
)


def faults(page, *rules):
    """The serious and critical faults: the rule and the elements."""
    options = {"resultTypes": ["violations"], "preload": False}  # it would fetch the style sheet
    if rules:
        options["runOnly"] = {"type": "rule", "values": list(rules)}
    found = Axe().run(page, options=options).response["violations"]
    return [
        (one["id"], [node["html"][:200] for node in one["nodes"]][:3])
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing_serious(watched, plain_site, plain_kinds, kind):
    page = watched(plain_site).open(plain_kinds[kind])
    assert faults(page) == []
    page.emulate_media(color_scheme="dark")  # which changes nothing but the colours
    assert faults(page, "color-contrast") == []


def test_axe_finds_nothing_serious_on_a_phone_and_among_attacks(watched, hostile_site):
    one = watched(hostile_site, **PHONE)
    for path in ("runs/index.html", "samples.html"):
        assert faults(one.open(path)) == [], path
