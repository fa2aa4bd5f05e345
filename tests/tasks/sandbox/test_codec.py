"""The codec: what crosses unchanged, and what hostile bytes cannot do."""

import contextlib
import random
from collections import Counter, OrderedDict, deque, namedtuple
from decimal import Decimal
from fractions import Fraction

import pytest

from tasks.sandbox.codec import Decoder, Encoder, NotPlainError, Opaque, WireError, dumps, loads

VALUES = [
    *(None, True, False, 0, -1, 255, -256, 1 << 200, 1.5, float("inf"), -0.0, 2 - 3j),
    *("", "aé世\ud800", b"", b"\0\xff", bytearray(b"x"), [], [1, [2, [3]]], (1, (2,)), {}, ()),
    *({"a": [1], 2: None}, {1, 2}, frozenset({"x"}), range(3, 9, 2), deque([1, 2])),
    *(Fraction(1, 3), Decimal("1.50")),
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_plain_value_crosses_unchanged(value: object) -> None:
    back = loads(dumps(value))
    assert back == value
    assert type(back) is type(value)
    assert repr(back) == repr(value)


def test_subclasses_arrive_as_what_they_extend() -> None:
    point = namedtuple("point", "x y")
    for value, plain in (
        (Counter("aab"), {"a": 2, "b": 1}),
        (OrderedDict(a=1), {"a": 1}),
        (point(1, 2), (1, 2)),
        (type("Text", (str,), {})("t"), "t"),
    ):
        back = loads(dumps(value))
        assert back == plain
        assert type(back) is type(plain)


def test_views_and_iterators_behave_as_such() -> None:
    table = {"a": 1, "b": 2}
    assert loads(dumps(table.keys())) == {"a", "b"}
    assert loads(dumps(table.items())) == {("a", 1), ("b", 2)}
    assert list(loads(dumps(table.values()))) == [1, 2]  # type: ignore[call-overload]
    numbers = loads(dumps(n * n for n in range(3)))
    assert numbers != [0, 1, 4]
    assert list(numbers) == [0, 1, 4]  # type: ignore[call-overload]


def test_identity_and_cycles_are_kept() -> None:
    shared = [1]
    cycle: list[object] = [shared, shared]
    cycle.append(cycle)
    back = loads(dumps(cycle))
    assert isinstance(back, list)
    assert back[0] is back[1]
    assert back[2] is back


def test_object_arrives_opaque_with_its_truth_and_equal_to_nothing() -> None:
    class Liar:
        def __eq__(self, other: object) -> bool:
            return True

        def __bool__(self) -> bool:
            return False

    back = loads(dumps(Liar()))
    assert isinstance(back, Opaque)
    assert back != 1  # type: ignore[comparison-overlap]
    assert not back
    with pytest.raises(NotPlainError):
        Encoder(strict=True).put([Liar()])


def test_content_of_shared_containers_is_refilled_in_place() -> None:
    inner, outer = [1], {"k": 2}
    mine = [inner, outer]
    request = Encoder()
    request.put(mine)
    there = Decoder(bytes(request.out))
    theirs = there.take()
    assert isinstance(theirs, list)
    theirs[0].append(7)
    theirs.reverse()
    answer = Encoder(shared=there.containers)
    for container in there.containers:
        answer.put_content(container)
    decoder = Decoder(bytes(answer.out), shared=request.containers)
    for container in request.containers:
        decoder.fill(container)
    decoder.end()
    assert mine[0] is outer
    assert mine[1] is inner
    assert inner == [1, 7]


@pytest.mark.parametrize(
    "data",
    [b"", b"?", b"i\0\0\0\5x", b"l\xff\xff\xff\xff", b"r\0\0\0\0", b"NN", b"R\0\0\0\0"],
)
def test_broken_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(WireError):
        loads(data)


def test_random_damage_raises_only_ordinary_exceptions() -> None:
    rng = random.Random(3)
    whole = bytes(dumps(VALUES))
    for _ in range(3000):
        damaged = bytearray(whole)
        for _ in range(rng.randrange(1, 6)):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        # Any ordinary exception is handled by the caller; a MemoryError would be a broken promise.
        with contextlib.suppress(WireError, ValueError, TypeError, ArithmeticError):
            loads(damaged)


def test_limit_of_the_encoder_holds() -> None:
    with pytest.raises(WireError):
        Encoder(limit=100).put("x" * 200)
    with pytest.raises(WireError):
        Encoder(limit=100).put(list(range(100)))
