"""Templates that are read without a parser are read as the parser reads them."""

import json
import random
import re
from pathlib import Path

import mwparserfromhell
import pytest

from ultralink_data.wiki.simple_template import box_template, is_plain_value, simple_template

FOLDER = Path(__file__).parents[2] / "cases"
SOURCES = sorted(
    {
        found
        for name in ("wikitext_templates.json", "wikitext_gaps.json")
        for case in json.loads((FOLDER / name).read_text("utf-8"))
        for found in re.findall(r"\{\{[^{}]*\}\}", case["wikitext"])
    }
    | {"{{a|b|2=c|d}}", "{{ a | b = c=d | |e}}", "{{a||x=}}", "{{a|*b|#c|;d|=e=}}", "{{a|d'b}}"}
)


@pytest.mark.parametrize("source", SOURCES)
def test_a_simple_template_is_what_the_parser_sees(source):
    simple = simple_template(source)
    (node,) = mwparserfromhell.parse(source).nodes
    if simple is None:
        assert re.search(r"[\[<&\n:]|''", source), "only what may hold marks takes the parser"
        return
    assert simple.name == str(node.name)
    assert [tuple(one) for one in simple.params] == [
        (str(one.name), str(one.value), one.showkey) for one in node.params
    ]
    assert all(type(inner).__name__ == "Text" for one in node.params for inner in one.value.nodes)


@pytest.mark.parametrize(
    "source",
    [
        *("{{a|''b''}}", "{{a|[[b]]}}", "{{a|{{b}}}}", "{{a|<b>c</b>}}", "{{a|http://b.c}}"),
        *("{{a|\n* b}}", "{{a}} {{b}}", "{{a", "{{}}", "{{a|mailto:b@c.d}}", "{{a|{{{1}}}}}"),
    ],
)
def test_what_holds_marks_takes_the_parser(source):
    assert simple_template(source) is None


PIECES = [
    *("\n", "\n|", "|", "=", "a", "b c", "[[a|b]]", "[[a=b|c|d]]", "[[a\n|b]]", "[[File:a.jpg|b]]"),
    *("{{x|y=z}}", "{{x\n|y}}", "{{x\n*|y}}", "{{ }}", "{{!}}", "<br>", "<b>", "''", "\n* ", "* "),
    *("\n:", "\n;a:b", "[[", "]]", "{{", "}}", "&nbsp;", "\n== h ==\n", "http://x ", "mailto:a@b "),
    *("{", "}", "[x]", "\n----", "-", "#", "__NOTOC__", "[[:a:b|c]]", "| d = "),
]


def test_a_box_is_what_the_parser_sees():
    rng = random.Random(5)
    read = 0
    for _ in range(4000):
        source = "{{Box\n| " + "".join(rng.choices(PIECES, k=rng.randrange(1, 6))) + "\n}}"
        box = box_template(source)
        if box is None:
            continue
        read += 1
        (node,) = mwparserfromhell.parse(source).nodes
        assert box.name == str(node.name), source
        assert [tuple(one) for one in box.params] == [
            (str(one.name), str(one.value), one.showkey) for one in node.params
        ], source
        for one in node.params:  # a value by itself is what it is in its place
            alone = mwparserfromhell.parse(str(one.value)).nodes
            assert list(map(type, alone)) == list(map(type, one.value.nodes)), source
            assert alone == one.value.nodes, source
            if is_plain_value(str(one.value)):
                assert {type(inner).__name__ for inner in alone} <= {"Text"}, source
    assert read > 300


def test_a_box_with_marks_that_may_part_its_arguments_takes_the_parser():
    assert box_template("{{Box\n| a = [[b|c]] {{d|e=f}}<br>\n| g\n}}") is not None
    for inner in ("[[b\n|c]]", "{{d", "''e''", "<b>f</b>", "[http://x y]", "{{{g}}}", "{|\n|}"):
        assert box_template(f"{{{{Box\n| a = {inner}\n| h\n}}}}") is None
    assert box_template("{{Box|a}}") is None
