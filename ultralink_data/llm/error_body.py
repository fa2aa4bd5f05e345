"""The error in a body that arrived with status 200, as gateways and some providers send it.

Forms: OpenAI and OpenRouter (`error`, an object or a text), Gemini (the same in a list), Anthropic
(`type: error`), vLLM and FastChat (`object: error`), FastAPI (`detail`), DashScope (`code`,
`message`), Baidu (`error_code`, `error_msg`), MiniMax (`base_resp`), gateways of clouds (`__type`,
`fault`, `Response.Error`, `errorMessage`, `msg`), a stream's `data:` lines that nobody asked for,
and OpenRouter's choice that holds an `error` or ended with the reason "error", where the text
before it is not a reply. A body without choices is no reply, so whatever it says is its error.
"""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

_WORDS: Final = {
    "invalid_api_key": 401,
    "invalidapikey": 401,
    "authentication": 401,
    "authentication_error": 401,
    "unauthenticated": 401,
    "unauthorized": 401,
    "insufficient_balance": 402,
    "payment_required": 402,
    "billing_error": 402,
    "permission_error": 403,
    "permission_denied": 403,
    "not_found": 404,
    "not_found_error": 404,
    "notfounderror": 404,
    "model_not_found": 404,
    "timeout": 408,
    "request_timeout": 408,
    "rate_limit_exceeded": 429,
    "rate_limit_error": 429,
    "resource_exhausted": 429,
    "throttling": 429,
    "toomanyrequests": 429,
    "authfailure": 401,
    "tokens": 429,
    "requests": 429,
    "context_length_exceeded": 400,
    "content_filter": 400,
    "content_policy_violation": 400,
    "datainspectionfailed": 400,
    "invalid_argument": 400,
    "invalidparameter": 400,
    "invalid_request": 400,
    "unsupported_parameter": 400,
    "unsupported_value": 400,
    "unknown_parameter": 400,
    "invalid_request_error": 400,
    "badrequesterror": 400,
    "bad_request": 400,
}
"""The status that a code, type or status in words stands for."""

_MESSAGES: Final = (
    *("message", "msg", "detail", "error_msg", "errmsg", "error_message", "errormessage"),
    *("faultstring", "status_msg", "err", "reason", "title"),
)
"""Fields with an error's words, in lower case; the first that has any is taken."""

_CODES: Final = ("code", "type", "status", "error_code", "errorcode", "__type", "error_type")
_INSIDE: Final = ("response", "fault", "header", "result", "data")
"""Fields that wrap an error in answers of gateways, in lower case."""

_STREAM: Final = b"data:"

UNKNOWN: Final = 500
"""The status of an error that names none: what may pass is tried again."""


class ErrorBody(msgspec.Struct, frozen=True, kw_only=True):
    """An error: the status that it stands for, its words, code and parameter, "" where it has none.

    `whole` is everything around it, for words that stand in other places.
    """

    status: int
    message: str
    code: str = ""
    parameter: str = ""
    whole: str = ""
    begun: bool = False
    """Whether a reply had begun: its tokens may be billed."""


def error_in(answer: bytes) -> ErrorBody | None:
    """The error in a body; None if it holds none or is not JSON."""
    if answer.startswith(_STREAM):
        answer = answer.removeprefix(_STREAM).partition(b"\n")[0]
    try:
        body: Any = msgspec.json.decode(answer)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if isinstance(body, list) and body:
        body = body[0]
    if not isinstance(body, dict):
        return None
    whole = _top(body)
    found = whole or _in_choice(body)
    if found is None:
        return None
    text = " ".join(str(body).split())
    return msgspec.structs.replace(found, whole=text, begun=whole is None)


def _top(body: dict[str, Any]) -> ErrorBody | None:
    """An error that stands for the whole answer."""
    for name in ("error", "errors", "detail"):
        if body.get(name):
            return _read(body[name], body)
    base = body.get("base_resp")
    if isinstance(base, dict) and base.get("status_code"):
        return _read({"code": base["status_code"], "message": base.get("status_msg")})
    return None if body.get("choices") else _without_choices(body)


def _without_choices(body: dict[str, Any]) -> ErrorBody | None:
    """The error in what cannot be a reply: its words, or those one level further in."""
    lower = _lower(body)
    if body.get("object") == "error" or _first(lower, _MESSAGES):
        return _read(body)
    for name in _INSIDE:
        inside = lower.get(name)
        if isinstance(inside, dict):
            inner = _lower(inside)
            error = inner.get("error") or inner
            if isinstance(error, dict) and _first(_lower(error), _MESSAGES):
                return _read(error)
    return None


def _in_choice(body: dict[str, Any]) -> ErrorBody | None:
    """An error that ended the first choice."""
    choices = body.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(first, dict):
        return None
    if first.get("error"):
        return _read(first["error"])
    if first.get("finish_reason") == "error":
        return _read({"message": "the reply ended with the reason 'error'"})
    return None


def _read(error: Any, around: dict[str, Any] | None = None) -> ErrorBody:
    """An error of any form: a text, an object, a list of either, or a mere yes."""
    while isinstance(error, list) and error:
        error = error[0]
    outer = around or {}
    if error is True:  # the words stand beside it
        error = {name: value for name, value in outer.items() if name != "error"}
    if not isinstance(error, dict):
        error = {"message": error, **{name: outer[name] for name in _CODES if name in outer}}
    if isinstance(error.get("error"), dict):  # an error passed on by a gateway
        error = error["error"]
    fields = _lower(error)
    words = [_text(fields.get(name)) for name in _CODES]
    message = _first(fields, (*_MESSAGES, "error"))
    return ErrorBody(
        status=_status(words),
        message=message or ", ".join(word for word in words if word),
        code=next(filter(None, words), ""),
        parameter=_text(fields.get("param")),
    )


def _lower(fields: dict[str, Any]) -> dict[str, Any]:
    return {name.lower(): value for name, value in fields.items()}


def _first(fields: dict[str, Any], names: Iterable[str]) -> str:
    """The first of these fields that has a text, or else anything."""
    found = [fields[name] for name in names if fields.get(name)]
    texts = [value for value in found if isinstance(value, str) and value.strip()]
    return _text((texts or found or [""])[0])


def _status(words: list[str]) -> int:
    """The HTTP status that the first telling word stands for."""
    for word in words:
        if word.isascii() and word.isdigit() and 400 <= int(word) < 600:
            return int(word)
        plain = word.lower().replace("-", "_")
        known = (
            _WORDS.get(plain)
            or _WORDS.get(plain.partition(".")[0])
            or _WORDS.get(plain.removesuffix("exception"))
        )
        if known is not None:
            return known
    return UNKNOWN


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()
