"""Options made from a config of this file: each field appears, and what was given arrives."""

import argparse
from typing import Any, Literal

import msgspec
import pytest

from harness.options.config_fields import config_fields, field_texts
from harness.options.config_options import add_config, config_from, given_field, is_given
from harness.options.lazy_parser import LazyParser, add_command
from ultralink_data.errors import ConfigError


class Inner(msgspec.Struct, frozen=True, kw_only=True):
    depth: int = 2
    """How deep."""
    share: float = 0.5
    """Of the whole, 50 % as a rule."""

    def __post_init__(self) -> None:
        if self.depth < 0:
            raise ValueError(f"depth must be 0 or more, got {self.depth}")


class Given(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    """Its name."""


class Own(Given, frozen=True, kw_only=True):
    kind: Literal["a", "b"] = "a"
    """Which kind, over
    two lines."""
    names: tuple[str, ...] = ("x", "y")
    """Names."""
    counts: tuple[int, ...] = ()
    """CPU counts."""
    body: dict[str, Any] = {}
    """Fields."""
    most: int | None = None
    """At most."""
    kept: bool = True
    """Keep it."""
    loud: bool = False
    """Say it aloud."""
    inner: Inner = Inner(share=0.25)
    """The inner part."""


def parser(**how: Any) -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="own")
    add_config(made, Own, **how)
    return made


def test_every_field_has_its_text_those_inherited_and_inner_too() -> None:
    assert {field.path: field.text for field in config_fields(Own)} == {
        "name": "Its name.",
        "kind": "Which kind, over two lines.",
        "names": "Names.",
        "counts": "CPU counts.",
        "body": "Fields.",
        "most": "At most.",
        "kept": "Keep it.",
        "loud": "Say it aloud.",
        "inner.depth": "How deep.",
        "inner.share": "Of the whole, 50 % as a rule.",
    }
    assert field_texts(Own)["inner"] == "The inner part."


def test_help_says_text_default_and_choices() -> None:
    shown = " ".join(parser().format_help().split())
    for words in (
        "--name NAME its name --kind",
        "--kind {a,b} which kind, over two lines (default: a)",
        "--names A,B names (default: x,y)",
        "--counts 1,2 CPU counts --body",
        "--body JSON fields --most N at most --no-kept",
        "--no-kept do not keep it",
        "--loud say it aloud",
        "--depth N how deep (default: 2)",
        "--share X of the whole, 50 % as a rule (default: 0.25)",
    ):
        assert words in shown


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), {}),
        (("--kind", "b"), {"kind": "b"}),
        (("--names", "p, q"), {"names": ("p", "q")}),
        (("--counts", "3,4"), {"counts": (3, 4)}),
        (("--body", '{"a": [1]}'), {"body": {"a": [1]}}),
        (("--most", "7"), {"most": 7}),
        (("--no-kept",), {"kept": False}),
        (("--loud",), {"loud": True}),
        (("--depth", "9"), {"inner": Inner(depth=9, share=0.25)}),
        (("--share", "1", "--depth", "0"), {"inner": Inner(depth=0, share=1.0)}),
    ],
)
def test_what_was_given_arrives_and_the_rest_is_the_configs(
    words: tuple[str, ...], expected: dict[str, Any]
) -> None:
    arguments = parser().parse_args(["--name", "n", *words])
    assert config_from(arguments, Own) == Own(name="n", **expected)
    assert len(vars(arguments)) == 1 + len(words[::2])  # no default was written down


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "--name"),
        (("--name", "n", "--kind", "c"), "invalid choice: 'c'"),
        (("--name", "n", "--most", "x"), "invalid int value: 'x'"),
        (("--name", "n", "--body", "{"), "'{' is no JSON"),
        (("--name", "n", "--body", "[]"), "'[]' is no JSON object"),
    ],
)
def test_what_no_field_can_be_is_a_usage_error(
    words: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(words)
    assert message in capsys.readouterr().err


def test_what_the_config_refuses_is_two_lines_that_name_the_command() -> None:
    top = LazyParser(prog="bench")
    add_command(top.add_subparsers(), "own", "own:own", "text", lambda c: add_config(c, Own))
    arguments = top.parse_args(["own", "--name", "n", "--depth", "-1"])
    with pytest.raises(ConfigError, match="depth must be 0 or more, got -1") as caught:
        config_from(arguments, Own)
    assert caught.value.hint == "see `bench own --help`"


def test_fields_are_renamed_left_out_and_chosen() -> None:
    made = parser(spelled={"kept": "--drop", "most": "--max COUNT"}, without=("inner", "name"))
    arguments = made.parse_args(["--drop", "--max", "3"])
    assert config_from(arguments, Own, name="m") == Own(name="m", kept=False, most=3)
    assert "--max COUNT" in made.format_help()
    assert "--depth" not in made.format_help()
    only = parser(only=("inner.depth",))
    assert config_from(only.parse_args(["--depth", "1"]), Own, name="m").inner.depth == 1
    assert "--share" not in only.format_help()


def test_a_field_without_a_default_may_get_one_from_the_command_and_no_other_field() -> None:
    made = parser(defaults={"name": "here"})
    assert config_from(made.parse_args([]), Own).name == "here"
    assert "its name (default: here)" in made.format_help()
    with pytest.raises(ValueError, match=r"Own\.kind has a default of its own"):
        parser(defaults={"kind": "b"})


def test_a_command_may_take_something_else_where_nothing_was_given() -> None:
    made = parser()
    unasked = {"inner.depth": 5, "most": 1}
    given = made.parse_args(["--name", "n", "--most", "2"])
    assert config_from(given, Own, unasked) == Own(
        name="n", most=2, inner=Inner(depth=5, share=0.25)
    )


def test_single_fields_can_be_asked_for() -> None:
    arguments = parser(required=False).parse_args(["--depth", "4"])
    assert given_field(arguments, Own, "inner.depth") == 4
    assert given_field(arguments, Own, "inner.share") == 0.25
    assert given_field(arguments, Own, "name") is None
    assert is_given(arguments, Own, "inner.depth")
    assert not is_given(arguments, Own, "name")


def test_a_field_of_a_type_that_no_option_can_be_made_for_is_a_bug() -> None:
    class Odd(msgspec.Struct):
        what: set[int] = set()

    with pytest.raises(TypeError, match="no option can be made for the field what"):
        add_config(argparse.ArgumentParser(), Odd)
