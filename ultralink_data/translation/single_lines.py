"""Lines that are code even where they stand alone, told from prose by what prose never is.

Each form needs a mark that no sentence has: a statement's `;` or `{` behind operators or types, a
comparison before a colon, an operator or an underscore behind `return`, a known program with its
options. Words alone are never enough: "return and rest" and "make it so" are prose.
"""

import re
from functools import lru_cache
from typing import Final

LONG_LINE: Final = 400
"""Characters above which a line is not looked at: code has none, and patterns take long there."""

_NAME = r"[A-Za-z_$][\w$]*"
_VALUE = r"(?:[\w.$\[\]()]+|\"[^\"]*\"|'[^']*')"
_OPERATOR = r"(?: [-/] | ?(?:[+*%]|[<>=!]=|[<>]|&&|\|\||//|\*\*) ?)"
_TERM = rf"-?{_VALUE}(?:{_OPERATOR}{_VALUE})"
_TYPE = (
    r"(?:int|float|double|bool|boolean|char|String|void|size_t|unsigned|byte|auto|var|let|const"
    r"|std::\w+|List|Map|Set|ArrayList|HashMap|vector|u?int(?:8|16|32|64)_t)"
)
_MODIFIER = r"(?:public|private|protected|static|final|const|readonly|unsigned|long|short)"
_OF = r"(?:<[\w<>, ]*>)?(?:\[\]|\*|&)?"
_ARGUMENT = (
    r"(?: (?:-\S+|\"[^\"]*\"|'[^']*'|\S*[./:@~^=$]\S*|origin|main|master|HEAD|\w+-\w[\w-]*))"
)
_PROGRAM = (
    r"(?:git|docker|kubectl|helm|terraform|npm|npx|yarn|pnpm|pip3?|conda|apt(?:-get)?|brew|curl|wget"
    r"|chmod|chown|mkdir|ls|cp|mv|rm|grep|sed|awk|tar|ssh|scp|rsync|python3?|cargo|cmake|gcc|g\+\+"
    r"|javac?|systemctl|ffmpeg|aws|gcloud)"
)

_FORMS: Final = (
    # Definitions, imports, calls, assignments of plain values.
    r"(?:async )?def \w+ ?\(.*\).*:",
    r"class \w+(?:\(.*\))?:",
    r"import [\w.]+(?: as \w+)?",
    r"from [\w.]+ import .+",
    r"#include\s*[<\"].+",
    r"(?:const|let|var) [\w$]+ = .+;",
    r"(?:[a-z_]\w*\.)*[a-z_]\w+\((?:.*[\"',(].*|[^\s()]*)\);?",
    r"[a-z_]\w* = [\w.]+\(.*\);?",
    r"for \w+ in [\w.()]+: ?\S.*\(.*\)",
    r"[a-z_]\w* [-+*/]= [\w.]+;?",
    # Statements that end as prose does not.
    rf"(?:{_MODIFIER} ){{0,4}}{_TYPE}{_OF} {_NAME}(?:\[\w*\])? ?= ?.+;",
    rf"(?:{_MODIFIER} ){{1,4}}{_TYPE}{_OF} {_NAME}(?:\[\w*\])?;",
    r"(?:int|bool|boolean|char|String|size_t|std::\w+) [A-Za-z_]\w*(?:\[\w*\])?;",
    rf"(?:{_MODIFIER} ){{1,4}}{_NAME}{_OF} {_NAME} ?= ?.+;",
    rf"(?:{_NAME}(?:::|->|\.))*{_NAME}(?:\[[^\]]*\])* ?(?:[-+*/%&|^]?=|<<|>>) ?\S.*;",
    rf"(?:{_NAME}(?:::|->|\.))*{_NAME}(?:\+\+|--);",
    rf"(?:{_MODIFIER} ){{0,4}}(?:{_NAME}{_OF} ){{0,2}}{_NAME} ?\(.*\) ?(?:\w+ )?\{{",
    r"(?:if|for|while|switch|catch|else if|func|fn|pub fn|function)\b.*[()].*\{",
    r"\} ?(?:else|catch|finally)\b.*\{?",
    r"(?:(?:public|private|protected|static|abstract|final|export|default|pub|data|sealed) )*"
    r"(?:class|struct|enum|interface|impl|namespace|trait) [\w<>, .:]+\{",
    r"throw new \w+.*;",
    r"raise \w+(?:Error|Exception)(?:\(.*\))?",
    # Conditions, and what comes back.
    r"(?:if|elif|while) .*(?:[<>=!]=|[<>]| not | in | is ).*: ?"
    r"(?:(?:return|raise)\b.*|break|continue|pass|\w+ [-+*/]?= .+|[\w.]+\(.*\))",
    rf"(?:if|elif|while) {_VALUE} ?(?:[=!<>]=) ?{_VALUE}:",
    rf"elif {_VALUE} ?[<>] ?{_VALUE}:",
    rf"return {_TERM}+;?",
    r"return (?:\w*_\w+|self\.\w+|[\w.]+\[[^\]]*\]|[\w.]+\(.*\)|None|True|False|null|nullptr);?",
    r"return [\w.-]+;",
    rf"(?=.*\w_\w)[A-Za-z_]\w* = {_TERM}+",
    # Queries and commands.
    r"SELECT .+ FROM .+;?",
    r"(?:UPDATE \w+ SET .+=.+|INSERT INTO \w+.*\(.+|DELETE FROM \w+(?: WHERE .+)?;"
    r"|(?:CREATE|ALTER|DROP) TABLE .+[;(])",
    r"(?:pip3?|npm|yarn|conda|cargo|brew) install \S+",
    rf"(?:\$ |sudo )?{_PROGRAM}(?: \S+)*? --?[A-Za-z][\w-]*(?:[= ].*)?",
    r"(?:\$ )?git (?:add|commit|push|pull|clone|checkout|branch|merge|rebase|status|log|init|stash"
    rf"|fetch|reset|diff|remote|switch|restore|config){_ARGUMENT}*(?: [\w-]+)?",
    r"(?:\$ )?docker (?:run|build|pull|push|ps|exec|images|compose|stop|logs)"
    rf"{_ARGUMENT}*(?: \w+)?",
    r"(?:\$ )?(?:npm|yarn|pnpm) (?:run [\w:-]+|test|start|ci)",
    r"(?:\$ )?(?:cd|mkdir|touch|source|chmod \S+|rm|ls|python3?|node|bash|sh)(?: \S*[/_.~]\S*)+",
    r"sudo (?:apt(?:-get)?|yum|dnf|systemctl|service|chmod|chown|rm|cp|mv|mkdir|pip3?|docker)\b.*",
    r"\$ (?:[a-z][\w-]*) \S.*(?:[/_=.-]\S).*",
    r"echo [\"'$]\S.*|export [A-Z_]+=\S+",
)
_LINE: Final = re.compile(rf"\s*(?:{'|'.join(_FORMS)})\s*")


@lru_cache(maxsize=8192)
def is_code_alone(line: str) -> bool:
    """Whether a line is code wherever it stands."""
    return len(line) <= LONG_LINE and _LINE.fullmatch(line) is not None
