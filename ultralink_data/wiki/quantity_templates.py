"""Templates of quantities: values with their units, powers of ten, ranges and deviations."""

import re

from ultralink_data.wiki.language_names import NUMBERS
from ultralink_data.wiki.template_arguments import UNKNOWN, Arguments, number
from ultralink_data.wiki.templates import RANGES, SCALES, UNITS

_SUM = re.compile(r"(\d)\+(\d+/+\d+)")
_SCALED = re.compile(r"e(\d{1,2})(\D.*)")
_DEVIATION = re.compile(r"[-−+]?\d+(?:\.\d+)?")
_SECOND_VALUE = re.compile(r"\d+(?:\.\d+)?(?:\+\d+/+\d+)?|\d+/+\d+")
"""Of a quantity in two units, as six feet two and a half inches."""

_POWER = re.compile(r"[-−–]?\d{1,2}")
_OF_POWERS = frozenset(("e", "à", "et", "ou", "/", "-", "–", "×", "x", "±", "+/-"))
_OF_VALUE = frozenset(("e", "p", "s", "u", "ul", "up", "upl"))
"""Arguments by name of French quantities and of `{{val}}`."""

_CONVERTED_ONLY = frozenset(
    ("out", "output only", "number", "output number only", "unit", "unit2", "u2")
)
"""Ways of `{{convert}}` that do not print the value that it is given."""


def _scaled(unit: str, language: str) -> str:
    """A unit as it is printed after a value: `e6acre` is `million acre`."""
    found = _SCALED.fullmatch(unit)
    if found is None:
        return f" {UNITS.get(unit, unit)}"
    said = SCALES.get(found[1]) if language == "en" else None
    return f" {said or f'× 10<sup>{found[1]}</sup>'} {UNITS.get(found[2], found[2])}"


def with_powers(arguments: Arguments, language: str) -> str:
    """`{{unité|5.97|e=24|kg}}`, `{{unité|3|m|2}}`, `{{unité|5|à|10|km}}`."""
    words = arguments.all()
    if not words or arguments.has_others(_OF_POWERS):
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
        text += f" × 10<sup>{power}</sup>"
    for word in words:
        of_unit = _POWER.fullmatch(word) is not None
        text += f"<sup>{word}</sup>" if of_unit else f" {word}"
    return text


def spanish(arguments: Arguments, language: str) -> str:
    """`{{unidad|5.97|e=24|kg}}` and `{{unidad|5|m|s|-1}}`, or a quantity as any other."""
    powers = any(map(_POWER.fullmatch, arguments.all()[2:]))
    return (with_powers if powers or arguments.get("e") else quantity)(arguments, language)


def value(arguments: Arguments, language: str) -> str:
    """`{{val|1.2|0.3|e=5|u=m}}`, `{{val|3|-|5}}`, `{{val|5|+0.1|-0.2}}`, `{{val|1.2|(3)}}`."""
    words, power = arguments.all(), arguments.get("e")
    if arguments.has_others(_OF_VALUE) or not (words or power):
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
        text += f"{' × ' if text else ''}10<sup>{power}</sup>"
    unit, per = (arguments.get(one) or arguments.get(f"{one}l") for one in ("u", "up"))
    return text + arguments.get("s") + (f" {unit}" if unit else "") + (f"/{per}" if per else "")


def quantity(arguments: Arguments, language: str) -> str:
    """`{{convert|5|to|10|km|mi}}`: the values as they were given, and their unit."""
    words = arguments.all()
    shown, adjective = arguments.get("disp"), arguments.get("adj")
    if shown in _CONVERTED_ONLY or arguments.has_others(frozenset()):
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
