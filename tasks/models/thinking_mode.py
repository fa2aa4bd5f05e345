"""Whether a model thinks before it answers, and the token limit that leaves room for it.

Chat templates have a switch under one of several names. Which one, if any, is found by rendering a
chat: a name counts if it stands in the template and its two values give two texts.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, Final, NamedTuple

import msgspec

from tasks.benchmark import Request
from tasks.sampling import Thinking
from ultralink_data.errors import ConfigError
from ultralink_data.llm.endpoint import EndpointIdentity
from ultralink_data.template_errors import template_errors
from ultralink_data.text.thinking import split_reply

THINKING_TOKENS: Final = 8192
"""Room for thinking if the user names none: long thoughts of small models on MGSM end before it."""

TEMPLATE_FIELD: Final = "chat_template_kwargs"
"""The field of a request in which vLLM, SGLang and llama.cpp's server take template arguments."""

_CHAT: Final = [{"role": "user", "content": "2 + 2?"}]


class Switch(NamedTuple):
    """An argument of chat templates and its values; a word counts only if the template has it."""

    name: str
    on: Any
    off: Any


SWITCHES: Final = (
    Switch("enable_thinking", True, False),  # Qwen 3, GLM, SmolLM3, EXAONE, Hunyuan, Gemma 4
    Switch("thinking", True, False),  # DeepSeek 3.1, Granite, Kimi
    Switch("reasoning", True, False),  # Command A
    Switch("thinking_option", "on", "off"),
    Switch("thinking_mode", "on", "off"),
    Switch("thinking_budget", -1, 0),  # Seed-OSS
    Switch("reasoning_effort", "high", "none"),  # Mistral; gpt-oss has no "none"
)

_FOR_SERVERS: Final = ("enable_thinking", "thinking")
"""Both are sent: a template ignores the one that it does not know."""


class ChatForm(NamedTuple):
    """How chats are rendered: arguments of the template, and whether the model then thinks."""

    arguments: Mapping[str, Any]
    thinks: bool


def chat_form(lm: Any, mode: Thinking, *, served: bool) -> ChatForm:
    """The form of chats of an lm-eval model, which from now on renders them so.

    A served model's template is not known: the switch is in the request (`with_switch`).

    Raises:
        ConfigError: `mode` is not "default", and the template knows no switch; or the template
            cannot be rendered.
    """
    if served:
        return ChatForm({}, mode == "on")
    if not getattr(getattr(lm, "tokenizer", None), "chat_template", None):
        if mode == "default":
            return ChatForm({}, thinks=False)
        raise ConfigError(
            f"--thinking {mode}: the model's tokenizer has no chat template",
            hint="leave the option out: such a model does not think unless it is asked to",
        )
    switch = find_switch(lm)
    if switch is None and mode != "default":
        known = ", ".join(one.name for one in SWITCHES)
        raise ConfigError(
            f"--thinking {mode}: the model's chat template has no switch for thinking",
            hint=f"leave the option out, or use a model whose template reads one of {known}",
        )
    arguments = {} if switch is None or mode == "default" else {switch.name: getattr(switch, mode)}
    if arguments or hasattr(lm, "hf_chat_template"):
        # lm-eval's VLLM hands over `enable_thinking=None`, which some templates read as "off".
        lm.apply_chat_template = partial(_rendered, lm, arguments)
    return ChatForm(arguments, mode == "on" or (mode == "default" and _thinks(lm, switch)))


def find_switch(lm: Any) -> Switch | None:
    """The switch that the chat template of an lm-eval model knows; None if there is none."""
    template = str(getattr(lm, "hf_chat_template", None) or lm.tokenizer.chat_template)
    for switch in SWITCHES:
        words = [value for value in (switch.on, switch.off) if isinstance(value, str)]
        if not re.search(rf"\b{switch.name}\b", template):
            continue
        if not all(re.search(rf"""["']{word}["']""", template) for word in words):
            continue
        on, off = (_rendered(lm, {switch.name: value}, _CHAT) for value in switch[1:])
        if on != off:
            return switch
    return None


def _thinks(lm: Any, switch: Switch | None) -> bool:
    """Whether a model thinks where its template is told nothing."""
    said = _rendered(lm, {}, _CHAT)
    if switch is not None:
        return said == _rendered(lm, {switch.name: switch.on}, _CHAT)
    without = _rendered(lm, {}, _CHAT, add_generation_prompt=False)
    opening = said.removeprefix(without)
    return len(opening) < len(said) and split_reply(opening).open


def _rendered(
    lm: Any,
    arguments: Mapping[str, Any],
    chat_history: list[dict[str, str]],
    add_generation_prompt: bool = True,
) -> str:
    """The chat as the model reads it; the form of lm-eval's `apply_chat_template`."""
    own = getattr(lm, "hf_chat_template", None)
    with question_errors():
        text: str = lm.tokenizer.apply_chat_template(
            chat_history,
            tokenize=False,
            add_generation_prompt=add_generation_prompt,
            **({} if own is None else {"chat_template": own}),
            **arguments,
        )
    return text


def question_errors() -> AbstractContextManager[None]:
    """What a template raises for a question, as a user's error (`template_errors`)."""
    return template_errors(
        "the model's chat template refuses a question",
        "mend it in the model's folder (chat_template.jinja, or tokenizer_config.json), or remove "
        "it and choose protocols for base models",
    )


def with_switch(served: EndpointIdentity, mode: Thinking) -> EndpointIdentity:
    """The endpoint, asked to think or not.

    Raises:
        ConfigError: its `extra_body` says the opposite.
    """
    if mode == "default":
        return served
    given = served.extra_body.get(TEMPLATE_FIELD, {})
    wanted = dict.fromkeys(_FOR_SERVERS, mode == "on")
    for name, value in wanted.items():
        if given.get(name, value) != value:
            raise ConfigError(
                f"--thinking {mode}, but --extra-body sets {name} to {given[name]!r}",
                hint="leave one of them out",
            )
    body = served.extra_body | {TEMPLATE_FIELD: given | wanted}
    return msgspec.structs.replace(served, extra_body=body)


def limit(requests: Sequence[Request], thinking: int, longest: int, context: int | None) -> int:
    """The token limit of requests that share their own limit, with `thinking` tokens on top.

    As far as the context reaches after a prompt of `longest` tokens, but never less than their own.
    """
    own = requests[0].max_tokens
    if context is None:
        return own + thinking
    return max(own, min(own + thinking, context - longest))
