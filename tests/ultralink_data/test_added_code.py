"""Faults in a file that somebody adds are named with file and line, without a traceback."""

import inspect
import re
import sys
from pathlib import Path

import msgspec
import pytest

from ultralink_data.added_code import (
    SHOW_TRACEBACK,
    Returns,
    blame_methods,
    blaming,
    exported,
    fault_in_pattern,
)
from ultralink_data.errors import BenchError, ConfigError, DataError


def refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> BenchError:
    """The error for a module `one_number` with this text, which should export the int `NUMBER`."""
    file = tmp_path / "one_number.py"
    file.write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "one_number", raising=False)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    with pytest.raises(BenchError) as caught:
        exported("one_number", file, "NUMBER", int)
    return caught.value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1\ny = 1 / 0\n", "one_number.py:2: the file does not run: ZeroDivisionError: "),
        ("x = (\n", "one_number.py:1: '(' was never closed"),
        ("import nothing_of_this\n", "one_number.py:1: the file does not run: ModuleNotFound"),
        ("x = 1\n", "one_number.py: NUMBER is missing"),
        ("NUMBER = 'a'\n", "one_number.py: NUMBER is a str, not a int"),
        ("class Own(int): ...\nNUMBER = Own\n", "NUMBER is the class Own, not an object of it"),
    ],
)
def test_a_fault_is_named_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    error = refused(tmp_path, monkeypatch, text)
    assert isinstance(error, ConfigError)
    assert said in error.message
    assert error.hint


def test_what_the_file_exports_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "good_number.py").write_text("NUMBER = 7\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert exported("good_number", tmp_path / "good_number.py", "NUMBER", int) == 7


def test_an_error_that_says_what_to_do_stays_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="bad row"), blaming(tmp_path / "x.py", "what"):
        raise DataError("bad row", hint="mend it")


def test_a_fault_outside_of_any_added_file_is_a_bug_of_ours() -> None:
    with pytest.raises(ZeroDivisionError), blaming(None, "what"):
        raise ZeroDivisionError


def test_a_fault_without_a_line_in_the_file_is_named_with_where_it_begins(tmp_path: Path) -> None:
    with (
        pytest.raises(ConfigError, match="here:7: what: KeyError"),
        blaming(tmp_path / "x.py", "what", "here:7"),
    ):
        raise KeyError


class Thing:
    """A class whose methods may be anybody's."""

    name = "mine"

    def fails(self, number: float) -> float:
        """Divide by it."""
        return 1 / number

    def gives(self, what: object) -> object:
        """What it is given."""
        return what

    def refuses(self) -> None:
        """An error that says what to do."""
        raise DataError("bad row", hint="mend it")

    def stops(self) -> None:
        """What a user does."""
        raise KeyboardInterrupt


blame_methods(Thing, "thing", {"gives": Returns(int, many=True)})


def test_a_method_that_fails_is_named_with_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Thing().fails(2) == 0.5
    line = inspect.unwrap(Thing.fails).__code__
    with pytest.raises(ConfigError) as caught:
        Thing().fails(0)
    place = f"{__file__}:{line.co_firstlineno + 2}"
    assert (
        caught.value.message == f"{place}: thing mine: fails: ZeroDivisionError: division by zero"
    )
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    monkeypatch.setenv(SHOW_TRACEBACK, "1")
    with pytest.raises(ZeroDivisionError):
        Thing().fails(0)


def test_errors_that_say_what_to_do_and_interrupts_pass_through_a_method() -> None:
    with pytest.raises(DataError, match="bad row"):
        Thing().refuses()
    with pytest.raises(KeyboardInterrupt):
        Thing().stops()


class Numbered(msgspec.Struct):
    """What `Lister` gives; nothing checks it when it is made."""

    id: str
    words: tuple[str, ...] = ()


class Lister:
    """An added object whose method gives what it takes."""

    name = "lister"

    def gives(self, value: object) -> object:
        return value


blame_methods(Lister, "thing", {"gives": Returns(Numbered, many=True, unique="id")})


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ([Numbered("a"), Numbered("b", ("c",))], ""),
        ([Numbered("a"), Numbered(1)], "a Numbered whose 'id' must be str, got 1, of type int"),
        ([Numbered("a", "b")], "a Numbered whose 'words' must be tuple"),
        ([Numbered("a"), Numbered("b"), Numbered("a")], "2 objects with id 'a'"),
    ],
)
def test_fields_of_what_a_method_returns_are_checked(value: object, said: str) -> None:
    if not said:
        assert Lister().gives(value) is value
        return
    with pytest.raises(ConfigError) as caught:
        Lister().gives(value)
    assert f"thing lister: gives returned {said}" in caught.value.message


PATTERNS = """import msgspec

class Patterned(msgspec.Struct):
    few: tuple[str, ...]
    by_name: dict[str, str]

NUMBER = Patterned(
    few=(r"is\\b", r"?"),
    by_name={
        "sum": r"(sum\\b",
    },
)
"""


def test_a_bad_pattern_is_named_in_the_file_that_holds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It fails where it is used, joined with others, in code that is not at fault."""
    file = tmp_path / "patterns_of_one.py"
    file.write_text(PATTERNS)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    thing = exported("patterns_of_one", file, "NUMBER", msgspec.Struct)
    with pytest.raises(re.error) as caught:
        re.compile(rf"(?:{thing.few[0]}|{thing.by_name['sum']})? x")
    fault = fault_in_pattern(caught.value)
    assert fault is not None
    assert fault.message.startswith(f"{file}:10: '(sum\\\\b' is no regular expression: missing )")
    with pytest.raises(re.error) as other:
        re.compile("[nothing of this")
    assert fault_in_pattern(other.value) is None
    assert fault_in_pattern(ValueError()) is None
    monkeypatch.setenv(SHOW_TRACEBACK, "1")
    assert fault_in_pattern(caught.value) is None


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "a NoneType, not a list of int"),
        ("12", "a str, not a list of int"),
        ([1, "2"], "a str in its list, not a int"),
        ({1: 2}, "a dict, not a list of int"),
        ([1, 2], ""),
        ((), ""),
    ],
)
def test_what_a_method_returns_is_checked(value: object, said: str) -> None:
    if not said:
        assert Thing().gives(value) is value
        return
    with pytest.raises(ConfigError, match=f"thing mine: gives returned {said}$"):
        Thing().gives(value)
