"""The rows of sample files: what an evaluation saves of each generation and each measured text."""

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from typing import Final, Literal

import msgspec


class Outcome(StrEnum):
    """How one sample ended. A sample that could not be graded is never silently counted as wrong.

    `unjudged`: an answer that only a judge can compare with another's.
    """

    CORRECT = "correct"
    WRONG = "wrong"
    NO_ANSWER = "no_answer"
    TRUNCATED = "truncated"
    ERROR = "error"
    UNJUDGED = "unjudged"


REFUSED: Final = "not answered: "
"""Prefix of the `detail` of a sample that the endpoint refused; the reason follows."""
OVER_CONTEXT: Final = "prompt over the context"
"""The `detail` of a sample with a prompt too long to ask; it has one row whatever the count."""


class Sample(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One generation and its grade: one line of a sample file.

    `problem_id` is the same in all languages; `index` counts the samples of one problem from
    0. `prompt` is what the model read, before a chat template. `detail` gives the reason if the
    outcome alone does not (for example, the exception of a failed program). `hit_limit` is true if
    the token limit ended the generation, None in files from before the field existed. `generation`
    is the whole text; `thinking` what no rule reads: cut from it, or returned apart from it by an
    endpoint; `cluster` the problem's.
    """

    problem_id: str
    language: str
    index: int
    prompt: str
    generation: str
    extracted: str | None
    outcome: Outcome
    detail: str = ""
    hit_limit: bool | None = None
    thinking: str = ""
    cluster: str = ""


def is_answered(sample: Sample) -> bool:
    """Whether the model was asked and answered, so that there is something to grade."""
    refused = sample.outcome is Outcome.ERROR and sample.detail.startswith(REFUSED)
    return sample.detail != OVER_CONTEXT and not refused


class LikelihoodSample(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """The code length of one reference text given its prompt.

    `bits` is minus the base-2 log-likelihood of `target`, `bytes` its length in UTF-8; a boundary
    space that the tokenizer moved from prompt to target is counted in both. `digit_bits` and
    `digit_bytes` are the part of tokens that contain a decimal digit. A row longer than the context
    is `truncated`, has zeros, and is in no mean. `right` is None if the problem has only one text,
    else whether this is the right one of several. `cluster` is the problem's.
    """

    problem_id: str
    language: str
    prompt: str
    target: str
    outcome: Literal["scored", "truncated"]
    bits: float
    bytes: int
    digit_bits: float
    digit_bytes: int
    right: bool | None = None
    cluster: str = ""


def count_outcomes(samples: Sequence[Sample]) -> dict[str, int]:
    """The number of samples by outcome, without zeros; the sum is `len(samples)`."""
    return dict(sorted(Counter(sample.outcome.value for sample in samples).items()))
