"""The text that templates print, by the tables of `wiki_templates` and `wiki_languages`."""

import re
from collections.abc import Callable
from functools import cache, lru_cache, partial
from typing import Any

from ultralink_data.wiki.currencies import currency_patterns
from ultralink_data.wiki.language_names import (
    ARABIC_CODES,
    ARABIC_NAMES,
    BEFORE_CHRIST,
    LABELLING,
    LABELLING_WITH_CODE,
    LABELS,
    MONTHS,
    NUMBERS,
)
from ultralink_data.wiki.silent_templates import is_silent
from ultralink_data.wiki.templates import (
    BY_LANGUAGE,
    EVERYWHERE,
    QUANTITIES,
    RANGES,
    SCALES,
    UNITS,
    WITH_POWERS,
)

Render = Callable[[Any], str]
"""Gives the text of an argument's value."""

_Printer = Callable[["_Arguments", str], str]
"""Makes a text of arguments in the Wikipedia of a language."""

UNKNOWN = "\x07"
"""Stands where a template printed what no table tells: a word of the sentence may be missing."""

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

_SUM = re.compile(r"(\d)\+(\d+/+\d+)")
_SCALED = re.compile(r"e(\d{1,2})(\D.*)")
_BEFORE_CHRIST_YEAR = re.compile(r"((?:.+ )?)[-−](\d+)")
_DEVIATION = re.compile(r"[-−+]?\d+(?:\.\d+)?")
_SECOND_VALUE = re.compile(r"\d+(?:\.\d+)?(?:\+\d+/+\d+)?|\d+/+\d+")
"""Of a quantity in two units, as six feet two and a half inches."""

_POWER = re.compile(r"[-−–]?\d{1,2}")
_CONVERTED_ONLY = frozenset(
    ("out", "output only", "number", "output number only", "unit", "unit2", "u2")
)
"""Ways of `{{convert}}` that do not print the value that it is given."""

_IPA = ("ipa", "api", "afi", "мфа")
_PRONUNCIATIONS = ("respell", "audio", "prononciation")
"""They print sounds in a way of their own: an aside in brackets, unknown outside."""

_NUMBER = re.compile(r"([-−+]?)(\d{1,40})(?:\.(\d+))?")
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
    return printer(_Arguments(node, render), language)


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
        return _quantity
    if name == "val":
        return _value
    if language == "fr" and name in WITH_POWERS:
        return _with_powers
    if name in _IPA:
        return lambda arguments, _: f"{IPA_START}{arguments.last()}{IPA_END}"
    if name.startswith(("ipac-", "ipa-")) or name in _PRONUNCIATIONS:
        return lambda *_: f"{IPA_START}{UNKNOWN}{IPA_END}"
    pattern = _patterns(language).get(name)
    if pattern is not None:
        return partial(_filled, pattern)
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


def number(text: str, language: str) -> str:
    """A number as the language writes it; anything else as it is."""
    found = _NUMBER.fullmatch(text)
    style = NUMBERS.get(language)
    if found is None or style is None:
        return text
    sign, whole, decimals = found.groups()
    if len(whole) >= style.digits:
        whole = f"{int(whole):,}".replace(",", style.group)
    return sign + whole + (style.decimal + decimals if decimals else "")


class _Arguments:
    """The arguments of a template as text."""

    def __init__(self, node: Any, render: Render) -> None:
        self._render = render
        self._values: dict[str, Any] = {}
        self._positional: list[str] = []
        self._texts: dict[str, str] = {}  # rendered once, as templates nest in arguments
        for one in node.params:
            name = str(one.name).strip()
            self._values[name] = one.value
            if not one.showkey or name.isdecimal():
                self._positional.append(name)

    def get(self, name: str) -> str:
        if name not in self._texts:
            value = self._values.get(name)
            self._texts[name] = "" if value is None else self._render(value).strip()
        return self._texts[name]

    def last(self) -> str:
        return self.get(self._positional[-1]) if self._positional else ""

    def any(self) -> bool:
        """Whether one of them has a text."""
        return any(map(self.get, self._values))

    def none(self) -> bool:
        """Whether there is no argument, not even an empty one."""
        return not self._values

    def all(self) -> list[str]:
        return [text for text in map(self.get, self._positional) if text]


def _self_printed(said: str, arguments: _Arguments, language: str) -> str:
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


def _filled(pattern: str, arguments: _Arguments, language: str) -> str:
    if "{" not in pattern:
        # An argument for which the table has no place may be printed; a count of spaces is not.
        return UNKNOWN if pattern.strip(" |=") and arguments.all() else pattern
    for variant in pattern.split(" // "):
        try:
            return _fill(variant, arguments, language)
        except _Missing:
            continue
    return UNKNOWN if arguments.any() or arguments.none() else ""


def _fill(pattern: str, arguments: _Arguments, language: str) -> str:
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


def _places(pattern: str, arguments: _Arguments, language: str) -> str:
    return _PLACE.sub(lambda found: _place(found[1], arguments, language), pattern)


def _place(said: str, arguments: _Arguments, language: str) -> str:
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


def _scaled(unit: str, language: str) -> str:
    """A unit as it is printed after a value: `e6acre` is `million acre`."""
    found = _SCALED.fullmatch(unit)
    if found is None:
        return f" {UNITS.get(unit, unit)}"
    said = SCALES.get(found[1]) if language == "en" else None
    return f" {said or f'× 10^{found[1]}'} {UNITS.get(found[2], found[2])}"


def _with_powers(arguments: _Arguments, language: str) -> str:
    """`{{unité|5.97|e=24|kg}}`, `{{unité|3|m|2}}`, `{{unité|5|à|10|km}}`."""
    words = arguments.all()
    if not words:
        return UNKNOWN if arguments.any() else ""
    text = number(words.pop(0), language)
    while len(words) > 1 and words[0] in RANGES:
        text += RANGES[words.pop(0)] + number(words.pop(0), language)
    for word in ("à", "et", "ou", "/", "-", "–", "×", "x"):
        if arguments.get(word):
            text += RANGES.get(word, word) + number(arguments.get(word), language)
    if arguments.get("±") or arguments.get("+/-"):
        text += f" ± {number(arguments.get('±') or arguments.get('+/-'), language)}"
    power = arguments.get("e")
    if power:
        text += f" × 10^{power}"
    for word in words:
        of_unit = _POWER.fullmatch(word) is not None
        text += f"^{word}" if of_unit else f" {word}"
    return text.replace("m^2", "m²").replace("m^3", "m³")


def _value(arguments: _Arguments, language: str) -> str:
    """`{{val|1.2|0.3|e=5|u=m}}`, `{{val|3|-|5}}`, `{{val|5|+0.1|-0.2}}`, `{{val|1.2|(3)}}`."""
    words, power = arguments.all(), arguments.get("e")
    if not words and not power:
        return UNKNOWN if arguments.any() or arguments.none() else ""
    text = arguments.get("p") + (number(words.pop(0), language) if words else "")
    while len(words) > 1 and words[0] in RANGES:
        text += RANGES[words.pop(0)] + number(words.pop(0), language)
    if words and words[0].startswith("("):
        text += words.pop(0)
    if not all(map(_DEVIATION.fullmatch, words)) or len(words) > 2:
        return UNKNOWN
    if len(words) == 2:
        text += f" +{words[0].lstrip('+')} −{words[1].lstrip('-−')}"
    elif words:
        text += f" ± {words[0]}"
    if power:
        text += f"{' × ' if text else ''}10^{power}"
    unit, per = (arguments.get(one) or arguments.get(f"{one}l") for one in ("u", "up"))
    return text + arguments.get("s") + (f" {unit}" if unit else "") + (f"/{per}" if per else "")


def _quantity(arguments: _Arguments, language: str) -> str:
    """`{{convert|5|to|10|km|mi}}`: the values as they were given, and their unit."""
    words = arguments.all()
    shown, adjective = arguments.get("disp"), arguments.get("adj")
    if shown in _CONVERTED_ONLY:
        return UNKNOWN
    # Words of the sentence, given last: `adj=pre|million` stands before the unit.
    before = words.pop() if len(words) > 2 and "pre" in (adjective, shown[:3]) else ""
    behind = words.pop() if len(words) > 2 and adjective == "mid" else ""
    text = ""
    while words:
        text += _mixed(number(_without_groups(words.pop(0), language), language))
        if len(words) < 2 or words[0] not in RANGES:
            break
        text += RANGES[words.pop(0)]
    if words:
        if _SECOND_VALUE.fullmatch(words[0]) or (len(words) > 1 and words[0] in ",;+*"):
            return UNKNOWN  # two values and between them nothing, or what no table has
        text += f" {before}".rstrip() + _scaled(words[0], language)
    if len(words) > 2 and _SECOND_VALUE.fullmatch(words[1]):  # five feet six inches
        text += f" {_mixed(words[1])} {UNITS.get(words[2], words[2])}"
    return f"{text} {behind.strip('- ')}".rstrip()


def _without_groups(text: str, language: str) -> str:
    """A number without commas between its digits in groups of three; `5,5` may be a decimal."""
    style = NUMBERS.get(language)
    decimal = style is not None and style.decimal == ","
    return text if decimal else text.replace(",", "")


def _mixed(text: str) -> str:
    """A whole number and a fraction, which the template is given as a sum."""
    return _SUM.sub(r"\1 \2", text).replace("//", "/")


def _labelled(name: str, language: str) -> str | None:
    """The code of the language whose name the template prints, "" where its argument says it."""
    if name in LABELLING_WITH_CODE:
        return ""
    if language == "ar":
        code = ARABIC_CODES.get(name.removeprefix("لغة-"))
        return code or ARABIC_NAMES.get(name.removeprefix("بال").removeprefix("ال"))
    before, hyphen, code = name.partition("-")
    return code.partition("-")[0] if hyphen and code and before in LABELLING else None


def _label(code: str, arguments: _Arguments, language: str) -> str:
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
