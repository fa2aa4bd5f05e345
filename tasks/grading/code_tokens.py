"""Control tokens written out at the end of a line of code: `return True<|im_end|>`, a fence, prose.

Inside a fenced block such a token does not end the model's turn (`ultralink_data.text.turn_end`),
and no list has the tokens of every model (`<|endofdoc|>`, `<|cursor|>`), so their shape counts:
`<|name|>` is no Python outside string literals and comments, which are left alone.
"""

import re
from typing import Final

_TOKEN: Final = (
    r"(?:<[|\uff5c]/?\u2581?[^\W\d_][\w\u2581:@./-]{0,60}[|\uff5c]?>"
    r"|</s>|<(?:end_of_turn|end_of_utterance|turn\||eos|EOS|eot|EOT)>)"
)
_CODE: Final = re.compile(
    r"(?P<kept>'''.*?(?:'''|\Z)|\"\"\".*?(?:\"\"\"|\Z)"
    r"|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|\#[^\n]*)"
    # Each run is tried once, from its start.
    rf"|(?<![ \t>])[ \t]*+(?:{_TOKEN}[ \t]*+)+(?:(?P<fence>(?=```|~~~))|(?=\n|\Z))",
    re.DOTALL,
)
_MARKS: Final = ("<|", "<\uff5c", "</s>", "<e", "<E", "<turn|")
"""One of them is in every text with such a token."""


def without_tokens(text: str) -> str:
    """The text without control tokens that end a line outside string literals and comments."""
    if not any(mark in text for mark in _MARKS):
        return text
    return _CODE.sub(_cut, text)


def _cut(match: re.Match[str]) -> str:
    """What stays of a match: a literal or a comment, or a line end before a closing fence."""
    if match["kept"] is not None:
        return match["kept"]
    return "" if match["fence"] is None else "\n"
