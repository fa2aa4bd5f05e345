"""The typed sections of a language file."""

import msgspec


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
    """What translating into this language needs: its name, in English and its own."""

    english_name: str
    own_name: str


class Mgsm(msgspec.Struct, frozen=True, kw_only=True):
    """MGSM prompts and number style of this language.

    `question` and `answer` are the line openings, `answer_step_by_step` the one of a chain of
    thought; the instructions hold `{question}`. `answer_phrases` are regular expressions
    after which a final answer stands. `decimal_mark` and `group_marks` say how numbers are
    written: one character, and the characters that may stand between groups of digits.
    """

    question: str
    answer: str
    answer_step_by_step: str
    direct_instruction: str
    native_cot_instruction: str
    answer_phrases: tuple[str, ...]
    decimal_mark: str
    group_marks: str

    def __post_init__(self) -> None:
        """Check the placeholders and marks."""
        for field in ("direct_instruction", "native_cot_instruction"):
            if "{question}" not in getattr(self, field):
                raise ValueError(f"field {field!r} needs {{question}}")
        if len(self.decimal_mark) != 1 or self.decimal_mark in self.group_marks:
            raise ValueError(
                f"decimal_mark must be one character outside group_marks, got {self.decimal_mark!r}"
            )


class HumanEval(msgspec.Struct, frozen=True, kw_only=True):
    """The instruction around a HumanEval prompt in a chat; holds `{prompt}`."""

    instruction: str

    def __post_init__(self) -> None:
        """Check the placeholder."""
        if "{prompt}" not in self.instruction:
            raise ValueError("field 'instruction' needs {prompt}")


class Language(msgspec.Struct, frozen=True, kw_only=True):
    """One language: BCP 47 code, and its sections."""

    code: str
    builder: Builder
    translate: Translate
    mgsm: Mgsm | None
    humaneval: HumanEval | None
