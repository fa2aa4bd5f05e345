"""A pairwise judge: build the request, read the reply, give the verdict on one question.

Protocol `reference` is upstream's (AlpacaEval's `alpaca_eval_gpt4` evaluator, which OMGEval uses
with a template per language): one order, by a seeded draw, and the reply read as by
`ranking_parser`. Protocol `both_orders` asks in both orders, reads strictly, and asks again after a
malformed reply.
"""

import ast
import json
import random
import re
from enum import StrEnum
from typing import Any, Final, Literal

import msgspec

from tasks.judging.judge_config import Protocol
from ultralink_data.errors import EndpointError, LLMError
from ultralink_data.llm.client import ChatRequest, Client, Message, Reply
from ultralink_data.text.control_tokens import disarmed
from ultralink_data.text.thinking import answer_of, split_reply, with_thinking

MAX_TOKENS: Final = 100
"""Upstream's limit; a ranking has about 40 tokens."""

THINKING_TOKENS: Final = 8192
"""The limit where a judge thinks, so that the usual one ended its reply before the ranking."""

READINGS: Final = 3
"""How many times `both_orders` asks for one verdict before it counts as bad."""

SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "ranking": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "model": {"type": "string", "enum": ["model_1", "model_2"]},
                    "rank": {"type": "integer", "enum": [1, 2]},
                },
                "required": ["model", "rank"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["ranking"],
    "additionalProperties": False,
}
"""Schema for endpoints with structured output; its root must be an object."""

_TURN: Final = re.compile(r"<\|im_start\|>(system|user|assistant)\n(.*?)\n?<\|im_end\|>", re.DOTALL)
_FIELD: Final = re.compile(r"\{(instruction|output_1|output_2)\}")
_FENCE: Final = re.compile(r"\A```(?:json|python)?\s*\n(.*?)\n?```\Z", re.DOTALL)
_LONGEST_REPLY: Final = 4_000
"""In characters; longer text never reaches the literal parser, whatever made the judge write it."""

_AGAIN: Final = (
    "Your reply could not be read. Answer with nothing but the list: "
    "[{'model': 'model_1', 'rank': 1}, {'model': 'model_2', 'rank': 2}] or with the ranks swapped."
)


class Result(StrEnum):
    """How the judged model did against the baseline on one question."""

    WIN = "win"
    TIE = "tie"
    LOSS = "loss"
    BAD_VERDICT = "bad_verdict"
    ERROR = "error"


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """What is judged: the model's and the baseline's answers to one question of a cluster."""

    problem_id: str
    language: str
    question: str
    output: str
    baseline: str
    cluster: str = ""


class JudgeVerdict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One comparison; `model_first`: the model was shown first; `reply`: the judge's last text.

    `asked` counts the replies that were read. It is 0 if the request failed, or if both answers are
    the same text, which is a tie without asking (as upstream). `thinking` came apart from the reply
    or was cut from it; it is not read.
    """

    problem_id: str
    language: str
    model_first: bool
    result: Result
    reply: str = ""
    asked: int = 0
    detail: str = ""
    thinking: str = ""


def fill(template: str, question: str, first: str, second: str) -> tuple[Message, ...]:
    """The messages of a chat-markup template.

    The template is split into turns before it is filled, and filled in one pass, so markup or a
    placeholder inside an answer has no effect. Nor do control tokens: they get a blank, since a
    server would read them as the real ones, and an answer could end its turn and rank itself first.

    Raises:
        ValueError: the template has no turns, or lacks one of its three fields.
    """
    given = {"instruction": question, "output_1": first, "output_2": second}
    texts = {name: disarmed(text) for name, text in given.items()}
    turns = _TURN.findall(template)
    if not turns or set(_FIELD.findall(template)) != set(texts):
        raise ValueError("a judge template needs turns and {instruction}, {output_1}, {output_2}")
    return tuple(
        Message(role=role, content=_FIELD.sub(lambda found: texts[found[1]], content))
        for role, content in turns
    )


def reference_switches(question: str, seed: int = 0) -> bool:
    """Whether upstream shows the model first; otherwise it shows the baseline first.

    Source: alpaca_eval `RandomSwitchTwoColumnsProcessor` as `pairwise_evaluator.py` sets it up.
    """
    text = f"is_switched_outputs{question}{seed}"
    return random.Random(text).choices([False, True], k=1)[0]


def read_reference(reply: str) -> Literal[1, 2] | None:
    """Which of the two is better, read like upstream's `ranking_parser`; None: unreadable.

    The reply is a Python literal, a list of rows with a "model"; the rank of the first model_1
    decides. Thinking around it, which upstream's parser cannot read, is cut.
    """
    try:
        rows = [row for row in _python_literal(answer_of(reply)) if row["model"] == "model_1"]
        rank = rows[0]["rank"]
    except (ValueError, TypeError, KeyError, IndexError):
        return None
    return rank if rank in (1, 2) else None


def read_strict(reply: str) -> Literal[0, 1, 2] | None:
    """Which is better (0: tied) in a reply that ranks both models once and no others; else None.

    The list may be JSON or Python, fenced, or the only value of an object, with nothing around it
    but thinking.
    A key that is given twice says two things: unreadable.
    """
    text = answer_of(reply).strip()
    fenced = _FENCE.match(text)
    try:
        value = _literal(fenced[1] if fenced else text)
    except ValueError:
        return None
    if isinstance(value, dict) and len(value) == 1:
        value = next(iter(value.values()))
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        return None
    if any(set(row) != {"model", "rank"} or type(row["rank"]) is not int for row in value):
        return None
    ranks = sorted((str(row["model"]), row["rank"]) for row in value)
    readings: dict[tuple[tuple[str, int], ...], Literal[0, 1, 2]] = {
        (("model_1", 1), ("model_2", 2)): 1,
        (("model_1", 2), ("model_2", 1)): 2,
        (("model_1", 1), ("model_2", 1)): 0,
    }
    return readings.get(tuple(ranks))


def _literal(text: str) -> Any:
    """A JSON or Python literal that gives no key twice.

    Raises:
        ValueError: anything else, or text too long or too deep to be a ranking.
    """
    try:
        found = _python_literal(text)
    except ValueError:
        if len(text) > _LONGEST_REPLY:
            raise
    else:
        for node in ast.walk(ast.parse(text.lstrip(" \t"), mode="eval")):
            if isinstance(node, ast.Dict):
                _once([(key.value, None) for key in node.keys if isinstance(key, ast.Constant)])
        return found
    try:
        return json.loads(text, object_pairs_hook=_once)
    except RecursionError as error:
        raise ValueError(str(error)) from error


def _once(pairs: list[tuple[Any, Any]]) -> dict[Any, Any]:
    """The object of these pairs.

    Raises:
        ValueError: a key is given twice.
    """
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is given twice")
    return found


def _python_literal(text: str) -> Any:
    """A Python literal.

    Raises:
        ValueError: anything else, or text too long or too deep to be a ranking.
    """
    if len(text) > _LONGEST_REPLY:
        raise ValueError("too long")
    try:
        return ast.literal_eval(text)
    except (SyntaxError, MemoryError, RecursionError, TypeError) as error:
        raise ValueError(str(error)) from error


def orders(pair: Pair, protocol: Protocol) -> tuple[bool, ...]:
    """Whether the model is shown first, for each comparison of a pair."""
    if protocol == "reference":
        return (reference_switches(pair.question),)
    return (False, True)


def first_request(
    pair: Pair, template: str, model_first: bool, *, structured: bool = False
) -> ChatRequest:
    """The first request of one comparison."""
    answers = (pair.output, pair.baseline) if model_first else (pair.baseline, pair.output)
    return ChatRequest(
        item=f"{pair.language}/{pair.problem_id}/{'model' if model_first else 'baseline'}-first",
        messages=fill(template, pair.question, *answers),
        max_tokens=MAX_TOKENS,
        schema=SCHEMA if structured else None,
    )


async def ask_judge(client: Client, request: ChatRequest) -> Reply:
    """The judge's reply; asked again with `THINKING_TOKENS` if the limit cut it in its thinking.

    Raises:
        LLMError: as `Client.ask`.
    """
    reply = await client.ask(request)
    if reply.finish_reason != "length":
        return reply
    parts = split_reply(reply.text)
    if parts.open or parts.thinking or reply.thinking or not parts.answer.strip():
        return await client.ask(msgspec.structs.replace(request, max_tokens=THINKING_TOKENS))
    return reply


async def compare(
    client: Client,
    pair: Pair,
    template: str,
    model_first: bool,
    protocol: Protocol,
    *,
    structured: bool = False,
) -> JudgeVerdict:
    """Make one comparison; a request that fails for good gives the verdict `error`.

    Raises:
        EndpointError: the endpoint refuses every request.
        BudgetError: the budget does not allow the next request.
    """
    verdict = JudgeVerdict(
        problem_id=pair.problem_id,
        language=pair.language,
        model_first=model_first,
        result=Result.TIE,
        detail="same text",
    )
    if pair.output == pair.baseline:
        return verdict
    first = first_request(pair, template, model_first, structured=structured)
    request, reply = first, ""
    for attempt in range(1 if protocol == "reference" else READINGS):
        try:
            answer = await ask_judge(client, request)
        except EndpointError:
            raise
        except LLMError as error:
            return msgspec.structs.replace(
                verdict, result=Result.ERROR, reply=reply, asked=attempt, detail=error.message
            )
        reply = answer.text
        verdict = msgspec.structs.replace(
            verdict, thinking=with_thinking(answer.thinking, split_reply(reply).thinking)
        )
        better = read_reference(reply) if protocol == "reference" else read_strict(reply)
        if better is not None:
            result = _result(better, model_first)
            return msgspec.structs.replace(
                verdict, result=result, reply=reply, asked=attempt + 1, detail=""
            )
        said = (
            Message(role="assistant", content=disarmed(answer_of(reply))),
            Message(role="user", content=_AGAIN),
        )
        messages = (*first.messages, *said)
        request = msgspec.structs.replace(first, messages=messages, attempt=attempt + 1)
    return msgspec.structs.replace(
        verdict,
        result=Result.BAD_VERDICT,
        reply=reply,
        asked=attempt + 1,
        detail=f"unreadable reply ({answer.finish_reason})",
    )


def _result(better: Literal[0, 1, 2], model_first: bool) -> Result:
    if better == 0:
        return Result.TIE
    return Result.WIN if (better == 1) == model_first else Result.LOSS
