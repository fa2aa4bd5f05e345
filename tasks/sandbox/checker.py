"""The trusted side: a jailed process that runs the tests and holds the verdict.

It executes text of the benchmark, never of a model. Each test has its own namespace, in which
proxies replace the program's functions: they send the arguments to the program's jail and decode
the answer. One process runs many tests: they are from one benchmark, and only plain values arrive
from a program. The host kills this process if a test does not end. It also runs inside a jail (a
test has no business on the host), where only the standard library exists.
"""

import builtins
import functools
import importlib
import os
import socket
import sys
import types
from collections.abc import Iterable
from typing import NoReturn, cast

from tasks.sandbox.codec import Decoder, Encoder, NotPlainError, WireError, dumps, loads
from tasks.sandbox.frames import read_frame, write_frame
from tasks.sandbox.rlimits import limit_process, reset_signals, warm_up

READY = b"R"
_REQUEST_LIMIT = 1 << 30
_TEXT_LIMIT = 1000


class ProgramGoneError(BaseException):
    """The program ended or broke the protocol; not an `Exception`, so that no test catches it."""


class UngradableError(BaseException):
    """The test needs something that is impossible across two processes."""


def main(control: int) -> None:
    """Grade one request after another until the host closes the connection."""
    settings = cast(dict[str, int], loads(read_frame(control, _REQUEST_LIMIT)))
    reset_signals()
    limit_process(**settings)
    os.dup2(1, 2)
    channel = socket.socket(fileno=control)
    warm_up()
    os.write(control, READY)
    while True:
        try:
            request = read_frame(control, _REQUEST_LIMIT)
        except EOFError:
            return
        _, fds, _, _ = socket.recv_fds(channel, 1, 1)
        verdict = dumps(grade(fds[0], request))
        write_frame(control, verdict)
        # Last, as this wakes the program, which is being ended by then anyway.
        os.close(fds[0])


def grade(link: int, request: bytes) -> tuple[str, str]:
    """Run one test against the program at the other end of `link`: an outcome and a reason."""
    source, test, entry_point, answer_limit = cast(tuple[str, str, str, int], loads(request))
    try:
        code, names = _compiled(test)
    except (SyntaxError, ValueError) as error:
        return "error", f"the test does not compile: {error}"
    program = Remote(link, answer_limit)
    try:
        namespace = program.load(source, sorted(names | {entry_point}))
        exec(code, namespace)
        if not callable(namespace.get("check")):
            return "error", "the test does not define check(candidate)"
        exec(f"check({entry_point})", namespace)
    except UngradableError as error:
        return "error", str(error)
    except BaseException as error:  # noqa: BLE001 - whatever the test raises is the verdict
        return "failed", _reason(error)
    # A test with a bare `except` may have hidden the end of the program.
    return ("failed", program.broken) if program.broken else ("passed", "")


def _reason(error: BaseException) -> str:
    if isinstance(error, ProgramGoneError):
        return str(error)
    try:
        # Cut here: the text may contain an answer of megabytes, and the verdict must stay small.
        text = str(error)[:_TEXT_LIMIT]
    except Exception:  # noqa: BLE001 - the text may hold a number too long to print
        text = ""
    name = type(error).__name__
    return f"{name}: {text}" if text else name


@functools.lru_cache(maxsize=256)
def _compiled(test: str) -> tuple[types.CodeType, frozenset[str]]:
    """A test's code and the names that it may use from the program."""
    code = compile(test, "<test>", "exec")
    return code, frozenset(_free_names(code))


def _free_names(code: types.CodeType) -> set[str]:
    """Global names that the test may use from the program; builtins stay the test's own."""
    names = {name for name in code.co_names if not hasattr(builtins, name)} - {"check"}
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= _free_names(constant)
    return names


class Remote:
    """The program, as the test sees it."""

    def __init__(self, link: int, answer_limit: int) -> None:
        self._link = link
        self._limit = answer_limit
        self.broken = ""

    def load(self, source: str, names: list[str]) -> dict[str, object]:
        """Run the module level of the program; the namespace in which the test then runs."""
        self._send(dumps((source, names)))
        try:
            answer = loads(self._receive())
        except Exception as error:  # noqa: BLE001 - the bytes are the program's
            self._gone(f"unreadable answer: {error}")
        match answer:
            case ("ok", [*kinds]) if len(kinds) == len(names):
                return dict(self._bound(names, kinds))
            case ("error", [*classes], str(text)):
                raise _exception(classes, text)
        self._gone("unreadable answer")

    def _bound(self, names: Iterable[str], kinds: Iterable[object]) -> Iterable[tuple[str, object]]:
        for name, kind in zip(names, kinds, strict=True):
            match kind:
                case ("callable", _):
                    yield name, Candidate(self, name)
                case ("value", value):
                    yield name, value
                # Under its own name only: the program must not choose what `math` is.
                case ("module", str(module)) if module == name in sys.stdlib_module_names:
                    yield name, importlib.import_module(module)

    def call(self, name: str, args: tuple[object, ...], kwargs: dict[str, object]) -> object:
        """Call a function of the program; raises the exception that it raised."""
        encoder = Encoder(strict=True)
        try:
            encoder.put(name)
            encoder.put(args)
            encoder.put(kwargs)
        except NotPlainError as error:
            raise UngradableError(f"the test calls {name} with an argument: {error}") from None
        self._send(encoder.out)
        decoder = Decoder(self._receive(), shared=encoder.containers)
        try:
            status = decoder.take()
            if status != "lost":
                for container in encoder.containers:
                    decoder.fill(container)
            outcome = decoder.take()
            decoder.end()
        except Exception as error:  # noqa: BLE001 - the bytes are the program's
            self._gone(f"unreadable answer: {error}")
        match (status, outcome):
            case ("ok", (value,)):
                return value
            case ("error" | "lost", ([*classes], str(text))):
                raise _exception(classes, text)
        self._gone("unreadable answer")

    def _send(self, payload: bytes | bytearray) -> None:
        try:
            write_frame(self._link, payload)
        except OSError:
            self._gone("the program ended before its tests did")

    def _receive(self) -> bytes:
        try:
            return read_frame(self._link, self._limit)
        except WireError as error:
            self._gone(str(error))
        except (EOFError, OSError):
            self._gone("the program ended before its tests did")

    def _gone(self, reason: str) -> NoReturn:
        self.broken = reason
        raise ProgramGoneError(reason)


class Candidate:
    """A function of the program; calling it runs it in the program's jail."""

    def __init__(self, program: Remote, name: str) -> None:
        self._program = program
        self.__name__ = name
        self.__qualname__ = name

    def __call__(self, *args: object, **kwargs: object) -> object:
        """Call the function in the program's jail."""
        return self._program.call(self.__name__, args, kwargs)


def _exception(classes: Iterable[object], text: str) -> BaseException:
    """The nearest built-in exception that can be built from a text."""
    for name in classes:
        kind = getattr(builtins, name, None) if isinstance(name, str) else None
        if isinstance(kind, type) and issubclass(kind, BaseException):
            try:
                return kind(text)
            except TypeError:
                continue
    return RuntimeError(text)
