"""The typed sections of a language file."""

import re
import unicodedata
from functools import cache, lru_cache

from ultralink_data.languages.number_sections import NumberForms as NumberForms
from ultralink_data.languages.number_sections import NumberWords as NumberWords
from ultralink_data.languages.number_sections import Section
from ultralink_data.unit_sizes import UNIT_DIMENSIONS


class Writing(Section, frozen=True, kw_only=True):
    r"""How the language is written.

    `scripts` are Unicode names of its scripts, as in character names (`LATIN`, `HIRAGANA`, `CJK`).
    `spaces` says whether spaces separate words; if not, checks count characters. `sentence_marks`
    says whether a sentence ends in a mark (in Thai it ends in a space). A token has about
    `characters_a_token` characters. In a language that `elides`, an apostrophe ends a word ("l'eau"
    is two words). `lower` and `alike` are pairs of characters, separated by spaces: a capital and
    its lower-case letter if Unicode's default rule is wrong for the language ("Iı"), and a letter
    that is written in place of another. `left_out` are characters that writers may omit, as the
    inside of a character class (`\u064b-\u065f`). `option_letters`, also the inside of a class,
    label the choices of a question ("A)"); each of `unknowns`, alone, stands for an unknown number.
    `identified_as` are the codes by which py3langid knows the language: several if it distinguishes
    varieties, none if it does not know the language, and then the script decides.
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

    def check(self) -> None:
        """Check the scripts, the pairs and the number."""
        if not self.scripts or not all(map(_exists, self.scripts)):
            raise ValueError(f"scripts must be names of Unicode in capitals, got {self.scripts}")
        if self.characters_a_token < 1:
            raise ValueError(f"characters_a_token must be >= 1, got {self.characters_a_token}")
        for pair in (*self.lower.split(), *self.alike.split()):
            if len(pair) != 2:
                raise ValueError(f"pairs must have two characters, got {pair!r}")

    def is_own(self, character: str) -> bool:
        """Whether a letter is of one of the scripts."""
        return _is_of(self.scripts, character)


@lru_cache(maxsize=10_000)
def _is_of(scripts: tuple[str, ...], character: str) -> bool:
    name = unicodedata.name(character, "")
    return any(script in name for script in scripts)


@cache
def _exists(script: str) -> bool:
    """Whether a character's name begins with it; every script has one among each eighth."""
    return any(unicodedata.name(chr(c), "").startswith(f"{script} ") for c in range(0, 0x20000, 8))


class Builder(Section, frozen=True, kw_only=True):
    """Texts for building data in this language.

    `answer_sentence` ends a worked math solution and has `{answer}`; `code_request` asks for a
    function and has `{prompt}`; `code_reply` starts the answer to it.
    """

    answer_sentence: str
    code_request: str
    code_reply: str

    def check(self) -> None:
        """Check the placeholders."""
        for field, mark in (("answer_sentence", "{answer}"), ("code_request", "{prompt}")):
            if mark not in getattr(self, field):
                raise ValueError(f"field {field!r} needs {mark}")


class Translate(Section, frozen=True, kw_only=True):
    """Texts for translating into this language: its name in English and its own, and prompts.

    A prompt is `instruction`, the part for the kind of text (`chat`, `math`, `code`), one of
    `keep_names` and `localise_names`, and `closing`; the text follows in `<text>`. `next_turn`
    starts each further turn of a chat. `answer_line` ends a worked solution and has `{answer}`;
    `math` has `{answer_line}`. `translating` matches words for translating, with which a reply
    talks about itself. `length` is the minimum, usual and maximum ratio of a translation's
    characters to those of its English source (docs/data_translate.md).
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

    def check(self) -> None:
        """Check the placeholders and bounds."""
        for field, mark in (("math", "{answer_line}"), ("answer_line", "{answer}")):
            if mark not in getattr(self, field):
                raise ValueError(f"field {field!r} needs {mark}")
        if "<text>" not in self.instruction or "</text>" not in self.instruction:
            raise ValueError("field 'instruction' must name <text> and </text>")
        if not 0 < self.length[0] < self.length[1] < self.length[2]:
            raise ValueError(f"length must be positive and rise, got {self.length}")


_SIMPLE = re.compile(r"(?:(?:[^()\[\]{}\\*+?|]|\\[ws])(?:[*?]|\{\d\})?)+")
"""Regular expressions that are valid at sight: characters, each alone or repeated."""


class AnswerPhrases(Section, frozen=True, kw_only=True):
    """Patterns for checks of a model's replies: regular expressions, ignoring case.

    `refusals` start a reply that declines, `prefaces` one that announces itself ("Here is the
    translation:"); `source_mentions` match where a dialogue mentions the document it was made from.
    `question_mark` ends a question. `next_question` are words (no expressions) that begin a line,
    before a colon, where a model goes on with a question or a speaker of its own invention.
    """

    refusals: tuple[str, ...]
    prefaces: tuple[str, ...]
    source_mentions: tuple[str, ...]
    question_mark: str
    next_question: tuple[str, ...]


class SourceWords(Section, frozen=True, kw_only=True):
    r"""Patterns of the source language for checks of translations: regular expressions.

    `implied` are words that imply a number which another language may write in digits, by the
    number ("0.5"); `loose` number words need not come back as numbers. `months` names the twelve in
    order. The groups of `clock` are hours of a twelve-hour clock. The text after `answer` in a line
    is the answer of a worked solution. `requests` start a request that may end in a question mark,
    `corrections` ask to correct the language of a text, `replies` start a turn like a reply, and
    `noted` matches where a source mentions translating. No name consists of `personal` words;
    `function` are other function words. After `if` or `while`, a word of `no_code` starts prose,
    not code. `speakers` are names before a colon at the start of a turn. `no_noun` are words that
    do not say of what a quantity is. `ordinal` matches an ordinal that a translation must have, with
    what stands around it; it has `{ordinal}`.
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
    no_noun: str
    ordinal: str

    def check(self) -> None:
        """Check the months, the groups of the clock and the placeholder."""
        if len(self.months) != 12:
            raise ValueError(f"months must name 12, got {len(self.months)}")
        if re.compile(self.clock).groups != 2:
            raise ValueError(f"clock must have two groups, got {self.clock!r}")
        if "{ordinal}" not in self.ordinal:
            raise ValueError("field 'ordinal' needs {ordinal}")


class Ground(Section, frozen=True, kw_only=True):
    """Prompts of dialogues grounded in documents, and which documents are used.

    `first_question` has `{title}` and `{document}`; `answer` has `{document}` and `{question}`;
    `answer_without_document` has `{question}`; `deeper` and `broader` ask for the next question and
    have `{document}` and `{dialogue}`, in which turns start with `user` and `assistant`. `labels`
    are words that must not start a reply before a colon ("Question: ..."); `label_article` and
    `label_is` are regular expressions for words around one ("The question is: ..."). Articles with
    one of `excluded_words` are left out (whole words, ignoring case; `*` at either end matches any
    letters, for inflected forms). `chinese_conversion` is an OpenCC configuration (`t2s`) for
    languages that need one script.
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
        return str(getattr(self, field))

    def check(self) -> None:
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


class WorkedAnswer(Section, frozen=True, kw_only=True):
    """Words that show which number of a worked answer is the result, ignoring case.

    After a word of `step` a number is a label ("Step 3"), as it is between two of `numbered`. After
    a word of `supposed` an answer phrase may state no answer ("if the answer is"). Two numbers with
    one of `operators` between them are an expression ("3/4 of 24"). Names of `currencies` may come
    between a phrase and its number.

    The others are regular expressions, empty if the language has no such words. Behind `result` the
    answer stands if no other number follows; else it may be a result on the way. A number right
    behind `denied` or right before `denied_after` is named only to be rejected ("not 8"). One right
    behind `qualifying`, a few words behind `qualifying_clause`, behind `part_of` and a number, or
    right before `qualified_after` says more about the result ("in 4 weeks", "of 20"); a price
    behind the group `paid` does not ("for 18 dollars"), and a number before or behind the group
    `than` is a difference. One right behind `label`, without a currency, tells one of several
    things ("day 1"). Where `purpose` begins the clause of a number ("to cover 180 miles") it may be
    the result, unless `needed` stands in the sentence.

    `taken_back` begins a clause that takes an answer back ("wait, no"), `put_right` one that is
    nothing but the right number ("I mean 25"), `rechecks` one that computes anew ("let me see"),
    after which one of `confirms` says that the answer stands; behind its group `doubt` ("hold on")
    the answer may be a part of the new sum. The group of one of `asked` is what a question asks to
    count; `difference` is in one that asks how many more; `asks` ends one without a question mark.
    """

    step: tuple[str, ...]
    numbered: tuple[tuple[str, str], ...]
    supposed: tuple[str, ...]
    operators: tuple[str, ...]
    currencies: tuple[str, ...]
    result: str
    denied: str
    denied_after: str
    qualifying: str
    qualifying_clause: str
    part_of: str
    qualified_after: str
    taken_back: str
    put_right: str
    label: str
    purpose: str
    needed: str
    difference: str
    rechecks: str
    confirms: str
    asks: str
    asked: tuple[str, ...]

    def check(self) -> None:
        """Check the groups."""
        for pattern in self.asked:
            if re.compile(pattern).groups != 1:
                raise ValueError(f"asked must have one group, got {pattern!r}")


class MgsmTexts(Section, frozen=True, kw_only=True):
    """MGSM prompts of this language.

    `question` and `answer` are the line openings, `answer_step_by_step` the one of a chain of
    thought; the instructions have `{question}`. `answer_phrases` are regular expressions that come
    before a final answer.
    """

    question: str
    answer: str
    answer_step_by_step: str
    direct_instruction: str
    native_cot_instruction: str
    answer_phrases: tuple[str, ...]
    worked: WorkedAnswer

    def check(self) -> None:
        """Check the placeholders."""
        for field in ("direct_instruction", "native_cot_instruction"):
            if "{question}" not in getattr(self, field):
                raise ValueError(f"field {field!r} needs {{question}}")


class HumanEvalTexts(Section, frozen=True, kw_only=True):
    """The instruction around a HumanEval prompt in a chat; has `{prompt}`."""

    instruction: str

    def check(self) -> None:
        """Check the placeholder."""
        if "{prompt}" not in self.instruction:
            raise ValueError("field 'instruction' needs {prompt}")


class Language(Section, frozen=True, kw_only=True):
    """One language: BCP 47 code, and its sections.

    `units` are the words for each unit of `UNIT_DIMENSIONS`: regular expressions, separated by `|`,
    each of which matches whole words where the language writes spaces, ignoring case. None holds a
    `|` of its own. `source_words` is None except for English, the language of the sources.
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

    def check(self) -> None:
        """Check that every unit has its words, each a regular expression of its own."""
        missing = UNIT_DIMENSIONS.keys() - self.units.keys()
        unknown = self.units.keys() - UNIT_DIMENSIONS.keys()
        if missing or unknown:
            raise ValueError(f"units: missing {sorted(missing)}, unknown {sorted(unknown)}")
        for unit, words in self.units.items():
            for word in words.split("|"):
                if _SIMPLE.fullmatch(word):
                    continue  # compiling them all takes a fifth of a short command
                try:
                    re.compile(word)
                except re.error as error:
                    raise ValueError(f"units: {unit!r}: {word!r}: {error}") from error
