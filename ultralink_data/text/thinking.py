"""What a model thinks aloud and what it answers: the one place where thinking is cut from a reply.

`split_reply` knows the tags of current models (`<think>`, `<thinking>`, `<reasoning>`, Mistral's
`[THINK]`, the tokens of Kimi, Cohere, Seed, Gemma and MedGemma), the channels of gpt-oss, as tokens
and as what is left of them in decoded text, and Granite's sentences. A block may lack its opening
tag, which templates write into the prompt, or its end, which a token limit cuts off. Tags in
quotes, in backquotes and in fenced code are text.
"""

import re
from bisect import bisect_right
from collections import Counter
from typing import Final, NamedTuple

from ultralink_data.text.turn_end import own_turn


class ReplyParts(NamedTuple):
    """A reply in two parts.

    `answer` is what is to be read; `thinking` all that was cut, blocks of thinking and text around
    an answer in tags. `open` is true if the reply ends inside its thinking, so that `answer` is
    what came before it, often nothing; `complete` if a mark ends the answer, so that no token limit
    can have cut it.
    """

    answer: str
    thinking: str
    open: bool
    complete: bool


_CLASSES: Final = {
    "think": r"think(?:ing)?(?:[_:]\w+)?|(?:seed:|mm:|antml:|ifm\|)think(?:ing)?(?:_fast(?:er)?)?"
    r"|longcat_think|thoughts?",
    "reasoning": r"reason(?:ing)?|rationale|deliberation",
    "draft": r"reflection|scratchpad|analysis|(?:inner|internal)_monologue|cot|chain_of_thought",
    "details": r"details(?=\s+type=[\"']?reasoning)",
}
_TAG: Final = re.compile(
    r"<\s*(?P<close>/?)\s*(?:"
    + "|".join(f"(?P<{name}>{words})" for name, words in _CLASSES.items())
    + r")(?:\s[^<>\n]{0,200})?\s*(?<!/)>|(?P<end_details></details>)",
    re.IGNORECASE,
)
_ANSWER: Final = re.compile(
    r"<\s*(?P<close>/?)\s*(?:(?P<strong>(?:final[_ ]?)?answer|final(?:[_ ]?(?:response|output|"
    r"result))?|solution)|(?P<weak>output|response|result))(?:\s[^<>\n]{0,200})?\s*(?<!/)>",
    re.IGNORECASE,
)
_MARKED: Final = re.compile(r"<[\s/]*[a-zA-Z|\uff5c]|\[/?(?:THINK|INST|EOS|SYSTEM|\|)|\u25c1")
"""In every reply that has a tag or a token."""
_WORDS: Final = ("analysis", "Here is my thought", "Here's my thought")
"""How replies begin that say without a tag that they think."""

_TOKENS: Final = (
    (
        re.compile(
            r"<\|(?i:START_THINKING|begin_of_thought|inner_prefix|content_thinking|think(?:ing)?|"
            r"begin_think|plamo:begin_think:plamo)\|>|<\|open\|>think<\|sep\|>|<\|channel>thought\b"
            r"|\u25c1think\u25b7|\[THINK\]|<unused94>thought\b"
        ),
        "<think>",
    ),
    (
        re.compile(
            r"<\|(?i:END_THINKING|end_of_thought|inner_suffix|content_text|/think(?:ing)?|end_think|"
            r"plamo:end_think:plamo)\|>|<\|close\|>think<\|sep\|>|<channel\|>|\u25c1/think\u25b7"
            r"|\[/THINK\]|<unused95>|<\|end\|>\s*<\|begin\|>assistant<\|content\|>"
        ),
        "</think>",
    ),
    (
        re.compile(
            r"<\|(?i:START_RESPONSE|START_TEXT|begin_of_(?:solution|box|answer)|answer)\|>"
            r"|<\|open\|>response<\|sep\|>"
        ),
        "<answer>",
    ),
    (
        re.compile(
            r"<\|(?i:END_RESPONSE|END_TEXT|end_of_(?:solution|box|answer)|/answer)\|>"
            r"|<\|close\|>response<\|sep\|>"
        ),
        "</answer>",
    ),
)
"""Marks of single models, and the tag that each stands for."""
_TOKEN_MARKS: Final = ("<|", "<channel|>", "[", "\u25c1", "<unused9")
"""One of them is in every text with such a mark."""

_CHANNEL: Final = re.compile(
    r"<\|channel\|>\s*(?P<name>\w+)[^<]*(?:<\|constrain\|>[^<]*)?<\|message\|>"
)
_MESSAGE_END: Final = re.compile(r"<\|(?:end|return|call|start)\|>|\Z")
_BARE_CHANNELS: Final = re.compile(
    r"\s*analysis(?:(?=[A-Z\"'(]|[^\x00-\x7f])|(?=\S.*assistantfinal))", re.DOTALL
)
"""gpt-oss, decoded without its special tokens: `analysisWe need ...assistantfinal18`."""
_BARE_CHANNEL: Final = re.compile(r"assistant(?P<name>final|commentary|analysis)")
_GRANITE: Final = re.compile(r"\s*Here(?:'s| is) my thought process:")
_GRANITE_ANSWER: Final = re.compile(r"Here(?:'s| is) my response:")

_NEAR: Final = 40
"""Characters before a tag that say whether it is written about."""
_LETTER: Final = re.compile(r"\S")
_MOST_TAGS: Final = 100
"""Answers in tags that are looked at, from the end: a broken reply may repeat one for ever."""
_QUOTES: Final = ("``", '""', "''", "“”", "«»", "「」")
_FENCE: Final = re.compile(r"^[ \t]*(?:```|~~~)", re.MULTILINE)
_SENTENCE_END: Final = re.compile(r"(?:\A|[.!?:)。！？：।>*])\s*\Z")


def split_reply(text: str, *, only_thinking: bool = False) -> ReplyParts:
    """The parts of a reply.

    Of several answers in tags the last that says anything is read, up to the end of the model's
    turn; with `only_thinking` such tags and ends are left in the text, which may be about them. The
    answer keeps its indentation and its own spaces.
    """
    if not _may_think(text):
        return ReplyParts(text, "", open=False, complete=False)
    found = _of_channels(text) or _of_granite(text)
    if found is not None:
        return found
    if any(mark in text for mark in _TOKEN_MARKS):
        for mark, tag in _TOKENS:
            text = mark.sub(tag, text)
    text, ended = (text, False) if only_thinking else own_turn(text)
    if "<" not in text:
        return ReplyParts(text, "", open=False, complete=ended)
    answer, thoughts, is_open = _without_blocks(text)
    if only_thinking:
        return ReplyParts(answer, _joined(thoughts), open=is_open, complete=False)
    stated = _in_answer_tags(answer, bool(thoughts))
    if stated is None and is_open and not answer.strip():
        # No end of thinking, but an answer in tags: the model forgot the end, not the answer.
        stated = _in_answer_tags(thoughts[-1], True, closed_only=True)
        if stated is not None:
            thoughts, is_open = thoughts[:-1], False
    if stated is None:
        return ReplyParts(answer, _joined(thoughts), open=is_open, complete=ended)
    content, around, closed = stated
    return ReplyParts(
        content, _joined([*thoughts, *around]), open=is_open, complete=ended or closed
    )


def _may_think(text: str) -> bool:
    """Whether anything can be cut; most replies are told by their characters alone."""
    marked = ("<" in text or "[" in text or "\u25c1" in text) and _MARKED.search(text)
    return bool(marked) or text[:200].lstrip().startswith(_WORDS)


def answer_of(text: str) -> str:
    """What a reply answers, without its thinking."""
    return split_reply(text).answer


def with_thinking(apart: str, cut: str) -> str:
    """All thinking of a reply: what came apart from its text, and what was cut from it."""
    if not cut or cut in apart:
        return apart
    return f"{apart}\n\n{cut}" if apart and apart not in cut else cut


def _joined(thoughts: list[str]) -> str:
    return "\n\n".join(stripped for text in thoughts if (stripped := text.strip()))


def _of_channels(text: str) -> ReplyParts | None:
    """The parts of a reply of gpt-oss; None if it has no channels."""
    marks: list[tuple[str, int, int]] = []
    if "<|channel|>" in text:
        marks = [(m["name"], m.start(), m.end()) for m in _CHANNEL.finditer(text)]
    if not marks:
        opening = _BARE_CHANNELS.match(text)
        if opening is None:
            return None
        marks = [("analysis", 0, opening.end())]
        marks += [(m["name"], m.start(), m.end()) for m in _BARE_CHANNEL.finditer(text)]
    starts = [start for _, start, _ in marks[1:]] + [len(text)]
    final, thoughts, ended = None, [text[: marks[0][1]].partition("<|")[0]], False
    for (name, _, begin), following in zip(marks, starts, strict=True):
        message = text[begin:following]
        end = _MESSAGE_END.search(message)
        content = message[: end.start()] if end else message
        if name != "final":
            thoughts.append(content)
        elif final is None:  # what follows the first answer is another turn
            final, ended = content, end is not None and end.end() > end.start()
    if final is None:
        return ReplyParts("", _joined(thoughts), open=True, complete=False)
    return ReplyParts(final, _joined(thoughts), open=False, complete=ended)


def _of_granite(text: str) -> ReplyParts | None:
    """The parts of a reply in Granite's sentences; None if it has none."""
    opening = _GRANITE.match(text)
    if opening is None:
        return None
    closing = _GRANITE_ANSWER.search(text, opening.end())
    if closing is None:
        return ReplyParts("", text[opening.end() :].strip(), open=True, complete=False)
    answer, ended = own_turn(text[closing.end() :])
    thinking = text[opening.end() : closing.start()].strip()
    return ReplyParts(answer, thinking, open=False, complete=ended)


def _without_blocks(text: str) -> tuple[str, list[str], bool]:
    """The text outside blocks of thinking, the blocks, and whether the last one has no end."""
    tags = list(_TAG.finditer(text))
    fences = _fences(text)
    last_end = {_class_of(tag): n for n, tag in enumerate(tags) if _closes(tag)}
    answer, thoughts = "", list[str]()
    at, opened = 0, ""
    inside: list[str] = []
    mentioned: Counter[str] = Counter()
    for place, tag in enumerate(tags):
        name = _class_of(tag)
        if _quoted(text, tag.start(), tag.end()):
            continue
        if opened:
            if not _closes(tag):
                inside.append(name)
            elif name == opened or (name not in inside and last_end.get(opened, -1) < place):
                thoughts.append(text[at : tag.start()])
                at, opened = tag.end(), ""
            elif name in inside:
                inside.remove(name)
            continue
        if _closes(tag):
            if name == "details" or _ends_mention(text, tag.start(), name, mentioned):
                continue
            before = _glued(answer, text[at : tag.start()])
            if thoughts and not text[tag.end() :].strip():
                answer = before
            else:
                thoughts.append(before)
                answer = ""
            at = tag.end()
            continue
        closed = last_end.get(name, -1) > place
        said = bool(answer.strip()) or _LETTER.search(text, at, tag.start()) is not None
        if said and _is_mention(text, tag, closed, fenced=_is_odd(fences, tag.start())):
            mentioned[name] += 1
            continue
        answer = _glued(answer, text[at : tag.start()])
        at, opened, inside = tag.end(), name, []
    if opened:
        return answer, [*thoughts, text[at:]], True
    return _glued(answer, text[at:]), thoughts, False


def _class_of(tag: re.Match[str]) -> str:
    return tag.lastgroup if tag.lastgroup in _CLASSES else "details"


def _closes(tag: re.Match[str]) -> bool:
    return bool(tag["close"] or tag["end_details"])


def _quoted(text: str, start: int, end: int) -> bool:
    """Whether the tag between two positions is in quotes of its own."""
    return bool(start) and text[start - 1] + text[end : end + 1] in _QUOTES


def _is_mention(text: str, tag: re.Match[str], closed: bool, *, fenced: bool) -> bool:
    """Whether an opening tag after other text is written about.

    That is in a string, in fenced code, or inside a sentence where no tag of its kind closes later.
    """
    before = text[max(tag.start() - _NEAR, 0) : tag.start()]
    if before[-1:] in "`\"'“«「(" or fenced:
        return True
    if closed or before.endswith("\n"):
        return False
    return _SENTENCE_END.search(before) is None or text[tag.end() : tag.end() + 1].islower()


def _fences(text: str) -> list[int]:
    """Where lines of ``` or ~~~ begin."""
    if "```" not in text and "~~~" not in text:
        return []
    return [fence.start() for fence in _FENCE.finditer(text)]


def _is_odd(fences: list[int], at: int) -> bool:
    """Whether a position is inside a fence."""
    return bisect_right(fences, at) % 2 == 1


def _ends_mention(text: str, start: int, name: str, mentioned: Counter[str]) -> bool:
    """Whether a closing tag without a block ends a mention, or stands in a string."""
    if mentioned[name]:
        mentioned[name] -= 1
        return True
    quote = text[start - 1 : start]
    line = text[text.rfind("\n", 0, start) + 1 : start]
    return bool(quote) and quote in "`\"'" and line.count(quote) % 2 == 1


def _glued(before: str, after: str) -> str:
    """Two pieces of an answer with a block cut between them; blank lines go from its start."""
    if not before.strip():
        return re.sub(r"\A\s*\n", "", after)
    apart = before[-1].isspace() or after[:1].isspace() or not after
    return before + after if apart else f"{before} {after}"


def _in_answer_tags(
    text: str, thought: bool, *, closed_only: bool = False
) -> tuple[str, list[str], bool] | None:
    """The last answer in tags, the text around it, and whether its end is marked; None without one.

    An `<output>` is an answer only at the start of the text: it is also a tag of HTML.
    """
    fences = [] if thought else _fences(text)
    tags = [
        tag
        for tag in list(_ANSWER.finditer(text))[-_MOST_TAGS:]
        if not _quoted(text, tag.start(), tag.end()) and not _is_odd(fences, tag.start())
    ]
    for place in reversed(range(len(tags))):
        tag = tags[place]
        word = (tag["strong"] or tag["weak"]).lower()
        if tag["close"]:
            begin = next(
                (
                    other
                    for other in reversed(tags[:place])
                    if not other["close"] and (other["strong"] or other["weak"]).lower() == word
                ),
                None,
            )
            if begin is None and (tag["weak"] or closed_only):
                continue
            start, end, after = begin.end() if begin else 0, tag.start(), tag.end()
            before = text[: begin.start()] if begin else ""
        else:
            if closed_only or any(
                other["close"] and (other["strong"] or other["weak"]).lower() == word
                for other in tags[place + 1 :]
            ):
                continue
            start, end, after = tag.end(), len(text), len(text)
            before = text[: tag.start()]
        content, around = text[start:end], [before, text[after:]]
        if not _ANSWER.sub("", content).strip() or (tag["weak"] and before.strip()):
            continue
        if _is_elsewhere(content, around):
            break
        return re.sub(r"\A\s*\n", "", content), around, bool(tag["close"])
    if not any(tag["strong"] for tag in tags):
        return None
    bare = _ANSWER.sub(lambda tag: " " if tag["strong"] else tag[0], text)
    return bare, [], False


def _is_elsewhere(content: str, around: list[str]) -> bool:
    """Whether the tags hold a remark, and the code that it speaks of stands outside."""
    if "```" in content or "def " in content or any(c.isdigit() for c in content):
        return False
    return any("```" in text for text in around)
