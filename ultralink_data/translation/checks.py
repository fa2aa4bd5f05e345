"""All checks of a translated turn, in the order they are tried.

Each is a pure function of source and translation; the first failure is reported to the model.
Checks that name a cause (a refusal, a corrected mistake) come before those that see its effect.
"""

from collections.abc import Callable, Collection
from pathlib import Path

from ultralink_data.added_code import blaming
from ultralink_data.errors import ConfigError
from ultralink_data.stage.asking import Failure
from ultralink_data.text.control_tokens import marks
from ultralink_data.translation.remainder import check_remainder
from ultralink_data.translation.task import (
    check_carried_out,
    check_options,
    check_questions,
    check_speakers,
)
from ultralink_data.translation.turns import SourceTurn
from ultralink_data.translation.values import (
    check_corrected,
    check_final_answer,
    check_numbers,
    check_units,
)
from ultralink_data.translation.verbatim import (
    check_addresses,
    check_code_blocks,
    check_inline_code,
    check_latex,
    check_markup,
    check_passages,
)
from ultralink_data.translation.wording import (
    check_language,
    check_length,
    check_preface,
    check_script,
    check_sentences,
)

TurnCheck = Callable[[SourceTurn, str], Failure | None]


def check_empty(_: SourceTurn, text: str) -> Failure | None:
    """There is a text."""
    return None if text.strip() else Failure("empty", "it is empty")


def check_control_tokens(turn: SourceTurn, text: str) -> Failure | None:
    """No control token and no thinking but those that the source names, in quotes or in code."""
    for mark in marks(text):
        if text.count(mark.text) > turn.text.count(mark.text):
            return Failure(mark.reason, f"it holds {mark.text!r}; write only the translation")
    return None


CHECKS: dict[str, TurnCheck] = {
    "empty": check_empty,
    "control_tokens": check_control_tokens,
    "preface": check_preface,
    "passages": check_passages,
    "language": check_language,
    "script": check_script,
    "remainder": check_remainder,
    "speakers": check_speakers,
    "questions": check_questions,
    "options": check_options,
    "code_blocks": check_code_blocks,
    "inline_code": check_inline_code,
    "latex": check_latex,
    "addresses": check_addresses,
    "markup": check_markup,
    "corrected": check_corrected,
    "final_answer": check_final_answer,
    "numbers": check_numbers,
    "units": check_units,
    "length": check_length,
    "sentences": check_sentences,
    "carried_out": check_carried_out,
}
"""The checks by name; a failure's own name is the reason that counts go by."""


def check_turn(turn: SourceTurn, text: str, *, without: Collection[str] = ()) -> Failure | None:
    """The first check that the translation of a turn fails, of all but those named in `without`.

    Raises:
        ConfigError: a check does not run, or returns neither a `Failure` nor None; names file and
        line.
    """
    for name, check in CHECKS.items():
        if name in without:
            continue
        code = check.__code__
        with blaming(Path(code.co_filename), f"check {name}"):
            failure = check(turn, text)
        if failure is None:
            continue
        if not isinstance(failure, Failure):
            raise ConfigError(
                f"{code.co_filename}:{code.co_firstlineno}: check {name} returned a "
                f"{type(failure).__name__}, not a Failure",
                hint="return None if the translation passes, else Failure(REASON, DETAIL)",
            )
        return failure
    return None
