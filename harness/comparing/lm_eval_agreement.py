"""Whether two results of lm-eval asked the same: version, settings, documents, prompts."""

from collections.abc import Iterator, Sequence

import msgspec

from harness.comparing.given import NO_LANGUAGE, GivenRun, GivenSide, Origin, Settings
from ultralink_data.errors import DataError

_NO_SETTING = ("metadata", "task", "dataset_kwargs", "fewshot_config", "tag", "group")
"""Fields of a task that name it, or say where its files are: the documents' hashes tell more."""

_HASHED = ("document", "target", "prompt")


def with_agreed_languages(sides: Sequence[GivenSide]) -> tuple[GivenSide, ...]:
    """The sides with tasks as languages of one wherever any of them has them so.

    A side whose samples of one language are incomplete cannot show by itself that its languages
    have the same problems; another side does.
    """
    languages = {
        f"{found.task}_{found.language}": {"task": found.task, "language": found.language}
        for side in sides
        for run in side.runs
        for found in run.measured
        if found.language != NO_LANGUAGE
    }

    def renamed(run: GivenRun) -> GivenRun:
        measured = tuple(
            msgspec.structs.replace(found, **languages[found.task])
            if found.language == NO_LANGUAGE and found.task in languages
            else found
            for found in run.measured
        )
        return msgspec.structs.replace(run, measured=measured)

    return tuple(
        msgspec.structs.replace(side, runs=tuple(map(renamed, side.runs)))
        if side.origin is Origin.LM_EVAL
        else side
        for side in sides
    )


def check_lm_eval(sides: Sequence[GivenSide]) -> tuple[str, ...]:
    """Check every side against the first; return what differs and may.

    Raises:
        DataError: a setting, a document, a target or a prompt differs; the message names the first.
    """
    doubts: dict[str, None] = {}
    first, *others = sides
    for other in others:
        before, after = first.runs[0].settings, other.runs[0].settings
        for task in before:
            if task in after:
                doubts |= dict.fromkeys(_agreement(task, before[task], after[task]))
    return tuple(doubts)


def _agreement(task: str, one: Settings, two: Settings) -> Iterator[str]:
    for name in dict.fromkeys((*one.config, *two.config)):
        a, b = one.config.get(name), two.config.get(name)
        if a != b and name not in _NO_SETTING and " at 0x" not in f"{a}{b}":
            raise DataError(
                f"{task} was asked with {name} {_short(a)} in one and {_short(b)} in the other",
                hint="such scores do not compare; evaluate again with one of them",
            )
    if (one.template is None) != (two.template is None):
        raise DataError(
            f"{task} was asked through a chat template in one and without in the other",
            hint="evaluate both with --apply_chat_template, or both without",
        )
    if one.system != two.system:
        raise DataError(
            f"{task} was asked with two system instructions", hint="evaluate both with one"
        )
    templates_differ = one.template != two.template
    if templates_differ:
        yield "the models have two chat templates: that their prompts agree is not checked"
    for problem in one.hashes.keys() & two.hashes.keys():
        before, after = one.hashes[problem], two.hashes[problem]
        if before[1:] == after[1:]:
            continue  # the same prompt and target: whatever else a document holds was not asked
        for place, what in enumerate(_HASHED[:2] if templates_differ else _HASHED):
            if before[place] != after[place]:
                raise DataError(
                    f"{task}: problem {problem} has another {what} in one than in the other",
                    hint="they come from two versions of the data, or from few-shot examples drawn "
                    "with two seeds; evaluate again with the same",
                )


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
