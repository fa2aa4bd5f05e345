"""Templates that are read without a parser are read as the parser reads them."""

import json
import re
from pathlib import Path

import mwparserfromhell
import pytest

from ultralink_data.wiki.simple_template import simple_template

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
