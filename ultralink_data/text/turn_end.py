"""Where a model's own turn ends in its text: at the first token that ends a turn or opens another.

Servers and tokenizers usually leave such tokens out. Where they do not know one, it arrives as
text, and what the model writes after it is another turn, often another's.
"""

import re
from bisect import bisect_right
from typing import Final

_ENDS: Final = (
    r"<\|(?:im_end|im_start|endoftext|eot_id|eom_id|eot|EOT|eom|eod|end_of_text|end_of_turn|"
    r"endofturn|end|return|end_message|start_header_id|user|assistant|system|human|observation|"
    r"turn|END_OF_TURN_TOKEN|USER_TOKEN|eos|pad|padding|begin_of_text|startoftext|file_sep|"
    r"file_separator|repo_name|fim_(?:prefix|middle|suffix|pad))\|?>"
    r"|<\uff5c(?:end\u2581of\u2581sentence|User|Assistant)\uff5c>"
    r"|<(?:end_of_turn|eos|EOS|pad|turn\||eot|EOT|end_of_utterance|\|endofprompt\||file_sep|"
    r"fim_(?:prefix|middle|suffix|pad))>"
    r"|</s>|\[/?INST\]|\[EOS\]|\[/?SYSTEM_PROMPT\]|</?start_of_turn>|<sep>\Z"
    r"|\[\|(?:endofturn|user|assistant|system)\|\]"
)
_END: Final = re.compile(_ENDS)
_LEADING: Final = re.compile(
    rf"(?:\s*(?:<s>|{_ENDS})(?:(?:assistant|model)(?:<\|end_header_id\|>)?\s*\n)?)+"
)
_QUOTES: Final = "`\"'"
_FENCE: Final = re.compile(r"^[ \t]*```", re.MULTILINE)


def own_turn(text: str) -> tuple[str, bool]:
    """The text up to the end of the model's turn, and whether a token marked that end.

    A token in quotes, in backquotes or in a fenced block that ends is text, and so is `</s>` after
    a `<s>` (struck through). Tokens at the start are left out: they belong to the prompt.
    """
    if "<" not in text and "[" not in text:
        return text, False
    first = _END.search(text)
    if first is None:
        return text, False
    begin = 0
    if not text[: first.start()].strip() or text[: first.start()].strip() == "<s>":
        leading = _LEADING.match(text)
        begin = leading.end() if leading and text[leading.end() :].strip() else 0
    fences = [fence.start() for fence in _FENCE.finditer(text, begin)] if "```" in text else []
    for found in _END.finditer(text, begin):
        before = bisect_right(fences, found.start())
        # In a block that never ends, the blocks of a later turn come in pairs.
        fenced = before % 2 == 1 and (len(fences) - before) % 2 == 1
        if not fenced and not _is_text(text, found.start(), found.end(), begin):
            return text[begin : found.start()], True
    return text[begin:], False


def _is_text(text: str, start: int, end: int, begin: int) -> bool:
    """Whether the token between two positions is written about, not written."""
    before, after = text[start - 1 : start] if start > begin else "", text[end : end + 1]
    if before and before in _QUOTES and before == after:
        return True
    line = text[text.rfind("\n", begin, start) + 1 : start]
    if before and before in _QUOTES and line.count(before) % 2:
        return True
    return text[start:end] == "</s>" and "<s>" in line
