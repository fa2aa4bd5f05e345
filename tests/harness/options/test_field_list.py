"""The fields that `--set` takes, as `--fields` prints them."""

import msgspec
import pytest

from harness import cli
from harness.options.field_list import field_list


class Part(msgspec.Struct, frozen=True, kw_only=True):
    size: int = 3
    """How large."""


class Whole(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    """Its name."""
    part: Part = Part(size=4)
    """What it has."""
    other: Part | None = None
    """What it may have."""
    parts: tuple[Part, ...] = ()
    """What it has many of."""
    named: dict[str, Part] = {}
    """What it has by name."""


def test_every_field_is_listed_with_default_and_text() -> None:
    assert field_list(Whole).split("\n\n", 1)[1].splitlines() == [
        "name: text",
        "    Its name.",
        "part: group of fields",
        "    What it has.",
        "part.size: whole number (default: 4)",
        "    How large.",
        "other: group of fields or null (default: null)",
        "    What it may have.",
        "other.size: whole number (default: 3)",
        "    How large.",
        "parts: list of group of fields (default: [])",
        "    What it has many of.",
        "parts[].size: whole number (default: 3)",
        "    How large.",
        "named: table of group of fields (default: {})",
        "    What it has by name.",
        "named.NAME.size: whole number (default: 3)",
        "    How large.",
    ]


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("run",), "train.learning_rate: number (default: 2e-05)"),
        (("run",), "eval.runs[].task: text"),
        (("data", "build"), "models.NAME.concurrency: whole number (default: 16)"),
        (("data", "build"), "translate.config.asking.temperature: number (default: 0.3)"),
        (("train",), "learning_rate: number (default: 2e-05)"),
    ],
)
def test_commands_with_a_config_list_its_fields(
    words: tuple[str, ...], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main([*words, "--fields"])
    assert caught.value.code == 0
    assert line in capsys.readouterr().out.splitlines()
