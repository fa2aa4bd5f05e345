"""The text that templates print, by the tables of `templates` and `language_names`."""

import re
from collections.abc import Callable
from functools import cache, lru_cache, partial
from typing import Any

from ultralink_data.wiki.currencies import SUMS, currency_patterns
from ultralink_data.wiki.language_names import (
    ARABIC_CODES,
    ARABIC_NAMES,
    BEFORE_CHRIST,
    LABELLING,
    LABELLING_WITH_CODE,
    LABELS,
    MONTHS,
)
from ultralink_data.wiki.old_style_dates import old_style
from ultralink_data.wiki.quantity_templates import quantity, spanish, value, with_powers
from ultralink_data.wiki.silent_templates import is_silent
from ultralink_data.wiki.template_arguments import UNKNOWN, Arguments, Render, number
from ultralink_data.wiki.templates import (
    BY_LANGUAGE,
    EVERYWHERE,
    FORMULAS,
    OLD_STYLE,
    QUANTITIES,
    VALUES,
    WITH_POWERS,
)

_Printer = Callable[[Arguments, str], str]
"""Makes a text of arguments in the Wikipedia of a language."""

IPA_START, IPA_END = "\x02", "\x03"
"""Stand around a pronunciation, which stays in a sentence and goes from brackets."""

_PLACE = re.compile(r"\{([^{}]*)\}")
_OPTIONAL = re.compile(r"\[((?:[^\[\]]|\[[^\[\]]*\])*)\]")
_SELF_PRINTED = re.compile(
    r"-?(?:[ivxlc]+|\d+)(?:er|re|e|nd|nde|d)(?: (?:siècles?|millénaires?)(?: av\. j\.-c\.)?)?"
    rf"|1er (?:{'|'.join(MONTHS['fr'].split())})",
    re.IGNORECASE,
)
"""French ordinals and centuries, which templates of that very name print."""

_BEFORE_CHRIST_YEAR = re.compile(r"((?:.+ )?)[-−](\d+)")
_IPA = ("ipa", "api", "afi", "мфа")
_PRONUNCIATIONS = ("respell", "audio", "prononciation")
"""They print sounds in a way of their own: an aside in brackets, unknown outside."""

_CHARGE = re.compile(r"\((\d*[+−–-])\)$|(?<!\s)((?<!\w)\d*[+−–-]|[+−–-])$")
_COUNT = re.compile(r"(?<=[A-Za-z)\]])\d+")
_VALUES = VALUES | SUMS
_OF_VALUE = re.compile(r"\{[#@~°]")
_FUNCTION = re.compile(r"\s*(#(?!tag:)\w+|formatnum(?=\s*:.*\{))\s*:", re.DOTALL)
_PREFIX = re.compile(r"(?:template|plantilla|modèle|шаблон|模板|قالب|साँचा|malline|şablon)\s*:\s*")


class _Missing(Exception):
    """A place of a pattern has nothing."""


@lru_cache(4096)
def prints(said: str, language: str) -> bool | None:
    """Whether the template of this name may print something; None where no table knows it."""
    if _printer(said, language) is not None:
        return True
    name = plain_name(said)
    return None if name and not is_silent(name) else False


def template_text(node: Any, language: str, render: Render) -> str:
    """What a template of mwparserfromhell's tree prints in this Wikipedia.

    `UNKNOWN` where no table tells: neither the template nor the form of its arguments.
    """
    said = _one_line(str(node.name))
    name = plain_name(said)
    if "{" in name:  # named by another template
        return UNKNOWN
    printer = _printer(said, language)
    if printer is None:
        return "" if is_silent(name) else UNKNOWN
    return printer(Arguments(node, render), language)


@lru_cache(4096)
def _printer(said: str, language: str) -> _Printer | None:
    """What makes a text of the arguments of the template; None where no table knows its name."""
    name = plain_name(said)
    if name.startswith("formatnum:"):
        text = number(name.removeprefix("formatnum:").strip(), language)
        return lambda *_: text
    labelled = _labelled(name, language)
    if labelled is not None:
        return partial(_label, labelled)
    if name in QUANTITIES:
        return spanish if language == "es" and name == "unidad" else quantity
    if name == "val":
        return value
    if name in FORMULAS:
        return _formula
    if language == "ru" and name in OLD_STYLE:
        return old_style
    if language == "fr" and name in WITH_POWERS:
        return with_powers
    if name in _IPA:
        return lambda arguments, _: f"{IPA_START}{arguments.last()}{IPA_END}"
    if name.startswith(("ipac-", "ipa-")) or name in _PRONUNCIATIONS:
        return lambda *_: f"{IPA_START}{UNKNOWN}{IPA_END}"
    pattern = _patterns(language).get(name)
    if pattern is not None:
        known = _named(pattern) if name in _VALUES or _OF_VALUE.search(pattern) else None
        return partial(_filled, pattern, known)
    said = _one_line(said)
    if language == "fr" and _SELF_PRINTED.fullmatch(said):
        return partial(_self_printed, said)
    return None


def plain_name(said: str) -> str:
    """The name of a template as tables have it; of a parser function, what calls it."""
    function = _FUNCTION.match(said)
    if function is not None:
        return function[1].casefold()
    return _PREFIX.sub("", _one_line(said).casefold())


def _one_line(said: str) -> str:
    return " ".join(said.replace("_", " ").split())


def _self_printed(said: str, arguments: Arguments, language: str) -> str:
    before = BEFORE_CHRIST[language].format(said[1:]) if said.startswith("-") else said
    return " ".join((before, *arguments.all()))  # the noun is its argument


@cache
def _patterns(language: str) -> dict[str, str]:
    return {
        name: pattern
        for table in (EVERYWHERE, currency_patterns(language), BY_LANGUAGE.get(language, {}))
        for pattern, names in table.items()
        for name in names.split("|")
    }


def _named(pattern: str) -> frozenset[str]:
    """The names of the arguments that the pattern has places for."""
    places = (found[1].partition("=")[0] for found in _PLACE.finditer(pattern))
    names = (one.partition(":")[0].rstrip("!").lstrip("#@~°") for one in places)
    return frozenset(name for one in names for name in one.split("|"))


def _formula(arguments: Arguments, language: str) -> str:
    """`{{chem|H|3|O|+}}` and `{{chem2|H2O}}`: numbers lowered, charges raised."""
    said = [
        f"<sub>{part}</sub>" if part.isdecimal() else _CHARGE.sub(r"<sup>\1\2</sup>", part)
        for part in arguments.all()
    ]
    return "".join(_COUNT.sub(r"<sub>\g<0></sub>", part) for part in said)


def _filled(pattern: str, known: frozenset[str] | None, arguments: Arguments, language: str) -> str:
    """The text of the pattern; for a template of a value `known` are the arguments that it has."""
    if known is not None and arguments.has_others(known):
        return UNKNOWN
    if "{" not in pattern:
        # An argument for which the table has no place may be printed; a count of spaces is not.
        return UNKNOWN if pattern.strip(" |=") and arguments.all() else pattern
    for variant in pattern.split(" // "):
        try:
            return _fill(variant, arguments, language)
        except _Missing:
            continue
    return UNKNOWN if arguments.any() or arguments.none() else ""


def _fill(pattern: str, arguments: Arguments, language: str) -> str:
    text = ""
    place = 0
    for found in _OPTIONAL.finditer(pattern):
        text += _places(pattern[place : found.start()], arguments, language)
        place = found.end()
        try:
            text += _fill(found[1], arguments, language)
        except _Missing:
            continue
    return text + _places(pattern[place:], arguments, language)


def _places(pattern: str, arguments: Arguments, language: str) -> str:
    return _PLACE.sub(lambda found: _place(found[1], arguments, language), pattern)


def _place(said: str, arguments: Arguments, language: str) -> str:
    names, _, default = said.partition("=")
    if ":" in names and names.endswith("!"):
        name, _, wanted = names[:-1].partition(":")
        given = next(filter(None, map(arguments.get, name.split("|"))), "")
        if not given.isdecimal() if wanted == "digits" else given != wanted:
            raise _Missing
        return ""
    value = default
    if names.startswith("*"):
        value = names[1:].join(arguments.all())
    elif names == "-1":
        value = arguments.last()
    else:
        for name in names.lstrip("#@~°").rstrip("!").split("|"):
            value = arguments.get(name) or value
            if value != default:
                break
    if not value:
        raise _Missing
    if names.endswith("!"):
        return ""
    if names.startswith("@"):
        return _month(value, language)
    if names.startswith("~"):
        return _year(value, language)
    if names.startswith("°"):
        return _ordinal(value)
    return number(value, language) if names.startswith("#") else value


def _month(text: str, language: str) -> str:
    """The name of a month that is given as a number; anything else as it is."""
    months = MONTHS.get(language, "").split()
    numbers = {str(n): month for n, month in enumerate(months, 1)}
    return numbers.get(text.lstrip("0"), text)


def _year(text: str, language: str) -> str:
    before = BEFORE_CHRIST.get(language)
    found = _BEFORE_CHRIST_YEAR.fullmatch(text)
    return found[1] + before.format(found[2]) if before and found is not None else text


def _ordinal(text: str) -> str:
    """An English ordinal; `UNKNOWN` of what is no whole number."""
    if not text.isdecimal():
        return UNKNOWN
    ending = {"1": "st", "2": "nd", "3": "rd"}.get(text[-1], "th")
    return text + ("th" if text[-2:-1] == "1" else ending)


def _labelled(name: str, language: str) -> str | None:
    """The code of the language whose name the template prints, "" where its argument says it."""
    if name in LABELLING_WITH_CODE:
        return ""
    if language == "ar":
        code = ARABIC_CODES.get(name.removeprefix("لغة-"))
        return code or ARABIC_NAMES.get(name.removeprefix("بال").removeprefix("ال"))
    before, hyphen, code = name.partition("-")
    return code.partition("-")[0] if hyphen and code and before in LABELLING else None


def _label(code: str, arguments: Arguments, language: str) -> str:
    words = arguments.all()
    if not code and words:
        code = words.pop(0)
    if not words:
        return ""
    labels = LABELS.get(language)
    name = labels.names.get(code) if labels is not None else None
    if labels is None or name is None:
        return words[0]
    return labels.form.format(name=name, text=words[0])
