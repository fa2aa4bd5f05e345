"""The wire format of a request to a chat endpoint, and how answers and faults are read.

The transport is openai's over aiohttp (docs/decisions/009-llm-client.md). Bodies are written and
read here, so that no model text passes through a class that guesses types.
"""

import os
import time
from collections.abc import Collection
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import msgspec

from ultralink_data.errors import ConfigError, EndpointError, LLMError, RefusedRequestError
from ultralink_data.llm import error_body
from ultralink_data.llm.endpoint import NEW_LIMIT, OLD_LIMIT, Endpoint
from ultralink_data.llm.parameters import refused_parameter
from ultralink_data.llm.request import ChatRequest, Reply, estimate_tokens
from ultralink_data.llm.spoken import SpokenMessage

if TYPE_CHECKING:
    from httpx2 import Response
    from openai import APIStatusError, AsyncOpenAI

_RETRYABLE = {408, 409, 429}
_HOPELESS = {401, 402}
"""Statuses that every other request would get too."""

_FORBIDDEN = {403, 404}
"""Statuses of a wrong key, model or address, or of one request: a gateway that moderates, say."""

_UNSUPPORTED = {"unsupported_parameter", "unsupported_value"}
"""Codes of a 400 that every other request would get too."""

_SPEECHLESS = {"length", "content_filter"}
"""Ends of a reply that explain why it has no text: nothing would change if it were asked again."""

_CONNECT = 10.0
"""Seconds for a connection to come about."""

_SHORTEST_KEY = 8

_SPARE_FILES = 128
"""Open files of a process beside its connections."""


class Fault(NamedTuple):
    """Why an attempt brought no reply.

    `final` is the error to raise if no further attempt can succeed; `wait` is how long the endpoint
    asks to wait, in seconds. `billed` is false if the endpoint cannot have charged for it, `sent`
    if no connection was made. `forbidden` marks a refusal that every request may get, `busy` a 429,
    `unsupported` names a body field that this model does not accept.
    """

    what: str
    final: type[LLMError] | None = None
    wait: float | None = None
    billed: bool = False
    sent: bool = True
    busy: bool = False
    forbidden: bool = False
    unsupported: str = ""
    request_id: str = ""


def find_key(endpoint: Endpoint) -> str:
    """The key from the environment; endpoints on this machine need none.

    Raises:
        ConfigError: it is not set, or is not valid in a header (its text is not shown).
    """
    key = os.environ.get(endpoint.key_variable, "").strip()
    if not (key.isascii() and key.isprintable()):
        raise ConfigError(
            f"${endpoint.key_variable} has a line break or another character that no key has",
            hint="set it again, from the page that shows the key",
        )
    if key:
        return key
    if urlsplit(endpoint.base_url).hostname in ("localhost", "127.0.0.1", "::1"):
        return "no-key-needed"
    raise ConfigError(
        f"no key for {endpoint.base_url}: ${endpoint.key_variable} is not set",
        hint=f"export {endpoint.key_variable}=... in the shell; it is never written anywhere",
    )


def hidden(text: str, key: str) -> str:
    """The text without the key; very short keys stay, as they could be parts of words."""
    return text.replace(key, "***") if len(key) >= _SHORTEST_KEY else text


def connect(endpoint: Endpoint, key: str, connections: int) -> "AsyncOpenAI":
    """The transport, with one connection for each request in flight."""
    import httpx2
    from openai import AsyncOpenAI, DefaultAioHttpClient

    _allow_files(connections)
    return AsyncOpenAI(
        api_key=key,
        base_url=endpoint.base_url,
        max_retries=0,
        http_client=DefaultAioHttpClient(
            timeout=httpx2.Timeout(endpoint.timeout, connect=min(_CONNECT, endpoint.timeout)),
            limits=httpx2.Limits(
                max_connections=connections, max_keepalive_connections=connections
            ),
        ),
    )


def _allow_files(connections: int) -> None:
    """Raise the limit of open files as far as the connections need and the system allows.

    Raises:
        ConfigError: it does not allow so many.
    """
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + _SPARE_FILES
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    if hard != resource.RLIM_INFINITY and hard < wanted:
        raise ConfigError(
            f"{connections} requests at a time need {wanted} open files, {hard} are allowed",
            hint="lower --concurrency, or raise the limit (ulimit -n)",
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def body(request: ChatRequest, endpoint: Endpoint, refused: Collection[str] = ()) -> dict[str, Any]:
    """The body of `POST /chat/completions`; fields at their default are left out.

    `refused` are parameters that the endpoint does not accept. They are left out, like those in
    `never_send`; the token limit of the reply is sent under its other name.
    """
    own = endpoint.temperature
    made: dict[str, Any] = {
        "model": endpoint.model,
        "messages": request.messages,
        "temperature": request.temperature if own is None else own,
        OLD_LIMIT: request.max_tokens,
        NEW_LIMIT: request.max_tokens,
    }
    if request.schema is not None:
        schema = {"name": "reply", "strict": True, "schema": request.schema}
        made["response_format"] = {"type": "json_schema", "json_schema": schema}
    if request.top_p < 1.0:
        made["top_p"] = request.top_p
    if request.seed is not None:
        made["seed"] = request.seed
    if request.stop:
        made["stop"] = request.stop
    for name in (*refused, *endpoint.never_send):
        made.pop(name, None)
    if OLD_LIMIT in made:
        made.pop(NEW_LIMIT, None)
    return made | endpoint.extra_body


async def post(openai: "AsyncOpenAI", encoded: bytes, name: str) -> "Response":
    """Send a body; `name` is our id of the attempt, which then shows in the endpoint's logs.

    Raises:
        Exception: what `fault` reads.
    """
    from httpx2 import Response

    return await openai.post(
        "/chat/completions",
        cast_to=Response,
        content=encoded,
        options={"headers": {"Content-Type": "application/json", "X-Client-Request-Id": name}},
    )


_SHOWN_BYTES = 100
"""So much of a body that is no reply stands in its error."""


class MalformedReplyError(Exception):
    """A body that is not a chat completion with a text; its tokens may be billed."""


class ErrorReplyError(Exception):
    """A body of status 200 that holds an error in place of a reply."""

    def __init__(self, found: error_body.ErrorBody) -> None:
        super().__init__(found.message)
        self.found = found


class _Choice(msgspec.Struct, frozen=True):
    message: SpokenMessage | None = None
    finish_reason: str | None = None
    error: Any = None


class _Usage(msgspec.Struct, frozen=True):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class Completion(msgspec.Struct, frozen=True):
    """A chat completion; a broken server may leave out any part of it."""

    choices: tuple[_Choice, ...] | None = None
    usage: _Usage | None = None
    error: Any = None

    @property
    def failed(self) -> bool:
        """Whether it is no reply, or one that an error ended."""
        first = self.choices[0] if self.choices else None
        return first is None or bool(self.error or first.error) or first.finish_reason == "error"


_COMPLETION = msgspec.json.Decoder(Completion)


def read(answer: bytes, request: ChatRequest) -> Reply:
    """The reply in a body.

    Raises:
        ErrorReplyError: it holds an error.
        MalformedReplyError: it holds neither.
    """
    try:
        made = _COMPLETION.decode(answer)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        _raise_error(answer)
        raise MalformedReplyError(f"no chat completion: {error}{_begins(answer)}") from None
    if made.failed:
        _raise_error(answer)
    return reply(made, request)


def _begins(answer: bytes) -> str:
    """How a body that is no JSON object begins: a page of a proxy, say."""
    start = " ".join(answer[:_SHOWN_BYTES].decode("utf-8", "replace").split())
    return f"; the body begins {start!r}" if start else "; the body is empty"


def _raise_error(answer: bytes) -> None:
    found = error_body.error_in(answer)
    if found is not None:
        raise ErrorReplyError(found) from None


def reply(made: Completion, request: ChatRequest) -> Reply:
    """The reply in a completion.

    Raises:
        MalformedReplyError: it holds none.
    """
    if not made.choices:
        raise MalformedReplyError("no choices")
    message, reason = made.choices[0].message, made.choices[0].finish_reason or ""
    if message is None:
        raise MalformedReplyError("no message")
    text, thinking = message.refusal or message.text(), message.thought()
    if message.refusal:
        reason = "refusal"
    if not text and reason not in _SPEECHLESS and not (request.may_be_empty and reason):
        raise MalformedReplyError("no text, only thinking" if thinking else "no text")
    usage = made.usage or _Usage()
    # A budget must not read a missing count as zero.
    return Reply(
        text=text,
        finish_reason=reason,
        prompt_tokens=max(usage.prompt_tokens or 0, 0) or estimate_tokens(request.messages),
        completion_tokens=max(usage.completion_tokens or 0, 0)
        or len((text + thinking).encode()) // 3 + 1,
        thinking=thinking,
    )


def faults() -> tuple[type[Exception], ...]:
    """Exceptions of an attempt where the endpoint or the network failed; all others are bugs."""
    from aiohttp import ClientError
    from httpx2 import HTTPError
    from openai import APIError

    ours = (ErrorReplyError, MalformedReplyError)
    return (APIError, ClientError, HTTPError, *ours, TimeoutError, OSError)


def fault(error: Exception) -> Fault:
    """What one of `faults` means."""
    from openai import APIStatusError

    match error:
        case APIStatusError():
            return _status_fault(error)
        case ErrorReplyError():
            return error_fault(error.found)
        case MalformedReplyError():
            return Fault(f"malformed reply: {error}", billed=True)
        case TimeoutError():
            return Fault("time-out", billed=True)
    return _connection_fault(error)


def _status_fault(error: "APIStatusError") -> Fault:
    status, whole = error.status_code, ""
    if error.body:
        whole = " ".join(str(error.body).split())  # a page of a proxy, say
    said = error.message.removeprefix(f"Error code: {status}").removeprefix(" - ")
    fault = status_fault(
        status, said or whole[:200], str(error.code or ""), str(error.param or ""), whole
    )
    wait = retry_after(error.response.headers.get("retry-after"))
    return fault._replace(wait=wait, request_id=error.request_id or "")


def status_fault(status: int, said: str, code: str, parameter: str, whole: str = "") -> Fault:
    """What a status means, with the endpoint's words, its code and the parameter it names.

    `whole` is the full body, which is searched too: a gateway passes on what it got.
    """
    final: type[LLMError] | None = None
    what = f"status {status}: {said or 'without a reason'}"
    unsupported = refused_parameter(status, f"{said} {whole}", code, parameter)
    every_request = status in _HOPELESS or (status == 400 and code in _UNSUPPORTED)
    if every_request or code == "insufficient_quota":
        final = EndpointError
    elif status not in _RETRYABLE and status < 500:
        final = RefusedRequestError
    busy, forbidden = status == 429, status in _FORBIDDEN
    return Fault(what, final=final, busy=busy, forbidden=forbidden, unsupported=unsupported)


def error_fault(found: error_body.ErrorBody) -> Fault:
    """What an error in a body of status 200 means: what its own status or words would mean."""
    made = status_fault(found.status, found.message, found.code, found.parameter, found.whole)
    said = made.what.removeprefix(f"status {found.status}: ")
    number = "" if found.status == error_body.UNKNOWN else f" {found.status}"
    return made._replace(what=f"status 200 with the error{number}: {said}", billed=found.begun)


def _connection_fault(error: Exception) -> Fault:
    """Whether a connection was made decides whether an attempt can have been billed.

    The names of openai and httpx do not tell: a refused connection arrives as a time-out.
    """
    from aiohttp import (
        ClientConnectorCertificateError,
        ClientConnectorError,
        ClientSSLError,
        ConnectionTimeoutError,
        ServerTimeoutError,
    )

    causes = _causes(error)
    for cause in causes:
        if isinstance(cause, ClientConnectorCertificateError | ClientSSLError):
            return Fault(f"no secure connection: {cause}", final=EndpointError, sent=False)
        if isinstance(cause, ClientConnectorError):
            number = cause.os_error.errno
            reason = cause.strerror or str(cause.os_error)
            if number is not None and number > 0:  # a failed look-up of a name has others
                reason = os.strerror(number)
            return Fault(f"no connection: {reason}", sent=False)
        if isinstance(cause, ConnectionTimeoutError):
            return Fault("no connection: time-out", sent=False)
        if isinstance(cause, ServerTimeoutError):
            return Fault("time-out", billed=True)
    last = causes[-1]
    return Fault(f"the connection broke: {type(last).__name__}: {last}", billed=True)


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None:
        found.append(error)
        error = error.__cause__
    return found


def retry_after(value: str | None) -> float | None:
    """Seconds that an endpoint asks to wait: a number or a date (RFC 9110, 10.2.3)."""
    if value is None:
        return None
    try:
        wait = float(value)
    except ValueError:
        try:
            wait = parsedate_to_datetime(value).timestamp() - time.time()
        except ValueError:
            return None
    return max(0.0, wait) if wait == wait else None
