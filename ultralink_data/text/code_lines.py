"""Code that stands in a text without a fence: its lines, and names of code within a sentence.

For measures of prose only (which language is it?), where a line too many costs little: what a
translation must keep is told by `ultralink_data.translation.regions`, which is stricter.
"""

import re
from functools import cache
from typing import Final, NamedTuple

_ASSIGNED: Final = (
    r"(?:(?:const|let|var|val|auto|final|static|[a-z]\w*(?:<[\w<>, ]*>)?[*&]?) )?"
    r"[A-Za-z_$*&][\w.$]*(?:\[[^\]\n]*\])*(?: ?: ?[A-Za-z_][\w\[\], .|]*)?"
    r" ?(?:[-+*/%|&^:?]|//|\*\*|<<|>>)?=(?!=) ?\S.*"
)
_LINES: Final = (
    r">>>.*",
    r"(?:async )?def \w+ ?\(.*",
    r"class \w+ ?(?:\(.*\))? ?[:{].*",
    r"import [\w.]+(?: ?, ?[\w.]+)*(?: as \w+)?;?",
    r"from [\w.]+ import .*",
    r"import .* from [\"'].*",
    r"#(?:include|define|ifn?def|endif|pragma|!).*",
    r"for \w+(?:, ?\w+)* in .*:",
    r"(?:if|elif|while|with|except) .*[=()<>\[\]_.].*:",
    r"(?:if|not|elif|while) \w+(?: \w+)?:",
    r"(?:if|for|while|switch|catch|foreach|else if|elseif) ?\(.*",
    r"(?:else|try|finally|do|default|except) ?[:{].*",
    r"\} ?(?:else|catch|finally|while)\b.*",
    r"return(?:;| [\w.\"'-]+;?| .*[()\[\]{};=+*/<>_\"'].*)?",
    r"(?:break|continue|pass);?",
    r"(?:raise|throw|assert|yield|del|global|nonlocal) .*[\w)\]\"'];?",
    r"(?:public|private|protected|internal|static|final|const|let|var|function|fn|func|void|struct"
    r"|enum|interface|namespace|template|extern|export|impl|pub|typedef|unsigned|int|long|float"
    r"|double|char|bool|string|package|using|module)\b.*[=({;<>].*",
    r"(?:package|using|namespace|module|require|use) [\w.:/\"'-]+;?",
    r"@[A-Za-z][\w.]*(?:\(.*\))?",
    r"(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE|ALTER|DROP|FROM|WHERE|(?:LEFT |INNER )?JOIN"
    r"|GROUP BY|ORDER BY|VALUES)\b.*",
    r"\$ .*",
    r"//.*",
    r"/\*.*",
    r"(?=.*[;{][ \t]*\Z).*(?:\w\(|[=\[\]<>]|\w\.\w|->|::).*[;{]",
    r"[A-Za-z.#@:][\w.#:,>@ ()-]*\{.*",
    r"[\]})\[({;, ]*[\]})][\]})\[({;, ]*",
    r"[a-z-]+: ?[^;\n]+;",
    r"[\"'][\w $.-]+[\"'] ?:.*",
    r"[A-Za-z_][\w.:]*(?:\[[^\]\n]*\])?\(.*\)[;:,]?",
    _ASSIGNED,
)
_HINT: Final = (
    r"[{};=>_@$(./#:A-Z](?:(?<=[{};=>_@$])|(?<=\w\()|(?<=\w\.)(?=\w)|(?<=/)(?=/)"
    r"|(?<=\#)(?=[!idep])|(?<=[a-z][A-Z])|(?<=[\"']:)|(?<=[\"'][ ]:)|(?<=\w:)(?=\s*\Z|\n)"
    r"|(?<=[A-Z])(?<!\w[A-Z])[A-Z]{3,}\b)"
)
"""What a line of code or a name of code has at least; few texts without code have it.

A set of characters comes first, which `re` looks for much faster than for anything else.
"""
_HINT_WORDS: Final = (
    *("import", "return", "from", "pass", "break", "continue", "raise", "yield", "use"),
)
_NAME_HINT: Final = r"[<(_.A-Z](?:(?<=[<_])|(?<=[\w.]\()|(?<=\w\.)(?=[A-Za-z_]\w)|(?<=[a-z][A-Z]))"
"""What a tag, a call or a name of code has at least."""
_NAME: Final = (
    r"(?<![^\W_])(?![A-Za-z][a-z]*+(?![\w.(]))(?:[A-Za-z_][\w.]{0,80}\([^()\n]{0,80}\)"
    r"|(?<!\w)(?:\w{0,80}[A-Za-z0-9]_\w{1,80}|[a-z]{1,40}[A-Z]\w{0,80}"
    r"|[A-Za-z]\w{0,40}(?:\.[A-Za-z_]\w{1,40})+))"
    r"|</?[A-Za-z][^<>\n]{0,200}>"
)
"""A call, a name with `_`, capitals or full stops inside, a tag. The words of prose, small letters
alone, are passed over first: most that are read are."""
_LONGEST: Final = 400
"""Characters of a line: code has no longer ones, and patterns take long there."""


class _CodePatterns(NamedTuple):
    hint: re.Pattern[str]
    hint_word: re.Pattern[str]
    line: re.Pattern[str]
    name_hint: re.Pattern[str]
    name: re.Pattern[str]


@cache
def _code_patterns() -> _CodePatterns:
    """Made at the first use."""
    return _CodePatterns(
        hint=re.compile(_HINT),
        hint_word=re.compile(rf"\b(?:{'|'.join(_HINT_WORDS)})\b"),
        line=re.compile(rf"[ \t]*(?:{'|'.join(_LINES)})[ \t]*"),
        name_hint=re.compile(_NAME_HINT),
        name=re.compile(_NAME),
    )


def without_code(text: str) -> str:
    """The text without lines of code, and without tags, calls and names of code in its lines."""
    find = _code_patterns()
    if not _may_hold_code(text, find):
        return text
    kept = []
    after_code = False
    for line in text.split("\n"):
        hint = _may_hold_code(line, find)
        comment = line.lstrip().startswith("#") and (after_code or line[:1] in " \t")
        after_code = comment or (
            hint and len(line) <= _LONGEST and find.line.fullmatch(line) is not None
        )
        if not after_code:
            kept.append(_without_names(line, find) if hint else line)
    return "\n".join(kept)


def _without_names(line: str, find: _CodePatterns) -> str:
    """The line with a blank for each tag, call and name of code."""
    hint = find.name_hint.search(line)
    if hint is None:
        return line
    # Of each of them all up to its first hint is one word.
    start = line.rfind(" ", 0, hint.start()) + 1
    return line[:start] + find.name.sub(" ", line[start:])


def _may_hold_code(text: str, find: _CodePatterns) -> bool:
    if find.hint.search(text) is not None:
        return True
    for word in _HINT_WORDS:
        if word in text:
            return find.hint_word.search(text) is not None
    return False
