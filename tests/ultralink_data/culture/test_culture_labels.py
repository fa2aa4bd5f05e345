"""The hand-made labels of ShareGPT rows: they fit the rows, and stand outside every prompt."""

import hashlib
import importlib
import json
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from ultralink_data import languages
from ultralink_data.culture import prompt
from ultralink_data.culture.criteria import CRITERIA, CultureLabel
from ultralink_data.culture.verdict_reply import folded

LABELS = Path(__file__).parents[2] / "cases" / "sharegpt_culture_labels.jsonl"
STRETCH = 40
"""Characters in a row; shorter ones are common phrases."""


def labels() -> list[CultureLabel]:
    return [
        msgspec.json.decode(line, type=CultureLabel) for line in LABELS.read_bytes().splitlines()
    ]


@pytest.fixture(scope="module")
def lines(benchmarks: Path) -> list[bytes]:
    path = benchmarks / "sharegpt" / "sharegpt_sample.jsonl"
    if not path.is_file():
        pytest.skip("no ShareGPT rows")
    return path.read_bytes().splitlines()


def turns(line: bytes) -> list[str]:
    return [turn["value"] for turn in json.loads(line)["conversations"]]


def test_there_are_a_hundred_with_short_evidence_for_each_1():
    found = labels()
    assert len(found) == len({one.id for one in found}) == 100
    for one in found:
        assert [x.name for x in one.evidence] == [name for name in CRITERIA if one.score(name)]
        assert all(len(x.evidence) <= 60 for x in one.evidence)


def test_each_label_fits_its_row(lines):
    for one in labels():
        assert one.line is not None
        line = lines[one.line - 1]
        assert hashlib.sha256(line).hexdigest() == one.sha256
        assert f"sharegpt:{json.loads(line)['id']}" == one.id
        said = folded("\n".join(turns(line)))
        assert all(folded(x.evidence) in said for x in one.evidence)


def test_no_prompt_holds_a_stretch_of_a_labelled_row(lines):
    known = {
        text[place : place + STRETCH]
        for text in prompts()
        for place in range(len(text) - STRETCH + 1)
    }
    assert len(known) > 10_000
    for one in labels():
        assert one.line is not None
        said = folded("\n".join(turns(lines[one.line - 1])))
        stretches = (said[place : place + STRETCH] for place in range(len(said)))
        assert not next((x for x in stretches if x in known), None)


def prompts() -> Iterator[str]:
    """All text that is sent to a model: the filter's, and the sections of every language."""
    for message in prompt.messages([("user", "")]):
        yield folded(message.content)
    for module in pkgutil.iter_modules(languages.__path__):
        language = getattr(
            importlib.import_module(f"{languages.__name__}.{module.name}"), "LANGUAGE", None
        )
        if language is not None:
            yield from strings(msgspec.to_builtins(language))


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield folded(value)
    elif isinstance(value, dict | list | tuple):
        for one in value.values() if isinstance(value, dict) else value:
            yield from strings(one)
