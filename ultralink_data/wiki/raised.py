"""Raised and lowered text (`<sup>`, `<sub>`) on one line, so that no value changes.

Digits and signs become Unicode's (10³⁰, m⁻², CO₂). A letter or an expression that is the power of a
number or a variable is written `x^n`, `x^(n+1)`. All else stands as letters: ordinals (1er, XIXe),
shortened words (Mme), marks of notes.
"""

import html
import re
import unicodedata
from functools import lru_cache

# They begin with a character whose case does not matter: so the search for it skips all others.
_TAG = re.compile(r"</?[sS][uU][bBpP](?:[\s/][^<>\n]{0,300})?>")
_PAIR = re.compile(r"<[sS][uU]([bBpP])(?:\s[^<>]*+)?>([^<>\n]{0,300})</[sS][uU](?i:\1)\s*>")
_FRACTION = re.compile(
    r"<[sS][uU][pP]>\s*(\d+)\s*</[sS][uU][pP]>\s*[/⁄∕]\s*<[sS][uU][bB]>\s*(\d+)\s*</[sS][uU][bB]>"
)
_DEEPEST = 5
"""Levels within each other that are read."""

_SIGNS = {"+": "+", "-": "-", "−": "-", "–": "-", "=": "=", "(": "(", ")": ")"}
_PLAIN = "0123456789+-=()"
_RAISED = dict(zip(_PLAIN, "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾", strict=True))
_LOWERED = dict(zip(_PLAIN, "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎", strict=True))
_HAS_SIGN = re.compile(r"[\d+−–-]")

_LETTERS = "A-Za-z\u0370-\u03ff"
_MATHS = re.compile(rf"[{_LETTERS}\d\s+−–±·×*/^_().,|∞′½⅓¼¾⁰¹²³⁴-⁹⁺⁻⁼⁽⁾₀-₉₊₋-]+")
_LONG_WORD = re.compile(rf"[{_LETTERS}]{{3}}")
_SINGLE = re.compile(rf"[{_LETTERS}]|\d+(?:\.\d+)?|[½⅓¼¾∞]")
_OPERATION = re.compile(r"[\d+−–±·×*/^∞⁺⁻-]")
_STATE = re.compile(r"(\d*)(\(.*\))")
_LABEL = re.compile(rf"[{_LETTERS}]+\d*")
_BRACKETED = re.compile(r"\(.*\)|\[.*\]")

_BASE = re.compile(r"(?:[^\W\d_]+|\d[\d., ]*+(?<=\d)|\([^()\n]{1,40}\)|[^\s])\Z")
_ROMAN = re.compile(r"[IVXLCDM]+")
_ORDINALS = frozenset(
    (
        *("st", "nd", "rd", "th", "er", "re", "e", "d", "de", "nde", "me", "es", "ers"),
        *("res", "o", "a", "os", "as", "ro", "ra", "do", "da", "to", "ta", "mo", "ma", "vo", "va"),
        *("no", "na", "ᵉ", "º", "ª"),
    )
)
"""Endings of ordinals, after digits or a Roman numeral (the endings of three letters and more are
no expression anyway)."""

_SHORTENED = frozenset(
    (
        *("Me", "Mr", "Ms", "Mc", "Mt", "Dr", "Pr", "Jr", "Sr", "Sn", "St", "Ve", "Vo", "Co"),
        *("no", "No", "nos", "Nos", "fo", "Fo", "ro", "vo", "to", "Ste", "Cie", "Bd", "Gl"),
    )
)
"""Shortened words of which all but the first letter is raised."""

_FUNCTIONS = frozenset(
    ("sin", "cos", "tan", "cot", "sec", "log", "ln", "exp", "sinh", "cosh", "tanh")
)
_ROMANCE = frozenset(("", "es", "fr"))
"""Languages in which `2<sup>a</sup>`, `2<sup>o</sup>` and `2<sup>d</sup>` are ordinals."""

_TIME_BEFORE = re.compile(r"\d[hm]\s*\d{1,2}(?:\.\d+)?\Z")
_LONGEST_BASE = 60
"""Characters before a raised text that are looked at, in at most so many pieces."""

_PIECES = 12


def on_one_line(text: str, language: str) -> str:
    """The text with Unicode's raised and lowered digits, `^` where a power has letters.

    The tags of other elements are gone by now; one of these that is not closed goes too.
    """
    found = _TAG.search(text)
    if found is None:
        return text
    start = text.rfind("\n", 0, found.start()) + 1  # what is before it, is as it should be
    untouched, text = text[:start], text[start:]
    if "⁄" in text or "/" in text:
        text = _FRACTION.sub(_fraction, text)
    for _ in range(_DEEPEST):
        text = _innermost_shown(text, language)
        if _TAG.search(text) is None:
            break
    return untouched + _TAG.sub("", text)


def _innermost_shown(text: str, language: str) -> str:
    pieces: list[str] = []
    place = 0
    for found in _PAIR.finditer(text):
        start, end = found.span()
        pieces.append(text[place:start])
        is_raised = found[1] in "pP"
        said = _in_digits(found[2], is_raised)
        if not said:
            before = "".join(pieces[-_PIECES:])[-_LONGEST_BASE:]
            said = _shown(is_raised, found[2], before, text[end : end + 1], language)
        pieces.append(said)
        place = end
    pieces.append(text[place:])
    return "".join(pieces)


def _fraction(found: re.Match[str]) -> str:
    """A simple fraction, after a whole number or alone."""
    whole = found.string[found.start() - 1 : found.start()].isdigit()
    return f"{' ' if whole else ''}{found[1]}/{found[2]}"


def _shown(is_raised: bool, said: str, before: str, behind: str, language: str) -> str:
    inner = said.strip()
    if "&" in inner:
        plain = html.unescape(inner)
        inner = inner if set(plain) & set("<>&") else plain.strip()
    digits = _in_digits(inner, is_raised)
    if digits:
        return digits
    if "&" in before:
        before = html.unescape(before)
    found = _BASE.search(before.rstrip("\x01"))
    base = "" if found is None else found.group()
    if not base or not _MATHS.fullmatch(inner):
        return said
    if not is_raised and base[-1].isdigit() and inner.isalpha():  # the base of a number
        return f"_{inner}"
    if _LONG_WORD.search(inner):
        return said
    if not is_raised:
        return _lowered(inner, said)
    return _raised(inner, base, before, behind, language) or said


@lru_cache(512)
def _in_digits(inner: str, is_raised: bool) -> str:
    """The text in raised or lowered digits; "" where it has no digit and no sign, or more."""
    said, form = "", _RAISED if is_raised else _LOWERED
    for one in inner:
        if one.isspace():
            continue
        plain = _SIGNS.get(one) or str(unicodedata.digit(one, ""))
        if plain not in form:
            return ""
        said += form[plain]
    bare = inner[:1] in "([" and "–" in inner  # a score in brackets
    return said if _HAS_SIGN.search(inner) and not bare else ""


def _lowered(inner: str, said: str) -> str:
    """An index; letters stand beside their variable as they are."""
    state = _STATE.fullmatch(inner)
    if state is not None:  # of a substance: NH₃(g)
        return _in_digits(state[1], False) + state[2]
    has_letters = any(map(str.isalpha, inner))
    expression = _OPERATION.search(inner) and (has_letters or "/" in inner)
    return f"_({inner})" if expression and not _LABEL.fullmatch(inner) else said


def _raised(inner: str, base: str, before: str, behind: str, language: str) -> str:
    """A power; "" where it is none."""
    if base[-1].isdigit():
        return _power_of_number(inner, base, before, behind, language)
    if not any(map(str.isalnum, inner)):  # a star or a dash beside a name
        return ""
    if base.startswith("(") and len(base) > 1:
        is_maths = _MATHS.fullmatch(base) and not _LONG_WORD.search(base)
        return _as_power(inner) if is_maths else ""
    is_ordinal = inner in _ORDINALS and _ROMAN.fullmatch(base)
    if is_ordinal or base + inner in _SHORTENED or (base == "M" and behind.isupper()):
        return ""
    is_variable = len(base) == 1 and (base.isalpha() or base in ")]\x05|")
    if not (is_variable or base in _FUNCTIONS):
        # A unit may have a power of letters and signs, a word a mark of a note.
        is_unit = base.isalpha() and len(base) < 3
        return _as_power(inner) if is_unit and _OPERATION.search(inner) else ""
    if base.isupper() and len(inner) > 1 and inner.islower() and inner.isalpha():
        return ""
    return _as_power(inner)


def _power_of_number(inner: str, base: str, before: str, behind: str, language: str) -> str:
    if _BRACKETED.fullmatch(inner):
        return ""
    if inner == "o" and (behind in ("C", "F") or language not in _ROMANCE):
        return "°"
    if inner in _ORDINALS and not (inner in ("a", "d") and language not in _ROMANCE):
        return ""
    if inner == "h" or (inner in ("m", "s") and _TIME_BEFORE.search(before)):
        return ""
    digits = sum(map(str.isdigit, base))
    if len(inner) == 1 and inner.isalpha() and digits > 2:  # a mark of a note on a value
        return ""
    return _as_power(inner)


def _as_power(inner: str) -> str:
    single = _SINGLE.fullmatch(inner) or _BRACKETED.fullmatch(inner)
    return f"^{inner}" if single else f"^({inner})"
