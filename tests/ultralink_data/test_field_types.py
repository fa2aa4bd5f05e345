"""The types of fields that an added file fills."""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec
import pytest

from ultralink_data.field_types import check_types, test_of, wrong_field

fits = test_of
del test_of  # pytest would take it for a test


class Filled(msgspec.Struct, frozen=True, kw_only=True):
    """All kinds of fields that sections and problems have."""

    words: tuple[str, ...] = ()
    three: tuple[float, float, float] = (1, 2.5, 3)
    number: int = 1
    ratio: float = 1
    flag: bool = True
    text: str | None = None
    by_number: dict[int, str] = {}
    inner: "Filled | None" = None
    anything: Any = None


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("words", "one", "'words' must be tuple[str, ...], got 'one', of type str (a tuple of one"),
        ("words", ["one"], "'words' must be tuple[str, ...], got ['one'], of type list"),
        ("words", ("one", 2), "'words' must be tuple[str, ...], got ('one', 2)"),
        ("words", ("one",), ""),
        ("three", (1, 2), "'three' must be tuple[float, float, float], got (1, 2)"),
        ("three", (1, 2, "3"), "'three' must be"),
        ("number", "1", "'number' must be int, got '1', of type str"),
        ("number", True, "'number' must be int, got True, of type bool"),
        ("ratio", 2, ""),
        ("ratio", None, "'ratio' must be float, got None, of type NoneType"),
        ("flag", "yes", "'flag' must be bool"),
        ("text", 3, "'text' must be str | None, got 3"),
        ("by_number", {"2": "a"}, "'by_number' must be dict[int, str]"),
        ("by_number", {2: "a"}, ""),
        ("inner", {}, "'inner' must be Filled | None, got {}, of type dict"),
        ("inner", Filled(), ""),
        ("anything", {1: [2]}, ""),
    ],
)
def test_a_field_of_another_type_is_named_with_both(field: str, value: Any, said: str) -> None:
    thing = Filled(**{field: value})
    if not said:
        assert wrong_field(thing) == ""
        check_types(thing)
        return
    assert wrong_field(thing).startswith(said)
    with pytest.raises(ValueError, match=f"^field '{field}' must be"):
        check_types(thing)


def test_a_long_value_is_shown_in_part() -> None:
    assert len(wrong_field(Filled(number="a" * 10_000))) < 120


@pytest.mark.parametrize(
    ("hint", "good", "bad"),
    [
        (Literal["", "math"], "math", "code"),
        (Mapping[str, float], {"chat": 1}, {"chat": "1"}),
        (list[int], [1], (1,)),
        (frozenset[str], frozenset({"a"}), {"a"}),
    ],
)
def test_the_types_of_class_attributes_are_known(hint: Any, good: Any, bad: Any) -> None:
    assert fits(hint)(good)
    assert not fits(hint)(bad)
