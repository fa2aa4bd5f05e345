"""Reads a reply that must be one JSON object: hostile until it is decoded strictly."""

import json
import re
from typing import TypeVar

import msgspec

from ultralink_data.stage.asking import Failure
from ultralink_data.text.thinking import split_reply

T = TypeVar("T")

_FENCE = re.compile(r"```[a-zA-Z]*[ \t]*\n(.*?)\n?[ \t]*```", re.S)


class BadReplyError(Exception):
    """A reply that does not count; `failure` names the check and says what is wrong."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.detail)
        self.failure = failure


def bad_reply(check: str, detail: str) -> BadReplyError:
    """The error of a reply that fails `check`."""
    return BadReplyError(Failure(check, detail))


def read_object(text: str, kind: type[T]) -> T:
    """The object of a reply, which is all of it but thinking, or its one code fence.

    Raises:
        BadReplyError: it is not one JSON object and nothing else, or not of the kind.
    """
    text = split_reply(text, only_thinking=True).answer
    fences = _FENCE.findall(text)
    whole = text.strip()
    if not whole.startswith("{") and len(fences) == 1:
        whole = fences[0].strip()
    try:
        found: object = json.loads(whole, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise bad_reply("not_json", "it is not one JSON object and nothing else") from None
    try:
        return msgspec.convert(found, kind)
    except msgspec.ValidationError as error:
        raise bad_reply("wrong_form", f"it has not the form asked for: {error}") from None
    except UnicodeEncodeError:  # half of a pair of surrogates, which no text can hold
        raise bad_reply("wrong_form", "a name in it is no text") from None


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """The object of these pairs; a name given twice would be ambiguous."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise bad_reply("wrong_form", "a name occurs twice in it")
    return found


def _no_number(name: str) -> object:
    """`NaN` and `Infinity`, which Python's reader takes and JSON does not have."""
    raise bad_reply("wrong_form", f"{name} is no number")
