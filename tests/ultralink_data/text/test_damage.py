"""Traces of broken processing are told from what people write."""

import html

import pytest

from ultralink_data.text.damage import damage, is_no_answer, is_repeated, loops_at_end, wrapped

FRENCH = "D\u00e9j\u00e0 fini\u00a0! L'\u00e9t\u00e9 co\u00fbte 5\u00a0\u20ac."
RUSSIAN = "\u041e\u0442\u0432\u0435\u0442: \u0442\u0440\u0438 \u044f\u0431\u043b\u043e\u043a\u0430"
CHINESE = "\u7b54\u6848\u662f\u4e09\u4e2a\u82f9\u679c"
QUOTED = "\u00ab\u00a0VOIL\u00c0\u00a0\u00bb, \u00abCAF\u00c9\u00bb, \u201cA\u00d1O\u201d, \u00c2ge"


@pytest.mark.parametrize("text", [FRENCH, RUSSIAN, CHINESE])
@pytest.mark.parametrize("wrong", ["latin-1", "cp1252"])
def test_a_wrong_encoding_is_told_in_every_language(text, wrong):
    spoilt = "".join(
        bytes([byte]).decode(wrong, "ignore") or chr(byte) for byte in text.encode("utf-8")
    )
    assert damage(spoilt).startswith("text decoded with a wrong encoding")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("three\ufffd apples", "a replacement character"),
        ("\u202ethree", "a control character"),
        ("app\u200bles", "an invisible character inside a word"),
        ("\u044f\u0431\u043bo\u043a\u043e", "a word of Latin and Cyrillic letters"),
        (html.escape("5 < 6"), "an HTML entity"),
        ("<p>Five.</p>", "an HTML tag"),
        ('<div class="c">Five.', "an HTML tag"),
        (r"First.\n\nSecond.", "an escape"),
        (r"\u7b54\u6848", "an escape"),
        ("Ann has {num} apples.", "an unfilled place"),
        ("Ann has <NUM_1> apples.", "an unfilled place"),
        ("### Response:\nFive.", "a speaker of a template"),
        ("Five.\nHuman: thanks", "a speaker of a template"),
        ("A \u200bB \u200bC \u200bD", "invisible characters"),
        ("?????: ??? ??????", "question marks in place of letters"),
        ("La r?ponse est d?j? pr?par?e.", "question marks in place of letters"),
        ("Five.[PAD][PAD][PAD]", "padding or unknown words"),
        ("\u4ed6<unk>\u4e66", "padding or unknown words"),
        ("annhasfiveapples" * 4, "words without blanks"),
    ],
)
def test_each_kind_is_named(text, kind):
    assert damage(text).startswith(kind)


@pytest.mark.parametrize(
    "text",
    [
        FRENCH,
        RUSSIAN,
        CHINESE,
        QUOTED,
        r"$\nabla f$ and \neq, \frac{num}{den}, \text{total cost}, x_{max}",
        "Use `<p>` and `&amp;` here.\n\n```html\n<p>\\n\\n{name}&lt;</p>\n```\n",
        "5 < 6 and AT&T, {a, b}, SQL-\u0437\u0430\u043f\u0440\u043e\u0441",
        "The user: a person who asks.",
        "A\tB\r\nC",
        "What??? Really?? Is it so? Yes!!!",
        "See x.org/a?b=c&d?e, and y.org/?q",
        "\u0e01\u200b\u0e02\u200b\u0e03\u200b\u0e04",  # Thai words are parted so
        "A [MASK] and a [PAD] token; `[PAD] [PAD]`, List<unknown>",
        "Donaudampfschifffahrtselektrizit\u00e4tenhauptbetriebswerk",
        "",
    ],
)
def test_what_people_write_is_no_damage(text):
    assert damage(text) == ""


@pytest.mark.parametrize(
    ("text", "repeated"),
    [
        ("The answer is 5." * 3, True),
        ("The answer is 5.\n" * 2, True),
        ("ha ha ha ha ha", False),
        ("word " * 400, True),
        ("The answer is 5. It is.", False),
        ("", False),
    ],
)
def test_a_text_that_says_one_thing_over_and_over(text, repeated):
    assert is_repeated(text) is repeated


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ('["There are five apples."]', "There are five apples."),
        ("['There are five apples.']", "There are five apples."),
        ("{'a': {\"b\": 'There are five apples.'}}", "There are five apples."),
        ('["There are five apples.", 5]', ""),
        ("[1, 2, 3]", ""),
        ("[There are five apples.]", ""),
        ("There are five apples.", ""),
        ("[" * 90_000 + "]" * 90_000, ""),
    ],
)
def test_a_text_alone_in_a_list_or_object_is_taken_out(text, inside):
    assert wrapped(text) == inside


@pytest.mark.parametrize(
    ("text", "none"), [("nan", True), ("None.", True), ('"N/A"', True), ("None of them.", False)]
)
def test_what_programs_write_for_no_value_is_no_answer(text, none):
    assert is_no_answer(text) is none


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("There are five. " + "And five more. " * 10, "And five more."),
        ("There are five. " + "more " * 20, "more"),
        ("五个苹果。" + "谢谢您的提问！" * 15, "谢谢您的提问！"),
        ("There are five. " + "And five more. " * 9, ""),
        ("Ha ha ha ha ha ha ha ha ha ha ha ha!", ""),
        ("A title\n" + "=-" * 80, ""),
        ("There are five.", ""),
        ("", ""),
    ],
)
def test_an_end_that_says_one_thing_ten_times_is_a_loop(text, piece):
    assert loops_at_end(text) == piece
