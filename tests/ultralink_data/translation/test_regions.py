"""Code, formulas and addresses in a text; what is left is prose."""

import pytest

from ultralink_data.translation.regions import blocks, formulas, inline_code, prose


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It is $x$ and $y_1$.", ["$x$", "$y_1$"]),
        ("Shirts cost $25, shorts $15.20 and socks $6.80.", []),
        ("It is $25 + $15.20 + $6.80 = $47.", []),
        ("Each is 25 $ and 15 $.", []),
        ("The cost is $x, and there's a 20% tax.", []),
        ("$$a\n= b$$ and \\(c\\) and \\[d\\]", ["$$a\n= b$$", "\\(c\\)", "\\[d\\]"]),
        ("So \\boxed{\\sqrt{5}} it is, \\sqrt{5}", ["\\boxed", "\\sqrt{5}", "\\sqrt{5}"]),
        ("`$x$` and ```\n$y$\n```", []),
    ],
)
def test_formulas_are_told_from_prices(text, expected):
    found = formulas(text)
    assert [f for f in found if f in expected] == found
    assert len(found) == len(expected)


def test_code_is_found_with_its_tag():
    text = "a\n```Python\nx\n```\nb `c`\n```\n`d`\n```\n```js\nopen"
    assert blocks(text) == [("python", "x\n"), ("", "`d`\n"), ("js", "open")]
    assert inline_code(text) == ["`c`"]


def test_prose_is_what_is_left():
    text = "See `f` at https://a.org/b?c=1, or $x$.\n```\ncode 7\n```\nEnd."
    assert prose(text).split() == ["See", "at", ",", "or", ".", "End."]
