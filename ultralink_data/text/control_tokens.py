"""Control tokens written out in texts: marks of turns, of tools, of thinking.

Most trainers and servers tokenise a whole rendered chat and turn such a mark into the real token,
wherever it stands: a row with `<|im_end|>` in it closes its own turn and may open a system turn.
Some marks are also words of HTML or of programs about tokenizers (`<s>`, `<pad>`, `<thinking>`);
these count only outside code and quotation marks, and a strikethrough `<s>...</s>` never.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final, Literal, NamedTuple, get_args

MarkReason = Literal["control_token", "thinking"]
MARK_REASONS: Final[tuple[MarkReason, ...]] = get_args(MarkReason)


class Mark(NamedTuple):
    """A mark in a text: why it must not be there, the mark itself, and where it starts."""

    reason: MarkReason
    text: str
    start: int


_THINKING = (
    r"<\s?/?\s?(?i:think|(?:seed|mm|antml):think(?:ing)?(?:_fast(?:er)?)?|ifm\|think(?:ing)?"
    r"|longcat_think|think_fast(?:er)?)(?:\s[^<>\n]{0,100})?\s?>|\[/?THINK\]|◁/?think▷"
    r"|</?seed:cot_budget_reflect>|(?<![A-Za-z0-9_])\[unused1[67]\]"  # openPangu's for thinking
)
_CONTROL = (
    # ChatML, Llama 3 and 4, Phi, gpt-oss, GLM, DeepSeek; Whisper's times; Gemma 4's quotes
    r"<[|｜](?:/?▁?[^\W\d_][\w▁:@./-]{1,60}|\d{1,2}\.\d\d|\")[|｜]>"
    r"|</?[|｜]{1,2}DSML[|｜]{1,2}[^<>\n]{0,100}>"  # DeepSeek 3.2
    r"|<\|?im_(?:start|end|sep|patch|col)\|?>"
    r"|<\|(?:turn|channel|tool|tool_call|tool_response|think|image|audio|video)>"  # Gemma 4
    r"|<(?:turn|channel|tool|tool_call|tool_response|image|audio|video)\|>"
    r"|<(?:(?:start|end)_of_(?:turn|text|role|image|audio|utterance|sentence|document)"
    r"|beginning_of_sentence|(?:start|end)_function_(?:declaration|call|response)"
    r"|(?:image|audio)_soft_token|tts_(?:pad|text_bos(?:_single)?|text_eod))>"
    r"|(?<![\w)\]])\[INST\]|\[/INST\]|\[/inst\]|<</?SYS>>"  # Llama 2, Mistral
    r"|\[/?(?:AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|SYSTEM_PROMPT|MODEL_SETTINGS)\]"
    r"|\[(?:IMG_BREAK|IMG_END|BEGIN_AUDIO|CALL_ID|STREAMING_PAD|CONTROL_\d+)\]"  # Mistral's tekken
    r"|\[[gs]MASK\]|\[\|/?(?:system|user|assistant|tool|endofturn)\|\]"  # ChatGLM, EXAONE
    r"|\[(?:start|end)_header_id\]|(?<![A-Za-z0-9_])\[(?:unused|UNUSED_TOKEN_)\d+\]|\[@BOS@\]|\[e~\["
    r"|</?(?:\w+:)?(?:tool_(?:calls?|responses?|results?|outputs?)"
    r"|function_(?:calls?|results?|response))"
    r"(?:\s[^<>\n]{0,80})?>"
    r"|</?(?:functioncall|TOOLCALLS?|TOOL_RESPONSE|AVAILABLE_TOOLS|arg_key|arg_value|antml:\w+)>"
    r"|<(?:function|parameter)=[\w.-]+>|<(?:antml:)?invoke name=\"[^\"<>\n]{1,80}\">"
    r"|<(?:fim_(?:prefix|middle|suffix|pad)|file_sep|extra_id_\d+|reserved_?\d+|unused\d+"
    r"|TOKENS_UNUSED_\d+|mask:\d+|loc\d{4}|seg\d{3}|SPECIAL_\d+|\[PLHD\d+_never_used\]"
    r"|(?:BOS|EOS|PAD|UNK|CLS|MASK|SEP|EOP)_TOKEN)>|</?seed:(?:bos|eos|pad)>|</?co: ?\d[\d, ]*>"
    r"|<(?:gh_stars|issue_(?:start|comment|closed)|jupyter_(?:start|text|code|output|script)"
    r"|empty_output|commit_(?:before|after)|intermediate_to_\w+|code_interpreter|pr_diff_hunk"
    r"|eosys|eoapi|racm3:break|IMG_CONTEXT|global-img|row_\d+_col_\d+|fake_token_around_image"
    r"|B_U?SYS|C_[QA]|\u7528\u6237)>"  # InternLM, Chameleon, InternVL, SmolVLM, Baichuan, MiniCPM
    r"|<role>(?:HUMAN|SYSTEM|ASSISTANT|OBSERVATION)</role>"  # Ling
)
_UNUSUAL = (
    r"\]~b\]|\]~!b\[|\]![pd]~\[|\]<\][^\[\]\n]{1,40}\[>\["  # MiniMax
    r"|>>(?:TITLE|ABSTRACT|INTRODUCTION|SUMMARY|COMMENT|ANSWER|QUESTION|DOMAIN|PREFIX|SUFFIX|MIDDLE"
    r"|UNUSED_\d+)<<"  # Falcon
)
"""Marks that begin otherwise than `_BEGINS`."""
_MENTIONED_THINKING = (
    r"</?(?i:thinking|thoughts?|reasoning|reflection|scratch_?pad|rationale|deliberation|cot"
    r"|(?:inner|internal)_monologue|chain_of_thought)>|<details\s+type=[\"']?reasoning[^<>\n]{0,80}>"
)
_MENTIONED_CONTROL = (
    r"<mask>|</?(?:bos|eos|pad|unk|sep|cls|eot|eod|eom|sop|eop|eoh|eoa)>|</?tools>"
    r"|</?(?:BOS|EOS|PAD|UNK|MASK|SEP|CLS|EOT|EOD|EOM)>|\[(?:BOS|EOS|EOT)\]|<(?:SUF|MID)>"
)
"""Marks that programs and texts about them also write: they count outside code and quotes only."""

_END_AT_EDGE = (
    r"(?:<[|｜](?:im_end|endoftext|end[_▁]of[_▁](?:text|turn|sentence)|eot(?:_id)?|eom(?:_id)?|end"
    r"|eos|EOT|return|END_OF_TURN_TOKEN|endofturn|eod|user|im_start|role_end)[|｜]>|<\|?im_end\|?>"
    r"|<end_of_(?:turn|text|utterance)>|<turn\|>|\[\|endofturn\|\]|</s>|<eos>|<EOS>|<eot>|<EOT>"
    r"|\[e~\[|(?<![\w\"'`\])])\[EO[ST]\])"
)
_LONGEST: Final = 40
"""Characters that a mark of an end has at most."""

_BEGINS = r"<(?=[|｜/\[<A-Za-z\u7528]|\s/?\s?[tsmialTSMIAL])|\[(?=[/A-Zgseu@|])|◁"
"""What can begin a mark, by the character after it: most brackets of programs cannot."""


class _MarkPatterns(NamedTuple):
    opener: re.Pattern[str]
    definite: re.Pattern[str]
    mentioned: re.Pattern[str]
    token: re.Pattern[str]
    unusual: re.Pattern[str]
    code: re.Pattern[str]
    strike: re.Pattern[str]
    html: re.Pattern[str]
    ends: re.Pattern[str]


@cache
def _patterns() -> _MarkPatterns:
    """Made at the first use: commands that read no text do without them."""
    return _MarkPatterns(
        opener=re.compile(_BEGINS),
        definite=re.compile(f"(?P<thinking>{_THINKING})|(?:{_CONTROL})"),
        mentioned=re.compile(
            rf"(?<![\"'`“‘«\w])(?:(?P<thinking>{_MENTIONED_THINKING})|(?:{_MENTIONED_CONTROL}))"
            r"(?![\"'`”’»])"
        ),
        token=re.compile(
            rf"{_THINKING}|{_CONTROL}|{_MENTIONED_CONTROL}|</?s>|\[(?:INST|unused\d+)\]"
        ),
        unusual=re.compile(_UNUSUAL),
        code=re.compile(r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|`[^`\n]*`", re.DOTALL),
        strike=re.compile(r"(?<![\"'`\w])<s>(?![\"'`])|(?<![\"'`])</s>(?![\"'`])"),
        html=re.compile(
            r"</?(?:html|body|div|span|p|b|i|u|em|strong|del|li|ul|td|h[1-6])\b[^<>]*>"
        ),
        ends=re.compile(rf"{_END_AT_EDGE}\Z"),
    )


def first_mark(texts: Sequence[str]) -> tuple[int, Mark] | None:
    """The place of the first text with a mark, and its first mark."""
    for place, text in enumerate(texts):
        for mark in marks(text):
            return place, mark
    return None


def marks(text: str) -> list[Mark]:
    """The marks of a text, in order; strikethroughs and marks that are only mentioned are none."""
    if not _may_begin(text):
        return []
    find = _patterns()
    found = [_mark(match) for match in _matches(text, find.definite)]
    if _may_be_unusual(text):
        found += [_mark(match) for match in find.unusual.finditer(text)]
    if "<" in text or "[EO" in text or "[BOS]" in text:
        spoken = find.code.sub(_blank, text) if "`" in text or "~~~" in text else text
        found += [_mark(match) for match in _matches(spoken, find.mentioned)]
        if "<s>" in spoken or "</s>" in spoken:
            found += _sentence_marks(spoken)
    return sorted(found, key=lambda mark: mark.start)


def _may_begin(text: str) -> bool:
    """Whether a text has what every mark has; most have not, and are looked at no further."""
    return "<" in text or "[" in text or "]~" in text or "◁" in text


def _may_be_unusual(text: str) -> bool:
    """Whether a text has a part that each of `_UNUSUAL` has."""
    if "]~" in text or "~[" in text or "]<]" in text:
        return True
    return ">>" in text and "<<" in text


def disarmed(text: str) -> str:
    """The text with a blank in each mark that any tokenizer has as a token, wherever it stands.

    For a text that goes to a server, which tokenises it as it likes: there a mark in code or in
    quotation marks is the real token too.
    """
    if _may_be_unusual(text):
        text = _patterns().unusual.sub(lambda match: f"{match[0][0]} {match[0][1:]}", text)
    parts, end = [], 0
    for match in _matches(text, _patterns().token):
        parts += [text[end : match.start() + 1], " "]
        end = match.start() + 1
    return "".join([*parts, text[end:]])


def _matches(text: str, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """`pattern.finditer(text)`, several times as fast: every mark begins with `_BEGINS`."""
    opener = _patterns().opener
    start = opener.search(text)
    while start is not None:
        match = pattern.match(text, start.start())
        if match is not None:
            yield match
        start = opener.search(text, start.end() if match is None else match.end())


def _mark(match: re.Match[str]) -> Mark:
    thinking = match.lastgroup == "thinking"
    return Mark("thinking" if thinking else "control_token", match[0], match.start())


def _blank(match: re.Match[str]) -> str:
    """As long as what it replaces, so that places stay."""
    return " " * len(match[0])


def _sentence_marks(text: str) -> Iterator[Mark]:
    """`<s>` and `</s>` that are no strikethrough.

    A strikethrough opens before it closes, within a line unless other tags say that this is HTML,
    and does not hold the whole turn.
    """
    html = _patterns().html.search(text) is not None
    opened: re.Match[str] | None = None
    for match in _patterns().strike.finditer(text):
        if match[0] == "<s>":
            if opened is not None:
                yield Mark("control_token", "<s>", opened.start())
            opened = match
            continue
        if opened is None:
            yield Mark("control_token", "</s>", match.start())
            continue
        struck = text[opened.end() : match.start()]
        whole = not text[: opened.start()].strip() and not text[match.end() :].strip()
        if whole or ("\n" in struck and not html):
            yield Mark("control_token", "<s>", opened.start())
            yield Mark("control_token", "</s>", match.start())
        opened = None
    if opened is not None:
        yield Mark("control_token", "<s>", opened.start())


def without_ends(text: str) -> str:
    """The text without blanks and marks of the end of a turn at its end.

    What closes a strikethrough stays.
    """
    while found := _patterns().ends.search(text := text.rstrip(), len(text) - _LONGEST):
        if found[0] == "</s>" and not any(mark.start == found.start() for mark in marks(text)):
            break
        text = text[: found.start()]
    return text
