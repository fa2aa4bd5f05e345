"""The words of a filter, `language=zh,outcome=wrong,length>=500`: the same wherever people look.

Conditions stand between commas and all must hold. A comma before something that is no condition
adds a value (`language=zh,en`) or, in a text, is a comma. Quotes keep a value as it is:
`text="a, b=c"`.
"""

import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, Literal, TypeAlias

import msgspec

from ultralink_data.errors import ConfigError, unknown_name

Kind: TypeAlias = Literal["name", "text", "number"]
"""`name` is compared as a whole, of `text` a part in any case is enough."""

Words: TypeAlias = str | Sequence[str] | Mapping[str, object] | None
"""How a filter is given: its words, several of them, or `{"language": ["zh", "en"]}`."""

_PIECE: Final = re.compile(r'(?:^|,)((?:[^,"]|"[^"]*"?)*)')
_CONDITION: Final = re.compile(r"\s*([A-Za-z_]+)\s*(>=|<=|!=|=|>|<)(.*)", re.DOTALL)
_COMPARE: Final[Mapping[str, Callable[[float, float], bool]]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
    "!=": operator.ne,
}


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """What one field must be: one of `values`, or with `!=` none of them."""

    key: str
    kind: Kind
    operator: str
    values: tuple[str, ...]

    def holds(self, *found: str | float) -> bool:
        """Whether the field's value, or one of several names that it goes by, is as asked."""
        if self.kind == "number":
            return _COMPARE[self.operator](float(found[0]), float(self.values[0]))
        if self.kind == "text":
            texts = [str(one).casefold() for one in found]
            among = any(value.casefold() in text for value in self.values for text in texts)
        else:
            among = not set(found).isdisjoint(self.values)
        return among == (self.operator == "=")

    def check_known(self, known: Iterable[str]) -> None:
        """Refuse a name that nothing has.

        Raises:
            ConfigError: names the nearest of `known`.
        """
        names = list(known)
        for value in self.values:
            if value not in names:
                raise unknown_name(self.key, value, names)


def conditions(words: Words, kinds: Mapping[str, Kind]) -> tuple[Condition, ...]:
    """The conditions that the words of a filter stand for; `kinds` has its keys.

    Raises:
        ConfigError: an unknown key (the nearest are named), or a value that is none.
    """
    if words is None:
        return ()
    if isinstance(words, Mapping):
        return tuple(_of_value(key, value, kinds) for key, value in words.items())
    if isinstance(words, str):
        words = (words,)
    return tuple(one for text in words for one in _of_text(text, kinds))


def _of_value(key: str, value: object, kinds: Mapping[str, Kind]) -> Condition:
    several = list(value) if isinstance(value, list | tuple | set | frozenset) else [value]
    values = tuple(map(str, several))
    name, sign, rest = _parts(f"{key.strip()}=") if key[-1:].isalpha() else _parts(key)
    if rest:
        raise ConfigError(f"{key!r} is no key of a filter", hint="write {'length>=': 500}")
    return _checked(name, sign, values, kinds)


def _of_text(text: str, kinds: Mapping[str, Kind]) -> list[Condition]:
    found: list[tuple[str, str, list[str]]] = []
    for piece in _PIECE.findall(text):
        if _CONDITION.match(piece):
            name, sign, value = _parts(piece)
            found.append((name, sign, [value]))
        elif not found:
            raise ConfigError(f"{piece.strip()!r} is no condition", hint=_hint(kinds))
        elif kinds.get(found[-1][0]) == "text":
            found[-1][2][-1] += f",{piece}"
        else:
            found[-1][2].append(piece)
    return [_checked(name, sign, tuple(map(_plain, v)), kinds) for name, sign, v in found]


def _parts(piece: str) -> tuple[str, str, str]:
    match = _CONDITION.match(piece)
    if match is None:
        raise ConfigError(f"{piece!r} is no key of a filter", hint="write {'language': 'zh'}")
    return match[1], match[2], match[3]


def _plain(value: str) -> str:
    """A value without the blanks and quotes around it."""
    value = value.strip()
    quoted = len(value) > 1 and value[0] == value[-1] == '"'
    return value[1:-1] if quoted else value


def _checked(key: str, sign: str, values: tuple[str, ...], kinds: Mapping[str, Kind]) -> Condition:
    if key not in kinds:
        raise unknown_name("filter word", key, kinds)
    kind = kinds[key]
    said = f"{key}{sign}{','.join(values)}"
    if "" in values:
        raise ConfigError(f"{said} has no value", hint=_hint(kinds))
    if kind != "number" and sign not in ("=", "!="):
        raise ConfigError(f"{said}: {key} is no number", hint=f"write {key}={values[0]}")
    if kind == "number" and (len(values) > 1 or not re.fullmatch(r"-?\d+(\.\d+)?", values[0])):
        raise ConfigError(f"{said}: {','.join(values)!r} is no number", hint=f"write {key}>=500")
    return Condition(key=key, kind=kind, operator=sign, values=values)


def _hint(kinds: Mapping[str, Kind]) -> str:
    names = [key for key, kind in kinds.items() if kind != "number"]
    numbers = "".join(f", or {key}>=N" for key, kind in kinds.items() if kind == "number")
    return f"write KEY=VALUE of {', '.join(names)}{numbers}"
