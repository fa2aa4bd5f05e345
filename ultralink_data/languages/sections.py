"""The typed sections of a language file."""

import re
import unicodedata
from functools import cache

import msgspec


class Writing(msgspec.Struct, frozen=True, kw_only=True):
    r"""How the language is written.

    `scripts` are Unicode names of its scripts, as in character names (`LATIN`, `HIRAGANA`, `CJK`).
    `spaces` says whether spaces part words: where they do not, checks go by characters.
    `sentence_marks` says whether a sentence ends in a mark (in Thai a space does). A token has
    about `characters_a_token` characters. In a language that `elides` an apostrophe ends a word
    ("l'eau" is two). `lower` and `alike` are pairs of characters, set apart by spaces: a capital and
    its small letter where Unicode's rule is another language's ("Iı"), and a letter that is written
    for another one. Characters of `left_out`, the inside of a character class (`\u064b-\u065f`),
    are written or not as the writer likes. `option_letters`, the inside of one too, label
    the choices of a question ("A)"); each of `unknowns` alone stands for a number that is sought.
    `identified_as` are the codes by which the model of languages (py3langid) knows the language,
    several where it tells its varieties apart; none where it does not: then the script decides.
    """

    scripts: tuple[str, ...]
    spaces: bool
    sentence_marks: bool
    characters_a_token: int
    elides: bool
    lower: str
    alike: str
    left_out: str
    option_letters: str
    unknowns: str
    identified_as: tuple[str, ...]

    def __post_init__(self) -> None:
        """Check the scripts, the pairs and the number."""
        if not self.scripts or not all(script.isupper() for script in self.scripts):
            raise ValueError(f"scripts must be names in capital letters, got {self.scripts}")
        if self.characters_a_token < 1:
            raise ValueError(f"characters_a_token must be >= 1, got {self.characters_a_token}")
        for pair in (*self.lower.split(), *self.alike.split()):
            if len(pair) != 2:
                raise ValueError(f"pairs must have two characters, got {pair!r}")

    def is_own(self, character: str) -> bool:
        """Whether a letter is of one of the scripts."""
        name = unicodedata.name(character, "")
        return any(script in name for script in self.scripts)


class Builder(msgspec.Struct, frozen=True, kw_only=True):
    """What building data in this language needs.

    `answer_sentence` closes a worked math solution and holds `{answer}`; `code_request` asks
    for a function and holds `{prompt}`, `code_reply` opens the answer to it.
    """

    answer_sentence: str
    code_request: str
    code_reply: str

    def __post_init__(self) -> None:
        """Check the placeholders."""
        for field, mark in (("answer_sentence", "{answer}"), ("code_request", "{prompt}")):
            if mark not in getattr(self, field):
                raise ValueError(f"field {field!r} needs {mark}")


class Translate(msgspec.Struct, frozen=True, kw_only=True):
    """What translating into this language needs: its name, in English and its own, and prompts.

    A prompt is `instruction`, what holds for the kind of text (`chat`, `math`, `code`), one of
    `keep_names` and `localise_names`, and `closing`; the text stands after it in `<text>`. `next_turn`
    opens each further turn of a chat. `answer_line` closes a worked solution and holds `{answer}`;
    `math` holds `{answer_line}`. `translating` finds words for translating, by which a reply speaks
    of itself. `length` is the least, the usual and the greatest ratio of the
    characters of a translation to those of its English source (docs/data_translate.md).
    """

    english_name: str
    own_name: str
    instruction: str
    chat: str
    math: str
    code: str
    keep_names: str
    localise_names: str
    closing: str
    next_turn: str
    answer_line: str
    translating: str
    length: tuple[float, float, float]

    def __post_init__(self) -> None:
        """Check the placeholders and bounds."""
        for field, mark in (("math", "{answer_line}"), ("answer_line", "{answer}")):
            if mark not in getattr(self, field):
                raise ValueError(f"field {field!r} needs {mark}")
        if "<text>" not in self.instruction or "</text>" not in self.instruction:
            raise ValueError("field 'instruction' must name <text> and </text>")
        if not 0 < self.length[0] < self.length[1] < self.length[2]:
            raise ValueError(f"length must be positive and rise, got {self.length}")


class NumberWords(msgspec.Struct, frozen=True, kw_only=True):
    """How numbers are written: marks, and words for those that are spelled out.

    `words` holds entries "VALUE form form ...", set apart by semicolons: the values up to 20, tens,
    100 (and what is one word of its own below 1000), then scales from 1000 on, in every inflected
    form worth reading. `joiners` may stand between two of them ("and"), `prefix` may open one
    (Arabic "wa"). In languages with `compounds` several are written as one word; in those with
    `units_first` units stand before tens, in those with `scale_first` a scale before what it
    multiplies (Swahili "mia mbili", 200). `multiples` are values that multiply what stands before
    them ("two dozen"). A plain space among `group_marks` stands for every kind of space.

    `scales` are values whose forms multiply digits before them ("5 million"). With `characters`
    the one-character forms make numbers by place, without spaces, as in Chinese. `minus` are words
    for the sign, and `equals` those after which such a word is no subtraction (regular expressions
    of whole words, without regard to case). `idioms` hold a form that is no number there.
    """

    decimal_mark: str
    group_marks: str
    words: str
    joiners: tuple[str, ...]
    prefix: str
    compounds: bool
    units_first: bool
    scale_first: bool
    multiples: tuple[int, ...]
    scales: tuple[int, ...]
    characters: bool
    minus: tuple[str, ...]
    equals: tuple[str, ...]
    idioms: tuple[str, ...]

    def __post_init__(self) -> None:
        """Check the marks, the words and the scales."""
        if len(self.decimal_mark) != 1 or self.decimal_mark in self.group_marks:
            raise ValueError(
                f"decimal_mark must be one character outside group_marks, got {self.decimal_mark!r}"
            )
        unknown = set(self.scales) - set(self.values.values())
        if unknown:
            raise ValueError(f"scales without a word: {sorted(unknown)}")

    @property
    def values(self) -> dict[str, int]:
        """Value of each form."""
        return number_values(self.words)


@cache
def number_values(words: str) -> dict[str, int]:
    """The forms in `Numbers.words` and their values.

    Raises:
        ValueError: an entry without a value, or a form with two values.
    """
    values: dict[str, int] = {}
    for entry in filter(None, map(str.split, words.split(";"))):
        if not entry[0].isdecimal():
            raise ValueError(f"field 'words': {entry[0]!r} is no value")
        for form in entry[1:]:
            if values.setdefault(form, int(entry[0])) != int(entry[0]):
                raise ValueError(f"field 'words': {form!r} has two values")
    return values


class NumberForms(msgspec.Struct, frozen=True, kw_only=True):
    """Forms in which a language writes a number without its digits; regular expressions.

    `single` are numbers that are one word of their own ("1.5"). `and_half` adds a half to the
    number before it, a word of `added_before` its value to the number behind it. `parts` are the
    words for halves, thirds and quarters, by denominator. `lone_one` is a one that stands for "a".
    With `centuries` a decade is named beside its century ("90s of century 20"). `rebate` names a
    percentage paid in tenths, in its one group. A noun with one of `dual_endings` is two of a kind,
    but for the words of `not_duals`. An empty text says that a language has no such form.
    """

    single: dict[str, str]
    and_half: str
    added_before: dict[str, str]
    parts: dict[int, str]
    lone_one: str
    centuries: bool
    rebate: str
    dual_endings: tuple[str, ...]
    not_duals: str

    def __post_init__(self) -> None:
        """Check the denominators and the group of a rebate."""
        if set(self.parts) != {2, 3, 4}:
            raise ValueError(f"parts must name halves, thirds and quarters, got {[*self.parts]}")
        if self.rebate and re.compile(self.rebate).groups != 1:
            raise ValueError(f"rebate must have one group, got {self.rebate!r}")


UNIT_DIMENSIONS = {
    "percent": "percent",
    **dict.fromkeys(("dollar", "cent", "euro", "pound", "yen", "rupee"), "currency"),
    **dict.fromkeys(
        ("kilometre", "metre", "centimetre", "millimetre", "mile", "foot", "inch", "yard"), "length"
    ),
    **dict.fromkeys(("kilogram", "gram", "pound (weight)", "ounce", "ton"), "weight"),
    **dict.fromkeys(("litre", "millilitre", "gallon"), "volume"),
    **dict.fromkeys(("Celsius", "Fahrenheit"), "temperature"),
    **dict.fromkeys(("hour", "minute", "second"), "time"),
}
"""The units that every language names, and the dimension of each."""


class AnswerPhrases(msgspec.Struct, frozen=True, kw_only=True):
    """What checks of a model's replies look for; regular expressions, tried without regard to case.

    `refusals` open a reply that declines, `prefaces` one that announces itself ("Here is the
    translation:"), `source_mentions` stand where a dialogue speaks of the document it was made
    from. `question_mark` closes a question.
    """

    refusals: tuple[str, ...]
    prefaces: tuple[str, ...]
    source_mentions: tuple[str, ...]
    question_mark: str


class SourceWords(msgspec.Struct, frozen=True, kw_only=True):
    r"""What checks of translations know of the language of the source; regular expressions.

    `implied` are words that imply a number which another language may write in digits, by the
    number ("0.5"); `loose` number words need not come back as numbers. `months` names the twelve in
    order. The groups of `clock` are hours of a clock of twelve. What stands behind `answer` in a
    line is the answer of a worked solution. `requests` open a request that may end in a question
    mark, `corrections` ask to mend the language of a text, `replies` open a turn as replies do, and
    `noted` stands where a source speaks of translating. No name is made of words of `personal`;
    `function` are the other words that sentences are full of. After `if` or `while` one of
    `no_code` opens prose, not code. `speakers` are names before a colon at the head of a turn.
    """

    implied: dict[str, str]
    loose: str
    months: tuple[str, ...]
    clock: str
    answer: str
    requests: str
    corrections: tuple[str, ...]
    replies: str
    noted: str
    personal: str
    function: str
    no_code: str
    speakers: tuple[str, ...]

    def __post_init__(self) -> None:
        """Check the months and the groups of the clock."""
        if len(self.months) != 12:
            raise ValueError(f"months must name 12, got {len(self.months)}")
        if re.compile(self.clock).groups != 2:
            raise ValueError(f"clock must have two groups, got {self.clock!r}")


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    """Prompts of dialogues grounded in documents, and what documents are taken.

    `first_question` holds `{title}` and `{document}`; `answer` holds `{document}` and `{question}`;
    `answer_without_document` holds `{question}`; `deeper` and `broader` ask for the next question
    and hold `{document}` and `{dialogue}`, in which turns open with `user` and `assistant`.
    `labels` are words that a reply must not open with before a colon ("Question: ..."); `label_article` and
    `label_is` are regular expressions of what may stand around one ("The question is: ...").
    Articles with one of `excluded_words` are not taken (whole words, without regard to case;
    `*` at an end stands for any letters there, as words are inflected).
    `chinese_conversion` is an OpenCC configuration (`t2s`) for languages that need one script.
    """

    first_question: str
    answer: str
    answer_without_document: str
    deeper: str
    broader: str
    user: str
    assistant: str
    labels: tuple[str, ...]
    label_article: str
    label_is: str
    excluded_words: tuple[str, ...]
    chinese_conversion: str | None

    def prompt(self, field: str) -> str:
        """The prompt in the field of this name."""
        prompt: str = getattr(self, field)
        return prompt

    def __post_init__(self) -> None:
        """Check the placeholders."""
        wanted = {
            "first_question": ("{title}", "{document}"),
            "answer": ("{document}", "{question}"),
            "answer_without_document": ("{question}",),
            "deeper": ("{document}", "{dialogue}"),
            "broader": ("{document}", "{dialogue}"),
        }
        for field, marks in wanted.items():
            for mark in marks:
                if mark not in getattr(self, field):
                    raise ValueError(f"field {field!r} needs {mark}")


class WorkedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Words of a worked answer that say which of its numbers is meant, without regard to case.

    After a word of `step` a number is a label ("Step 3"), as it is between two of `numbered`.
    After a word of `supposed` an answer phrase may state nothing ("if the answer is"). Two numbers
    with one of `operators` between are an expression ("3/4 of 24"). Names of currencies
    (`currencies`) may stand between a phrase and its number.
    """

    step: tuple[str, ...]
    numbered: tuple[tuple[str, str], ...]
    supposed: tuple[str, ...]
    operators: tuple[str, ...]
    currencies: tuple[str, ...]


class MgsmTexts(msgspec.Struct, frozen=True, kw_only=True):
    """MGSM prompts of this language.

    `question` and `answer` are the line openings, `answer_step_by_step` the one of a chain of
    thought; the instructions hold `{question}`. `answer_phrases` are regular expressions
    after which a final answer stands.
    """

    question: str
    answer: str
    answer_step_by_step: str
    direct_instruction: str
    native_cot_instruction: str
    answer_phrases: tuple[str, ...]
    worked: WorkedAnswer

    def __post_init__(self) -> None:
        """Check the placeholders."""
        for field in ("direct_instruction", "native_cot_instruction"):
            if "{question}" not in getattr(self, field):
                raise ValueError(f"field {field!r} needs {{question}}")


class HumanEvalTexts(msgspec.Struct, frozen=True, kw_only=True):
    """The instruction around a HumanEval prompt in a chat; holds `{prompt}`."""

    instruction: str

    def __post_init__(self) -> None:
        """Check the placeholder."""
        if "{prompt}" not in self.instruction:
            raise ValueError("field 'instruction' needs {prompt}")


class Language(msgspec.Struct, frozen=True, kw_only=True):
    """One language: BCP 47 code, and its sections.

    `units` are the words for each unit of `UNIT_DIMENSIONS`: regular expressions, set apart by `|`.
    `source_words` are None but for the language that sources are in, English.
    """

    code: str
    writing: Writing
    builder: Builder
    translate: Translate
    numbers: NumberWords
    forms: NumberForms
    units: dict[str, str]
    phrases: AnswerPhrases
    source_words: SourceWords | None
    ground: Ground | None
    mgsm: MgsmTexts | None
    humaneval: HumanEvalTexts | None

    def __post_init__(self) -> None:
        """Check that every unit has its words."""
        missing, unknown = (
            set(UNIT_DIMENSIONS) - set(self.units),
            set(self.units) - set(UNIT_DIMENSIONS),
        )
        if missing or unknown:
            raise ValueError(f"units: missing {sorted(missing)}, unknown {sorted(unknown)}")
