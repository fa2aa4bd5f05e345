"""Code, formulas and addresses in a text; what is left is prose."""

import pytest

from ultralink_data.translation.regions import bare_code, blocks, formulas, inline_code, prose


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


def test_code_without_a_fence_is_two_sure_lines_in_a_row():
    code = "import os\n\nx = os.sep  # a\nprint(x)"
    assert bare_code(f"Look:\n{code}\nDone.") == ["import os", "x = os.sep", "print(x)"]
    assert prose(f"Look:\n{code}\nDone.").split() == ["Look:", "Done."]
    assert bare_code(f"```\n{code}\n```") == []
    assert bare_code("x = 5\ny = 6") == []
    assert bare_code("if you (or we) go:\nreturn the book") == []
    assert bare_code("Run\nimport os\nfirst.") == []
    assert bare_code("f(" * 50_000 + "\n" + "if (" * 50_000) == []
