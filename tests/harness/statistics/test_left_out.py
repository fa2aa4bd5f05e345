"""Nothing that a comparison leaves out vanishes: it is named, with its side and its count."""

import pytest

from harness.statistics.comparison import Side, effects
from harness.statistics.left_out import gaps
from harness.statistics.measured import MeasuredTask
from harness.statistics.verdict import Margins

NAMES = [f"p{n}" for n in range(10)]


def scored(language, names=NAMES, task="mgsm", metric="exact_match", clusters=None):
    values = {name: (float(place % 2),) for place, name in enumerate(names)}
    return MeasuredTask(
        task=task,
        language=language,
        metric=metric,
        values=values,
        outcomes={"correct": len(values)},
        file="",
        clusters=clusters or {},
    )


def runs(*languages, count=3, **options):
    return [[scored(language, **options) for language in languages] for _ in range(count)]


def texts(variant, reference):
    v, r = (
        Side(name=name, runs=tuple(map(tuple, made)))
        for name, made in (("v", variant), ("r", reference))
    )
    found = gaps(v, r, effects(v, r, Margins()))
    assert {gap.variant for gap in found} <= {"v"}
    return [" ".join(filter(None, (g.task, g.metric, g.language, g.text))) for g in found]


WHOLE = runs("en", "zh", "fr")
NO_AVERAGE = "no average: none of its languages can be compared"
EVERY = "scored in every run of both sides"
CASES = {
    "nothing": (WHOLE, WHOLE, []),
    "a language of one run": (
        [*WHOLE[:2], WHOLE[2][:2]],
        WHOLE,
        ["mgsm exact_match fr missing in 1 of 3 runs of v"],
    ),
    "a language of the reference": (
        WHOLE,
        runs("en", "zh"),
        ["mgsm exact_match fr missing in 3 of 3 runs of r"],
    ),
    "different languages": (
        runs("en", "zh"),
        runs("en", "fr"),
        [
            "mgsm exact_match fr missing in 3 of 3 runs of v",
            "mgsm exact_match zh missing in 3 of 3 runs of r",
            f"mgsm exact_match non-en {NO_AVERAGE}",
        ],
    ),
    "every language but English": (
        runs("en"),
        runs("fr", "en"),
        [
            "mgsm exact_match fr missing in 3 of 3 runs of v",
            f"mgsm exact_match non-en {NO_AVERAGE}",
        ],
    ),
    "every language but English has one problem in common": (
        [[scored("en"), scored("zh", NAMES[:5])] for _ in range(3)],
        [[scored("en"), scored("zh", NAMES[4:])] for _ in range(3)],
        [
            f"mgsm exact_match zh only 1 problem {EVERY}: no interval",
            f"mgsm exact_match non-en {NO_AVERAGE}",
        ],
    ),
    "English": (
        runs("zh", "fr"),
        runs("en", "zh", "fr"),
        ["mgsm exact_match en missing in 3 of 3 runs of v"],
    ),
    "a language without a scored problem": (
        [[*run[:2], scored("fr", [])] for run in WHOLE],
        WHOLE,
        ["mgsm exact_match fr no problem scored in 3 of 3 runs of v"],
    ),
    "no problem in common": (
        runs("en", names=NAMES[:4]),
        runs("en", names=NAMES[4:]),
        [f"mgsm exact_match en no problem {EVERY}"],
    ),
    "one problem in common": (
        runs("en", names=NAMES[:5]),
        runs("en", names=NAMES[4:]),
        [f"mgsm exact_match en only 1 problem {EVERY}: no interval"],
    ),
    "problems of one cluster": (
        runs("en", clusters=dict.fromkeys(NAMES, "t")),
        runs("en", clusters=dict.fromkeys(NAMES, "t")),
        [f"mgsm exact_match en only 10 problems of 1 cluster {EVERY}: no interval"],
    ),
    "runs without a counterpart": (
        runs("en", count=5),
        runs("en", count=3),
        ["2 of 5 runs of v without a counterpart"],
    ),
    "a task of one side": (
        [[*run, scored("en", task="humaneval", metric="pass@1")] for run in WHOLE],
        WHOLE,
        ["humaneval pass@1 only in v"],
    ),
    "languages without problems in common": (
        [[scored("zh", NAMES[:5]), scored("fr", NAMES[5:])] for _ in range(3)],
        [[scored("zh", NAMES[:5]), scored("fr", NAMES[5:])] for _ in range(3)],
        ["mgsm exact_match non-en fewer than two problems scored in all languages on both sides"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_left_out_is_named_with_its_count(case):
    variant, reference, expected = CASES[case]
    assert texts(variant, reference) == expected


def test_answers_for_a_judge_are_no_gap():
    judged = [[scored("zh", [], task="omgeval", metric="win_rate")]] * 3
    assert texts(judged, judged) == []
