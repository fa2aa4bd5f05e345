r"""Numbers in model output: which of the numbers read by `ultralink_data.text.digits` are graded.

`normalise` removes LaTeX and bold marks from a model's output; `find_numbers` reads the numbers of
a normalised text, `spelled_numbers` those in words. Two integers with a slash are a fraction, and
`2 1/2` is a mixed number.
"""

import re
import unicodedata
from fractions import Fraction

from ultralink_data.text.digits import GROUP, DigitNumber, find_digits, plain
from ultralink_data.text.number_style import BOX_CLOSE, BOX_OPEN, NumberStyle
from ultralink_data.text.numbers import find_written

_STYLES = r"text(?:bf|it|rm|sf|tt)?|math(?:rm|bf|it|sf|tt)|mbox|underline|emph|bm|boldsymbol"
"""LaTeX commands that only change how their argument looks."""
_BOXES = r"boxed|fbox|framebox(?:\[[^\]]*\])*|bbox(?:\[[^\]]*\])?"


def find_numbers(text: str, style: NumberStyle) -> list[DigitNumber]:
    """The numbers of a text from `normalise`, in order."""
    return find_digits(text, style, fractions=True)


def spelled_numbers(text: str, start: int, end: int, language: str) -> list[DigitNumber]:
    """The numbers in words between two places of a text; none without a language."""
    if not language:
        return []
    return [
        DigitNumber(n.value, start + n.start, start + n.end, start + n.start, n.decimals, n.scale)
        for n in find_written(text[start:end], language)
        if n.spelled
    ]


def parse_number(text: str, style: NumberStyle) -> Fraction | None:
    """The only number of `text` (not normalised); None if it has none or several."""
    numbers = find_numbers(normalise(text), style)
    return numbers[0].value if len(numbers) == 1 else None


def normalise(text: str) -> str:
    r"""`text` with ASCII digits and marks, without LaTeX, bold marks and what is struck out.

    `\boxed{...}` becomes `BOX_OPEN ... BOX_CLOSE`; a vulgar fraction is written with a slash.
    """
    if not text.isascii():
        text = plain(unicodedata.normalize("NFC", text))
        text = re.sub(r"(?<=\d)\s?([¼½¾⅐-⅞])", lambda m: f" {_vulgar(m[1])}", text)
        text = re.sub(r"[¼½¾⅐-⅞]", lambda m: _vulgar(m[0]), text)
    if "\\" in text or "{" in text:
        text = _strip_latex(text)
    if "~~" in text:
        text = re.sub(r"~~[^~\n]{1,200}~~", "", text)
    if "**" not in text:
        return text
    # Bold marks, not the power of `9**2`.
    return re.sub(r"(?<![\d\s])\s*\*\*|\*\*(?!\s*\d)|(?:(?<=\s)|^)\*\*(?=\S)", _keep_space, text)


def _keep_space(match: re.Match[str]) -> str:
    return match[0].replace("**", "")


def _vulgar(char: str) -> str:
    return unicodedata.normalize("NFKC", char).replace("\u2044", "/")


def _strip_latex(text: str) -> str:
    """Replace the LaTeX that models write around numbers by plain text."""
    text = text.replace("{,}", ",").replace("{.}", ".")
    text = re.sub(r"(?<=\d),?\\[,;:! ](?=\d{3}(?!\d))", GROUP, text)
    text = re.sub(r"\\([$%#&_])", r"\1", text)
    text = re.sub(r"\\[,;:! ]", " ", text)
    integer = r"\s*\{?\s*(\d+)\s*\}?"
    text = re.sub(rf"(?<=\d)\s*\\[dt]?frac{integer}{integer}", r" \1/\2", text)
    text = re.sub(rf"\\[dt]?frac{integer}{integer}", r"\1/\2", text)
    text = re.sub(rf"\\(?:{_STYLES})\s*\{{([^{{}}]*)\}}", r"\1", text)
    text = re.sub(r"\\(?:textcolor|colorbox)\s*\{[^{}]*\}\s*\{([^{}]*)\}", r"\1", text)
    text = re.sub(r"\\(?:times|cdot)(?![a-z])", "*", text)
    text = re.sub(r"\\approx(?![a-z])", "≈", text)
    text = re.sub(r"\\div(?![a-z])", "/", text)
    # An expression in braces has no inner braces left; a box cut off by the limit has no end.
    text = re.sub(rf"\\(?:{_BOXES})\s*\{{([^{{}}]*)(\}}?)", _box, text)
    text = re.sub(r"\\boxed\s+(-?\d[\d.,]*\d|-?\d)()", _box, text)
    return re.sub(r"\\[()\[\]]", " ", text)


def _box(match: re.Match[str]) -> str:
    closed = match[2] or (match[0][-1].isdigit() and "{" not in match[0])
    return f"{BOX_OPEN}{match[1]}{BOX_CLOSE if closed else ''}"
