"""LaTeX, bold marks and vulgar fractions around numbers become plain text."""

import pytest

from tasks.grading.answer_numbers import normalise
from ultralink_data.text.digits import GROUP
from ultralink_data.text.number_style import BOX_CLOSE, BOX_OPEN


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (r"\text{18 eggs}", "18 eggs"),
        (r"\textbf{18}", "18"),
        (r"\mathrm {18}", "18"),
        (r"\mathbf{18}", "18"),
        (r"\mbox{18}", "18"),
        (r"\textit{18}", "18"),
        (r"\underline{18} and \boldsymbol{19}", "18 and 19"),
        (r"\textcolor{red}{18} \colorbox{blue}{19}", "18 19"),
        (r"\textfoo{18}", r"\textfoo{18}"),
        (r"9\times 2", "9* 2"),
        (r"9 \cdot 2", "9 * 2"),
        (r"\timesx", r"\timesx"),
        (r"8\div 2", "8/ 2"),
        (r"\frac{1}{2}", "1/2"),
        (r"\dfrac{ 1 }{ 2 }", "1/2"),
        (r"\tfrac 1 2", "1/2"),
        (r"3\frac{1}{2}", "3 1/2"),
        (r"3 \frac{1}{2}", "3 1/2"),
        (r"\frac{a}{2}", r"\frac{a}{2}"),
        (r"1{,}234{.}5", "1,234.5"),
        (r"\$18 is 50\% of \#36", "$18 is 50% of #36"),
        (r"1\,234\,567", f"1{GROUP}234{GROUP}567"),
        (r"57,\!500 and 57,\!500,\!000", f"57{GROUP}500 and 57{GROUP}500{GROUP}000"),
        (r"x \approx 18", "x ≈ 18"),
        (
            r"\framebox{18} \framebox[2cm][c]{19}",
            f"{BOX_OPEN}18{BOX_CLOSE} {BOX_OPEN}19{BOX_CLOSE}",
        ),
        (r"\boxed 18 eggs", f"{BOX_OPEN}18{BOX_CLOSE} eggs"),
        (r"1\,23 and 2\;2345", "1 23 and 2 2345"),
        (r"18\ eggs\!", r"18 eggs "),
        (r"\(18\) \[19\]", " 18   19 "),
        (r"\boxed{18}", f"{BOX_OPEN}18{BOX_CLOSE}"),
        (r"\fbox {18", f"{BOX_OPEN}18"),
        (r"\boxed{\text{18}}", f"{BOX_OPEN}18{BOX_CLOSE}"),
        (r"\boxed{3\frac{1}{2}}", f"{BOX_OPEN}3 1/2{BOX_CLOSE}"),
        (r"\boxed{5} or \boxed{7}", f"{BOX_OPEN}5{BOX_CLOSE} or {BOX_OPEN}7{BOX_CLOSE}"),
    ],
)
def test_latex(text: str, plain: str) -> None:
    assert normalise(text) == plain


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("**18**", "18"),
        ("the **18** eggs", "the 18 eggs"),
        ("**The answer** is 18", "The answer is 18"),
        ("is: **18 eggs**.", "is: 18 eggs."),
        ("9**2", "9**2"),
        ("9 ** 2", "9 ** 2"),
        ("a** b", "a b"),
        ("line\n**18** eggs", "line\n18 eggs"),
    ],
)
def test_bold_marks_go_and_powers_stay(text: str, plain: str) -> None:
    assert normalise(text) == plain


@pytest.mark.parametrize(
    ("text", "plain"),
    [("½", "1/2"), ("3½", "3 1/2"), ("3 ¾ of ⅞", "3 3/4 of 7/8"), ("⅐", "1/7"), ("１８", "18")],
)
def test_vulgar_fractions_and_full_width_digits(text: str, plain: str) -> None:
    assert normalise(text) == plain


def test_braces_without_latex_stay() -> None:
    assert normalise("{18}") == "{18}"
    assert normalise("a{,}b") == "a,b"
