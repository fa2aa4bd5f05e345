"""A strict codec that passes plain values from one process to another.

The test runs in one process and the program in another (see the package's docstring), so every
argument and every answer crosses a socket. The codec assumes a hostile writer: the reader builds
only values of the built-in types below, imports nothing, calls nothing of the writer's, and checks
each count against the bytes received. `pickle` and `marshal` guarantee none of that.

Preserved: the exact built-in types, identity and cycles among lists, dicts and sets, and in-place
changes of arguments by a call. A subclass of a built-in (a named tuple, a `Counter`) arrives as the
built-in, a number of a package (numpy's, sympy's integers and floats) as an `int` or `float`, an
iterator as an iterator over its items, everything else as `Opaque`.

This file also runs inside the jail, where only the standard library exists: no imports of ours.
"""

import operator
import struct
import sys
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from types import ModuleType
from typing import Final

ITERATOR_LIMIT: Final = 100_000
NAME_LIMIT: Final = 100
_COUNT: Final = struct.Struct("!I")
_FLOAT: Final = struct.Struct("!d")


class WireError(Exception):
    """A value or a frame that breaks the rules."""


class NotPlainError(WireError):
    """A value of this side that cannot be sent because it is not plain data."""


class Opaque:
    """Stands for an object that is not plain data: equal to nothing but itself."""

    def __init__(self, type_name: str, truth: bool) -> None:
        self._type_name = type_name
        self._truth = truth

    def __bool__(self) -> bool:
        return self._truth

    def __repr__(self) -> str:
        return f"<{self._type_name} object>"


def dumps(value: object) -> bytearray:
    """One value as bytes."""
    encoder = Encoder()
    encoder.put(value)
    return encoder.out


def loads(data: bytes | bytearray) -> object:
    """The value of `dumps`; raises `WireError` if the bytes are not exactly one value."""
    decoder = Decoder(bytes(data))
    value = decoder.take()
    decoder.end()
    return value


class Encoder:
    """Writes values into `out`.

    `shared` are mutable containers that both sides already know, in the same order; they are
    written as references. `containers` lists these and all containers met since. `strict` refuses
    values that would arrive as `Opaque`.
    """

    def __init__(
        self, shared: Sequence[object] = (), limit: int = 1 << 30, strict: bool = False
    ) -> None:
        self.out = bytearray()
        self.strict = strict
        self.containers: list[object] = list(shared)
        self._index = {id(item): n for n, item in enumerate(self.containers)}
        self._limit = limit

    def put(self, value: object) -> None:
        """Append one value."""
        self.room_for(1)
        kind = type(value)
        if kind not in _PUT:
            kind = _plain_base(value)
        if kind in _MUTABLE:
            if id(value) in self._index:
                self.out += b"r" + _COUNT.pack(self._index[id(value)])
                return
            self._index[id(value)] = len(self.containers)
            self.containers.append(value)
        _PUT[kind](self, value)

    def put_content(self, container: object) -> None:
        """Append a shared container's current content, for the other side to refill its own."""
        _PUT[type(container)](self, container)

    def room_for(self, size: int) -> None:
        """Raise unless `size` more bytes are within the limit."""
        if len(self.out) + size > self._limit:
            raise WireError(f"a value of more than {self._limit} bytes")

    def count(self, tag: bytes, number: int) -> None:
        """Append a tag and a count."""
        self.out += tag + _COUNT.pack(number)

    def sized(self, tag: bytes, data: bytes | bytearray) -> None:
        """Append a tag and bytes with their length."""
        self.room_for(len(data))
        self.count(tag, len(data))
        self.out += data

    def items(self, tag: bytes, values: Iterable[object]) -> None:
        """Append a tag and several values with their number."""
        listed = tuple(values)
        self.count(tag, len(listed))
        for value in listed:
            self.put(value)


def _plain_base(value: object) -> type:
    """The built-in type as which a value of another type is sent; `object` for opaque."""
    for base in _SUBCLASSABLE:
        if isinstance(value, base):
            return base
    name = (type(value).__module__, type(value).__name__)
    if name in _PACKAGE_BOOLEANS:
        return _Boolean
    numbers = sys.modules.get("numbers")  # of a package's numbers it is always loaded
    if numbers is not None and isinstance(value, numbers.Integral):
        return _Integer
    if numbers is not None and _is_float(value, numbers):
        return _Real
    if name in _NUMBERS and sys.modules.get(name[0]) is not None:
        return _Number
    return _Iterator if hasattr(type(value), "__next__") else object


def _is_float(value: object, numbers: ModuleType) -> bool:
    """Whether it is a number that compares as a float does; a fraction does not."""
    return isinstance(value, numbers.Real) and not isinstance(value, numbers.Rational)


class _Integer:
    """Key of the table for integers of a package, such as numpy's."""


class _Real:
    """Key of the table for floating-point numbers of a package."""


class _Boolean:
    """Key of the table for truth values of a package."""


class _Iterator:
    """Key of the table for iterators and generators of any type."""


class _Number:
    """Key of the table for fractions and decimals, whose modules are rarely loaded."""


def _put_int(encoder: Encoder, value: object) -> None:
    number = int.__int__(value)  # type: ignore[arg-type]
    encoder.sized(b"i", number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True))


def _put_float(encoder: Encoder, value: object) -> None:
    encoder.out += b"f" + _FLOAT.pack(float.__float__(value))  # type: ignore[arg-type]


def _put_complex(encoder: Encoder, value: object) -> None:
    number = complex.__complex__(value)  # type: ignore[arg-type]
    encoder.out += b"c" + _FLOAT.pack(number.real) + _FLOAT.pack(number.imag)


def _put_str(encoder: Encoder, value: object) -> None:
    encoder.room_for(str.__len__(value))  # type: ignore[arg-type]
    encoder.sized(b"s", str.encode(value, "utf-8", "surrogatepass"))  # type: ignore[arg-type]


def _put_range(encoder: Encoder, value: object) -> None:
    assert isinstance(value, range)
    encoder.items(b"R", (value.start, value.stop, value.step))


def _put_dict(encoder: Encoder, value: object) -> None:
    pairs: tuple[tuple[object, object], ...] = tuple(dict.items(value))  # type: ignore[arg-type]
    encoder.count(b"d", len(pairs))
    for key, item in pairs:
        encoder.put(key)
        encoder.put(item)


def _put_number(encoder: Encoder, value: object) -> None:
    encoder.sized(_NUMBERS[type(value).__module__, type(value).__name__], str(value).encode())


def _put_iterator(encoder: Encoder, value: object) -> None:
    items = tuple(islice(value, ITERATOR_LIMIT + 1))  # type: ignore[call-overload]
    if len(items) > ITERATOR_LIMIT:
        _put_opaque(encoder, value)
    else:
        encoder.items(b"I", items)


def _put_opaque(encoder: Encoder, value: object) -> None:
    if encoder.strict and isinstance(value, Opaque):
        raise WireError(f"{value!r} is not plain data")
    if encoder.strict:
        raise NotPlainError(f"a {type(value).__name__} is not plain data")
    name = type(value).__name__[:NAME_LIMIT].encode("utf-8", "replace")
    encoder.sized(b"O" if value else b"o", name)


def _put_items(
    tag: bytes, items: Callable[[object], Iterable[object]]
) -> Callable[[Encoder, object], None]:
    return lambda encoder, value: encoder.items(tag, items(value))


_PACKAGE_BOOLEANS: Final = {("numpy", "bool"), ("numpy", "bool_")}
_NUMBERS: Final = {("fractions", "Fraction"): b"Q", ("decimal", "Decimal"): b"D"}
_MUTABLE: Final = frozenset({list, dict, set, bytearray})
_SUBCLASSABLE: Final = (
    *(bool, int, float, complex, str, bytes, bytearray),
    *(list, tuple, dict, set, frozenset, deque),
)
_PUT: Final[dict[type, Callable[[Encoder, object], None]]] = {
    type(None): lambda encoder, _: encoder.out.extend(b"N"),
    bool: lambda encoder, value: encoder.out.extend(b"T" if value else b"F"),
    int: _put_int,
    float: _put_float,
    complex: _put_complex,
    str: _put_str,
    bytes: lambda encoder, value: encoder.sized(b"b", bytes.__getitem__(value, slice(None))),  # type: ignore[call-overload]
    bytearray: lambda encoder, value: encoder.sized(b"B", value),  # type: ignore[arg-type]
    list: _put_items(b"l", list.__iter__),  # type: ignore[arg-type]
    tuple: _put_items(b"t", tuple.__iter__),  # type: ignore[arg-type]
    dict: _put_dict,
    set: _put_items(b"e", set.__iter__),  # type: ignore[arg-type]
    frozenset: _put_items(b"z", frozenset.__iter__),  # type: ignore[arg-type]
    deque: _put_items(b"q", deque.__iter__),  # type: ignore[arg-type]
    range: _put_range,
    type({}.keys()): _put_items(b"K", iter),  # type: ignore[arg-type]
    type({}.values()): _put_items(b"V", iter),  # type: ignore[arg-type]
    type({}.items()): _put_items(b"M", iter),  # type: ignore[arg-type]
    _Number: _put_number,
    _Integer: lambda encoder, value: _put_int(encoder, operator.index(value)),  # type: ignore[arg-type]
    _Real: lambda encoder, value: _put_float(encoder, float(value)),  # type: ignore[arg-type]
    _Boolean: lambda encoder, value: encoder.out.extend(b"T" if value else b"F"),
    _Iterator: _put_iterator,
    object: _put_opaque,
}


class Decoder:
    """Reads values from bytes; `shared` as for `Encoder`, on the reader's side."""

    def __init__(self, data: bytes, shared: Sequence[object] = ()) -> None:
        self._data = data
        self._at = 0
        self.containers: list[object] = list(shared)

    def take(self) -> object:
        """Read one value."""
        tag = self._bytes(1)
        if tag == b"r":
            return self._reference()
        empty = _EMPTY.get(tag)
        if empty is not None:
            container = empty()
            self.containers.append(container)
            self._refill(tag, container)
            return container
        if tag not in _TAKE:
            raise WireError(f"unknown tag {tag!r}")
        return _TAKE[tag](self)

    def fill(self, container: object) -> None:
        """Read the content of the other side's copy of `container` and make it the same here."""
        tag = self._bytes(1)
        if tag not in _EMPTY or _EMPTY[tag] is not type(container):
            raise WireError(f"content with tag {tag!r} for a {type(container).__name__}")
        self._refill(tag, container)

    def end(self) -> None:
        """Raise unless all bytes were read."""
        if self._at != len(self._data):
            raise WireError(f"{len(self._data) - self._at} bytes after the value")

    def sized(self) -> bytes:
        """Read bytes with their length."""
        return self._bytes(self._count())

    def float(self) -> "float":
        """Read eight bytes as a number."""
        (number,) = _FLOAT.unpack(self._bytes(8))
        return float(number)

    def items(self) -> list[object]:
        """Read several values with their count."""
        return [self.take() for _ in range(self._listed())]

    def _refill(self, tag: bytes, container: object) -> None:
        if isinstance(container, bytearray):
            container[:] = self.sized()
        elif isinstance(container, list):
            container[:] = self.items()
        elif isinstance(container, set):
            values = self.items()
            container.clear()
            container.update(values)
        elif isinstance(container, dict):
            pairs = [(self.take(), self.take()) for _ in range(self._listed())]
            container.clear()
            container.update(pairs)

    def _reference(self) -> object:
        (index,) = _COUNT.unpack(self._bytes(_COUNT.size))
        if index >= len(self.containers):
            raise WireError(f"reference {index} of {len(self.containers)}")
        return self.containers[index]

    def _listed(self) -> int:
        """Read a count of values; each takes at least one byte, so a larger count is refused."""
        number = self._count()
        if number > len(self._data) - self._at:
            raise WireError(f"{number} values in {len(self._data) - self._at} bytes")
        return number

    def _count(self) -> int:
        (number,) = _COUNT.unpack(self._bytes(_COUNT.size))
        return int(number)

    def _bytes(self, size: int) -> bytes:
        if size > len(self._data) - self._at:
            raise WireError(f"{size} bytes wanted, {len(self._data) - self._at} there")
        self._at += size
        return self._data[self._at - size : self._at]


def _take_range(decoder: Decoder) -> range:
    match decoder.items():
        case [int(start), int(stop), int(step)] if step:
            return range(start, stop, step)
    raise WireError("a range of anything but three integers")


def _take_fraction(decoder: Decoder) -> object:
    from fractions import Fraction

    return Fraction(decoder.sized().decode("ascii"))


def _take_decimal(decoder: Decoder) -> object:
    from decimal import Decimal

    return Decimal(decoder.sized().decode("ascii"))


def _take_pairs(decoder: Decoder) -> dict[object, object]:
    pairs = decoder.items()
    return dict(pair for pair in pairs if isinstance(pair, tuple) and len(pair) == 2)


def _take_opaque(truth: bool) -> Callable[[Decoder], Opaque]:
    return lambda decoder: Opaque(decoder.sized().decode("utf-8", "replace"), truth)


_EMPTY: Final[dict[bytes, type]] = {b"l": list, b"d": dict, b"e": set, b"B": bytearray}
_TAKE: Final[dict[bytes, Callable[[Decoder], object]]] = {
    b"N": lambda decoder: None,
    b"T": lambda decoder: True,
    b"F": lambda decoder: False,
    b"i": lambda decoder: int.from_bytes(decoder.sized(), "big", signed=True),
    b"f": Decoder.float,
    b"c": lambda decoder: complex(decoder.float(), decoder.float()),
    b"s": lambda decoder: decoder.sized().decode("utf-8", "surrogatepass"),
    b"b": Decoder.sized,
    b"t": lambda decoder: tuple(decoder.items()),
    b"z": lambda decoder: frozenset(decoder.items()),
    b"q": lambda decoder: deque(decoder.items()),
    b"R": _take_range,
    b"K": lambda decoder: dict.fromkeys(decoder.items()).keys(),
    b"V": lambda decoder: dict(enumerate(decoder.items())).values(),
    b"M": lambda decoder: _take_pairs(decoder).items(),
    b"I": lambda decoder: iter(decoder.items()),
    b"Q": _take_fraction,
    b"D": _take_decimal,
    b"O": _take_opaque(True),
    b"o": _take_opaque(False),
}
