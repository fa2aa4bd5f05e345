"""Render dialogues with a tokenizer's chat template, and locate the assistant's turns.

An assistant turn runs from the end of the generation prompt to the end of the end-of-turn mark, so
the model learns what evaluation asks for and where to stop. It is found by rendering prefixes, so
it works for any template, with or without `{% generation %}`.

Templates of models that think write an answer without a thought in one of two ways. Qwen 3 puts an
empty thought before it, which the generation prompt does not have: the model has to write it, and
learns it with the answer. DeepSeek R1 opens a thought in the generation prompt and leaves it out of
answers: here the model learns to close it at once.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from train.chat_templates import CHATML, CHATML_AFTER_BOS, IM_END, IM_START, Tokenizer
from ultralink_data.errors import ConfigError
from ultralink_data.template_errors import template_errors
from ultralink_data.text.thinking import split_reply

_OPEN: Final = re.compile(r"([<\[])(\w+)([>\]])\s*\Z")
"""A tag at the end of a generation prompt."""
_THOUGHT: Final = re.compile(r"\s*(?:[<\[]\w+[>\]]\s*)?[<\[]/\w+[>\]]\s*")
"""A thought that says nothing, or the end of one."""
_FIRST_WORD: Final = re.compile(r"\s*\S+")

DAY: Final = date(2024, 7, 26)
"""The day of templates that write the date, as Llama 3's do: the same rows, the same tokens."""

_CHATML_HELPS: Final = "choose ChatML with --set train.template=chatml"

_PROBE: Final = ("How are you?", "Fine.")


class Span(NamedTuple):
    """An assistant turn, [start, end) in characters; blanks before it start at `blank`."""

    blank: int
    start: int
    end: int


class Rendered(NamedTuple):
    """A rendered dialogue and the spans of its assistant turns."""

    text: str
    spans: tuple[Span, ...]


def render(turns: Sequence[str], tokenizer: Tokenizer, system: str = "") -> tuple[Rendered, ...]:
    """A dialogue (user, assistant, user, ...) as one text with the spans of all its answers.

    If the template writes earlier turns differently when later ones follow, there is a text for
    each answer, which has before it what the model sees when it is asked for this answer.

    A system turn that the template refuses or leaves out stands before the first question, with an
    empty line between, as Gemma 3 writes it.

    Raises:
        ConfigError: the template refuses the dialogue, does not put an answer right after its
            generation prompt, changes the answer, or has no end-of-turn mark.
    """
    if tokenizer.chat_template in (CHATML, CHATML_AFTER_BOS):
        return (_chatml(turns, tokenizer, system),)
    messages = _messages(turns, tokenizer, system)
    ends = [place for place, said in enumerate(messages, 1) if said["role"] == "assistant"]
    samples = [_up_to(messages[:end], tokenizer) for end in ends]
    whole = samples[-1].text if samples else ""
    if all(whole.startswith(text[: spans[-1].end]) for text, spans in samples):
        return (Rendered(whole, tuple(span for sample in samples for span in sample.spans)),)
    return tuple(samples)


def _chatml(turns: Sequence[str], tokenizer: Tokenizer, system: str) -> Rendered:
    """What `render` finds for ChatML, which is known to write turn after turn: 30 times as fast."""
    turns = turns[: len(turns) // 2 * 2]
    if not turns:
        return Rendered("", ())
    head = ""
    if tokenizer.chat_template == CHATML_AFTER_BOS:
        head = str(tokenizer.bos_token or "")
    if system.strip():
        head += f"{IM_START}system\n{system}{IM_END}\n"
    written, spans, place = [head], [], len(head)
    for index, turn in enumerate(turns):
        opening = f"{IM_START}{'assistant' if index % 2 else 'user'}\n"
        start = place + len(opening)
        end = start + len(turn) + len(IM_END)
        if index % 2:
            spans.append(Span(start - 1, start, end))
        written += opening, turn, f"{IM_END}\n"
        place = end + 1
    return Rendered("".join(written), tuple(spans))


def end_of_turn(tokenizer: Tokenizer) -> int | None:
    """The token that ends an answer; None if the template's mark is no token of its own.

    Raises:
        ConfigError: as in `render`.
    """
    ((text, (span,)),) = render(_PROBE, tokenizer)
    found = tokenizer([text[: span.end]], add_special_tokens=False)["input_ids"][0]
    return found[-1] if found and found[-1] in tokenizer.added_tokens_decoder else None


def _messages(turns: Sequence[str], tokenizer: Tokenizer, system: str) -> list[dict[str, str]]:
    messages = [
        {"role": "assistant" if index % 2 else "user", "content": turn}
        for index, turn in enumerate(turns)
    ]
    if not system.strip():
        return messages
    told = {"role": "system", "content": system}
    if _is_taken(told, messages[0], tokenizer):
        return [told, *messages]
    return [{"role": "user", "content": f"{system}\n\n{turns[0]}"}, *messages[1:]]


def _is_taken(told: dict[str, str], question: dict[str, str], tokenizer: Tokenizer) -> bool:
    try:
        text = _apply(tokenizer, [told, question], add_generation_prompt=True)
    except ConfigError:
        return False
    return told["content"].strip() in text


def _up_to(messages: list[dict[str, str]], tokenizer: Tokenizer) -> Rendered:
    """The text of a dialogue up to an answer, and the span of this answer."""
    prompt = _apply(tokenizer, messages[:-1], add_generation_prompt=True)
    whole = _apply(tokenizer, messages)
    said = messages[-1]["content"].strip()
    if not whole.startswith(prompt):
        whole = _after_prompt(prompt, whole, messages[-2]["content"].strip(), said)
    start = _start(whole, len(prompt), said)
    end = start + len(said) + _mark(whole[start + len(said) :], tokenizer)
    return Rendered(whole, (Span(len(prompt.rstrip()), len(prompt), end),))


def _apply(
    tokenizer: Tokenizer, messages: list[dict[str, str]], *, add_generation_prompt: bool = False
) -> str:
    turns = f"{len(messages)} turn{'s' if len(messages) > 1 else ''}"
    with template_errors(f"the chat template refuses a dialogue of {turns}", _CHATML_HELPS):
        return str(
            tokenizer.apply_chat_template(
                messages,
                tokenize=False,
                add_generation_prompt=add_generation_prompt,
                strftime_now=DAY.strftime,
            )
        )


def _after_prompt(prompt: str, whole: str, asked: str, said: str) -> str:
    """The prompt and behind it the answer as the template writes it, where it changes the prompt.

    The prompt opens a thought; or the template writes what stands before the last question only as
    long as there is no answer (Mistral writes the system turn there).
    """
    opening = _OPEN.search(prompt)
    if opening is not None and split_reply(opening[0], only_thinking=True).open:
        answer = whole[opening.start() :].lstrip()
        if whole.startswith(prompt[: opening.start()]) and answer.startswith(said):
            line = "" if opening[0].endswith("\n") else "\n"
            return f"{prompt}{line}{opening[1]}/{opening[2]}{opening[3]}\n\n{answer}"
    question = prompt[prompt.rfind(asked) :] if asked in prompt else prompt
    _, found, answer = whole.rpartition(question)
    if found and answer.lstrip().startswith(said):
        return prompt + answer
    raise _cannot_mask(
        f"an answer does not follow its generation prompt, which ends in {prompt[-40:]!r} (with "
        f"the answer there stands {whole[len(prompt) - 20 : len(prompt) + 20]!r})"
    )


def _start(whole: str, prompt: int, said: str) -> int:
    """Where the answer begins: after the prompt, blanks, and a thought that says nothing."""
    start = len(whole) - len(whole[prompt:].lstrip())
    if whole.startswith(said, start):
        return start
    thought = _THOUGHT.match(whole, prompt)
    if thought is not None and whole.startswith(said, thought.end()) and _is_empty(thought[0]):
        return thought.end()
    raise _cannot_mask(f"it writes {whole[prompt : prompt + 40]!r} for an answer {said[:40]!r}")


def _is_empty(thought: str) -> bool:
    return not split_reply(thought, only_thinking=True).answer.strip()


def _mark(after: str, tokenizer: Tokenizer) -> int:
    """Characters after an answer up to the end of its end-of-turn mark.

    The mark is all that the template writes but blanks at the end; or a token of its own, if one
    comes first: Phi 3 writes `<|end|>` after an answer, and `<|endoftext|>` in a line after the
    last.
    """
    closing = after.rstrip()
    word = _FIRST_WORD.match(closing)
    if word is None:
        raise _cannot_mask("it writes no end-of-turn token after an answer")
    if word.end() < len(closing) and word[0].strip() in tokenizer.added_tokens_encoder:
        return word.end()
    return len(closing)


def _cannot_mask(problem: str) -> ConfigError:
    return ConfigError(
        f"the tokenizer's chat template cannot be trained on: {problem}",
        hint=f"{_CHATML_HELPS}, or give the model another template",
    )
