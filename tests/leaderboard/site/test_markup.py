"""HTML elements: nothing that comes from outside is read as markup."""

import pytest

from leaderboard.site.markup import Markup, element, isolated, joined, source_link, text


def test_text_is_escaped_and_what_cannot_be_seen_is_written_out():
    assert text('<img src=x onerror="x">&') == '&lt;img src=x onerror="x"&gt;&amp;'
    assert text("a\u202eb\x1b\n c\ud800") == "a&lt;U+202E&gt;b&lt;U+001B&gt; c&lt;U+D800&gt;"


def test_an_attribute_cannot_be_left():
    made = element("a", "x", href='"><script>', title="it's\u2066")
    assert made == '<a href="&quot;&gt;&lt;script&gt;" title="it&#x27;s&lt;U+2066&gt;">x</a>'


def test_only_markup_stays_markup():
    inner = element("b", "<i>")
    assert element("p", inner, "<i>") == "<p><b>&lt;i&gt;</b>&lt;i&gt;</p>"
    assert joined(inner, "<", between=" & ") == "<b>&lt;i&gt;</b> &amp; &lt;"
    assert not isinstance(inner + "<script>", Markup), "a sum is plain text again"


def test_attributes_have_the_names_of_html():
    made = element("input", type="search", for_="a", aria_label="b", hidden=True, title=None)
    assert made == '<input type="search" for="a" aria-label="b" hidden>'


@pytest.mark.parametrize("name", ["onclick", "style"])
def test_what_the_policy_forbids_cannot_be_written(name):
    with pytest.raises(ValueError, match=name):
        element("p", **{name: "x"})


def test_what_a_model_wrote_keeps_its_text_in_its_own_direction():
    assert isolated("a\n\u202e<b>\u200d") == '<bdi dir="auto">a\n\u202e&lt;b&gt;\u200d</bdi>'
    assert isolated("\x00\x1b\ud83d") == (
        '<bdi dir="auto">&lt;U+0000&gt;&lt;U+001B&gt;&lt;U+D83D&gt;</bdi>'
    )


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:x",
        " https://a.example",
        "data:text/html,x",
        "//[",
        "a.md",
    ],
)
def test_only_web_addresses_are_links(address):
    assert "<a" not in source_link(address)


def test_a_web_address_is_a_link():
    made = source_link('https://a.example/?q="<', "the paper")
    assert 'href="https://a.example/?q=&quot;&lt;"' in made
    assert ">the paper</a>" in made
