"""Forms in which languages write a number without its digits: duals, halves, fractions, decades.

What stands here only says that a number of the source is there; it adds none to a translation.
"""

import re
from collections.abc import Iterable
from fractions import Fraction

from ultralink_data.text.numbers import Written

_ROMAN = re.compile(r"\b[IVX]+\b")
_CJK_DIGITS = "零一二三四五六七八九"
_REBATE = re.compile(r"([1-9一二三四五六七八九]{1,2}|[1-9]\.[1-9])\s?折")
_DECADE = re.compile(r"(?<![\w.,])(1\d|20)?['’]?(\d0)s\b")
_FRACTION = re.compile(r"(?<![\w.,/])(\d+)\s?/\s?(\d+)(?![\w/]|[.,]\d)")
_COUNTED = re.compile(r"(?<![\w.,/])2[ -][^\W\d_]{3}")
_AFTER = 24
"""Characters behind a number within which "and a half" belongs to it."""

_SINGLE: dict[str, dict[str, str]] = {
    "hi": {"1.5": "डेढ़", "2.5": "ढाई|अढ़ाई"},
    "ru": {"1.5": r"\bполтор\w*|\bполутор\w*", "2": r"\bдважды\b", "3": r"\bтрижды\b"},
    "fi": {"1.5": r"\bpuoli\w*toista\b|\bpuolentoista\b", "2": r"\bkahdesti\b|\bkahteen kertaan\b"},
}
"""Numbers that are one word of their own."""

_AND_HALF = {
    "es": r"y medi[oa]\b",
    "fr": r"et demie?\b",
    "ru": r"с половиной\b",
    "zh": "半",
    "ar": "و ?نصف",
    "fi": r"ja puol\w+",
    "tr": r"buçuk",
}
"""What adds a half to the number before it."""

_ADDED_BEFORE = {"साढ़े": "0.5", "सवा": "0.25", "पौने": "-0.25"}
"""What changes the number behind it, in Hindi."""

_PARTS: dict[str, dict[int, str]] = {
    "es": {2: r"\bmedi[oa]s?\b|\bmitad\b", 3: r"\bterci|\btercera", 4: r"\bcuart[oa]s?\b"},
    "fr": {2: r"\bdemi|\bmoitié", 3: r"\btiers\b", 4: r"\bquarts?\b"},
    "ru": {2: r"\bполовин|\bпол", 3: r"\bтрет", 4: r"\bчетверт"},
    "zh": {2: "半", 3: "三分之", 4: "四分之|刻"},
    "ar": {2: "نصف", 3: "ثلث", 4: "ربع|أرباع"},
    "hi": {2: "आध[ाीे]", 3: "तिहाई", 4: "चौथाई|पौन|पाव"},
    "fi": {2: r"\bpuol", 3: r"\bkolmas|\bkolmannes|\bkolmasos", 4: r"\bneljä[ns]|\bvartti"},
    "tr": {2: r"\byarı|\bbuçuk", 3: r"\büçte\b", 4: r"\bdörtte\b|\bçeyrek"},
}
"""Words for halves, thirds and quarters."""

_NO_DUAL = (
    "عشرين ثلاثين أربعين خمسين ستين سبعين ثمانين تسعين الذين مكان المكان إنسان الإنسان عنوان"
    " العنوان حيوان الحيوان أحيان رمضان لسان ميزان زمان الزمان اثنين الاثنين ملايين"
    " تخزين تحسين تكوين مجان فنجان بستان كثيرين آخرين الآخرين كتين تشرين سكين معين ضمان جيران"
    " ألوان تلوين تمرين تدوين"
)
_DUAL = re.compile(rf"(?<!\w)(?!(?:{_NO_DUAL.replace(' ', '|')})(?!\w))\w{{3,}}(?:ان|ين)(?!\w)")
"""An Arabic noun for two of a kind, by its ending; frequent words that end so without being one."""


def written_otherwise(
    source: str, target: str, after: Iterable[Written], language: str
) -> set[Fraction]:
    """Numbers of the source that the translation writes in a form of its own."""
    found = {Fraction(_roman(roman)) for roman in _ROMAN.findall(target)}
    found |= {
        Fraction(value)
        for value, pattern in _SINGLE.get(language, {}).items()
        if re.search(pattern, target, re.IGNORECASE)
    }
    found |= _mixed(target, after, language) | _parts(source, target, language)
    found |= _decades(source, {written.value for written in after}, language)
    if language == "ar" and _COUNTED.search(source) and _DUAL.search(target):
        found.add(Fraction(2))
    return found | (_chinese(target) if language == "zh" else set())


def decade_parts(source: str, language: str) -> set[Fraction]:
    """Numbers by which a language may name the decades of the source: 90, and in Chinese 20."""
    known: set[Fraction] = set()
    for century, decade in _DECADE.findall(source):
        known |= {Fraction(decade), Fraction((century or "19") + decade)}
        known |= {Fraction(century or "19") + 1} if language == "zh" else set()
    return known


def is_rebate(target: str) -> bool:
    """Whether a Chinese text names a rebate, which is a percentage."""
    return _REBATE.search(target) is not None


def _mixed(target: str, after: Iterable[Written], language: str) -> set[Fraction]:
    """Numbers with a half, or in Hindi a quarter, that stands as a word of its own."""
    found = set()
    half = _AND_HALF.get(language)
    for written in after:
        if half and re.search(half, target[written.end : written.end + _AFTER], re.IGNORECASE):
            found.add(written.value + Fraction("0.5"))
        before = target[: written.start].split()[-1:]
        if language == "hi" and before and before[0] in _ADDED_BEFORE:
            found.add(written.value + Fraction(_ADDED_BEFORE[before[0]]))
    return found


def _parts(source: str, target: str, language: str) -> set[Fraction]:
    """Of fractions in the source: denominators whose word is there, and ones before them."""
    words = _PARTS.get(language, {})
    there = {n for n, pattern in words.items() if re.search(pattern, target, re.IGNORECASE)}
    found = {Fraction(1, n) for n in there}
    if {2, 4} & there and re.search(r"0?\.75\b", source):
        found.add(Fraction("0.75"))
    for upper, lower in _FRACTION.findall(source):
        if len(lower) < 3 and int(lower) in there:
            found |= {Fraction(lower), Fraction(1)} if upper == "1" else {Fraction(lower)}
    return found


def _decades(source: str, there: set[Fraction], language: str) -> set[Fraction]:
    """Decades of the source named by their tens alone; in Chinese by the century beside them."""
    found = set()
    for century, decade in _DECADE.findall(source):
        named = Fraction(decade) or (Fraction(century or "19") + 1 if language == "zh" else None)
        if named in there:
            found.add(Fraction(century + decade))
    return found


def _chinese(target: str) -> set[Fraction]:
    """A lone 一, and a rebate: 七折 is 30 % off."""
    found = {Fraction(1)} if "一" in target else set()
    for match in _REBATE.findall(target):
        digits = "".join(str(_CJK_DIGITS.find(c)) if c in _CJK_DIGITS else c for c in match)
        paid = Fraction(digits) * 10 if Fraction(digits) < 10 else Fraction(digits)
        found |= {paid, 100 - paid}
    return found


def _roman(text: str) -> int:
    values = [{"I": 1, "V": 5, "X": 10}[char] for char in text]
    pairs = zip(values, [*values[1:], 0], strict=True)
    return sum(-value if value < after else value for value, after in pairs)
