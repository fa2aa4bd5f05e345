"""The batch interface of a provider: a file of requests goes up, files of results come down.

As https://platform.openai.com/docs/guides/batch describes it: at most 50,000 requests and 200 MB
a file, done within 24 hours, at half the price.
"""

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import msgspec

from ultralink_data.errors import EndpointError, RefusedRequestError
from ultralink_data.llm.batch_store import Wave
from ultralink_data.llm.error_body import error_in
from ultralink_data.llm.request import ChatRequest, Reply
from ultralink_data.llm.wire import (
    ErrorReplyError,
    Fault,
    MalformedReplyError,
    error_fault,
    read,
    status_fault,
)

if TYPE_CHECKING:
    from openai import AsyncOpenAI
    from openai.types import Batch

MOST_REQUESTS = 50_000
MOST_BYTES = 100_000_000
"""Of a file; the provider takes twice as many, but it lies in memory while it goes up."""

_FILE_TIMEOUT = 600.0
"""Seconds for a file to go up, or without a byte of one that comes down."""

_CLOCKS_DIFFER = 3600.0
"""Seconds by which the provider's clock may be behind ours."""

ENDED = {"completed", "expired", "cancelled", "failed"}


class _BatchLine(msgspec.Struct, frozen=True):
    custom_id: str
    method: str
    url: str
    body: msgspec.Raw


def request_line(key: str, body: bytes) -> bytes:
    """A line of the file that goes up."""
    line = _BatchLine(
        custom_id=key, method="POST", url="/v1/chat/completions", body=msgspec.Raw(body)
    )
    return msgspec.json.encode(line) + b"\n"


async def submit(openai: "AsyncOpenAI", wave: Wave, content: bytes) -> "Batch":
    """Send a wave.

    Raises:
        Exception: see `llm_wire.faults`.
    """
    file = await openai.files.create(
        file=(f"{wave.id}.jsonl", content), purpose="batch", timeout=_FILE_TIMEOUT
    )
    return await openai.batches.create(
        input_file_id=file.id,
        endpoint="/v1/chat/completions",
        completion_window="24h",
        metadata={"wave": wave.id},
    )


async def find(openai: "AsyncOpenAI", wave: Wave) -> "Batch | None":
    """The batch of a wave among the provider's, newest first, if it ever got there."""
    async for batch in openai.batches.list(limit=100):
        if (batch.metadata or {}).get("wave") == wave.id:
            return batch
        if batch.created_at < wave.started - _CLOCKS_DIFFER:
            break
    return None


async def lines(openai: "AsyncOpenAI", file_id: str) -> AsyncIterator[bytes]:
    """The lines of a file, streamed; only a line feed ends a line."""
    rest = b""
    content = openai.files.with_streaming_response.content(file_id, timeout=_FILE_TIMEOUT)
    async with content as answer:
        async for chunk in answer.iter_bytes():
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                yield line
    yield rest


class _Error(msgspec.Struct, frozen=True):
    code: str | int | None = None
    message: str | None = None
    param: str | None = None


class _Response(msgspec.Struct, frozen=True):
    status_code: int = 0
    request_id: str | None = None
    body: msgspec.Raw = msgspec.Raw(b"null")


class _Result(msgspec.Struct, frozen=True):
    custom_id: str
    response: _Response | None = None
    error: _Error | None = None


_RESULT = msgspec.json.Decoder(_Result)
_UNKNOWN = ChatRequest(item="", messages=(), max_tokens=1)
"""Stands for a request that was sent by a run before and is not asked for yet."""


def result(line: bytes, asked: dict[str, ChatRequest]) -> tuple[str, Reply | Fault] | None:
    """The key and content of a result line; None if it cannot be read."""
    try:
        found = _RESULT.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    key, response = found.custom_id, found.response
    if response is None or bytes(response.body) == b"null":
        return key, _failed(found.error)
    fault = _refused(response, found.error)
    if fault is None:
        try:
            return key, read(bytes(response.body), asked.get(key, _UNKNOWN))
        except ErrorReplyError as error:
            fault = error_fault(error.found)
        except MalformedReplyError as error:
            fault = Fault(f"malformed reply: {error}", billed=True)
    return key, fault._replace(request_id=response.request_id or "")


def _refused(response: _Response, beside: _Error | None) -> Fault | None:
    """Why a request was not answered with status 200; None if it was."""
    if response.status_code == 200:
        return None
    error = error_in(bytes(response.body))
    if error is not None:
        said, code, parameter = error.message, error.code, error.parameter
    else:
        other = beside or _Error()
        said, code, parameter = other.message or "", str(other.code or ""), other.param or ""
    return status_fault(response.status_code, said, code, parameter)


def _failed(error: _Error | None) -> Fault:
    """A result without a response: the batch expired or was cancelled before its turn came."""
    if error is None:
        return Fault("a result with neither a response nor an error")
    return Fault(f"{error.code or 'error'}: {error.message or 'without a reason'}")


def refusals(batch: "Batch", wave: Wave) -> tuple[dict[str, Fault], Fault]:
    """Why a batch did not start: faults of single requests, and the fault of all the others."""
    errors: list[Any] = list((batch.errors.data if batch.errors else None) or [])
    single: dict[str, Fault] = {}
    whole: Fault | None = None
    for error in errors:
        what = f"batch {batch.id}: {error.code or 'failed'}: {error.message or ''}"
        if error.line and error.line <= len(wave.keys):
            single[wave.keys[error.line - 1]] = Fault(what, final=RefusedRequestError)
        elif error.code == "token_limit_exceeded":
            whole = Fault(what, busy=True)
        else:
            whole = Fault(what, final=EndpointError)
    if whole is None and single:
        whole = Fault(f"batch {batch.id} was not begun: other requests in it were refused")
    return single, whole or Fault(f"batch {batch.id} failed without a reason")
