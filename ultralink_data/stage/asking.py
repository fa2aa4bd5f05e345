"""Questions to a model about one row: replies are checked, and asked again with what failed."""

import hashlib
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple, Protocol

from ultralink_data.errors import RefusedRequestError
from ultralink_data.llm.client import ChatRequest, Message, Reply
from ultralink_data.stage.asking_config import Asking
from ultralink_data.stage.outcome import NOTHING, REFUSED_REQUEST, Rejected, Spent

_NOT_ACCEPTED = "That reply was not accepted"


class Failure(NamedTuple):
    """A check that a text failed: its name, and in English what is wrong, for the model to mend."""

    check: str
    detail: str


Check = Callable[[str], Failure | None]
Verify = Callable[[str], Awaitable[Failure | None]]
"""A check that itself has to ask somebody."""


class Chat(Protocol):
    """What answers requests; `llm.Client` does."""

    async def ask(self, request: ChatRequest) -> Reply:
        """The reply to a request."""


class CheckFailedError(Exception):
    """No reply passed its checks, or a request was refused; holds the last failure and text."""

    def __init__(self, step: str, failure: Failure, output: str) -> None:
        super().__init__(f"{step}: {failure.check}: {failure.detail}")
        self.step = step
        self.failure = failure
        self.output = output

    def rejected(self, row_id: str, language: str) -> Rejected:
        """The reject of the row."""
        detail = f"{self.step}: {self.failure.detail}"
        return Rejected(
            id=row_id,
            language=language,
            reason=self.failure.check,
            detail=detail,
            output=self.output,
        )


class Questioner:
    """Asks about one row; `failed_checks` and `spent` go into its outcome."""

    def __init__(self, chat: Chat, item: str, asking: Asking) -> None:
        self._chat = chat
        self._item = item
        self._asking = asking
        self.failed_checks: list[str] = []
        self.spent: Spent = NOTHING

    async def ask(
        self,
        step: str,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        check: Check,
        schema: dict[str, Any] | None = None,
        verify: Verify | None = None,
    ) -> str:
        """A reply that passes `check`, without surrounding space; `step` names the question.

        What passes `check` must pass `verify` too, if there is one.

        A reply that fails is shown to the model with what is wrong, and the model is asked again.
        One that was cut by the token limit, or that the endpoint marks as a refusal, fails unread.

        Raises:
            CheckFailedError: no attempt passed, or the endpoint refused one (`refused_request`).
            LLMError: a request failed (see `llm.Client.ask`).
        """
        asked = tuple(messages)
        failure, text = Failure("not_asked", ""), ""
        for attempt in range(self._asking.tries):
            name = f"{self._item}/{step}"
            request = ChatRequest(
                item=name,
                messages=asked,
                max_tokens=max_tokens,
                temperature=self._asking.temperature,
                attempt=attempt,
                schema=schema,
                seed=derived_seed(self._asking.seed, f"{name}/{attempt}"),
            )
            try:
                reply = await self._chat.ask(request)
            except RefusedRequestError as error:
                # Raised as a failed check, so that what was paid for before it is kept and counted.
                raise CheckFailedError(
                    step, Failure(REFUSED_REQUEST, error.message), text
                ) from error
            self.spent += Spent(
                replies=1,
                prompt_tokens=reply.prompt_tokens,
                completion_tokens=reply.completion_tokens,
            )
            text = reply.text.strip()
            found = _cut_or_refused(reply) or _echo(text) or check(text)
            if found is None and verify is not None:
                found = await verify(text)
            if found is None:
                return text
            failure = found
            self.failed_checks.append(failure.check)
            asked = (*messages, *_again(text, failure))
        raise CheckFailedError(step, failure, text)


def _cut_or_refused(reply: Reply) -> Failure | None:
    if reply.finish_reason == "length":
        return Failure("truncated", "it was too long and was cut off; be shorter")
    if reply.finish_reason in ("refusal", "content_filter"):
        return Failure("refusal", "it declines to answer")
    return None


def _echo(text: str) -> Failure | None:
    if _NOT_ACCEPTED in text:
        return Failure("prompt_echo", "it repeats that it was not accepted")
    return None


def _again(text: str, failure: Failure) -> tuple[Message, ...]:
    wanted = (
        f"{_NOT_ACCEPTED}: {failure.detail}. Follow every instruction of the first "
        "message and reply again. Give the whole reply, without an apology or a comment on it."
    )
    before = (Message(role="assistant", content=text),) if text else ()
    return (*before, Message(role="user", content=wanted))


def derived_seed(seed: int, name: str) -> int:
    """A 31-bit seed for `name`; it depends on neither the order nor the number of workers."""
    digest = hashlib.sha256(f"{seed}/{name}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1


def derived_random(seed: int, name: str) -> random.Random:
    """A separate random generator for `name`."""
    return random.Random(derived_seed(seed, name))
