"""What verdicts decide: every value of --fail-on beside every kind of cell."""

import pytest
from report_examples import effect

from harness.options import defaults
from harness.statistics.decision import DecidedAs, FailOn, decide_on
from harness.statistics.policy import LanguagePolicy, Policy, TaskPolicy, Tier
from leaderboard.gaps import Gap

WORSE, EVERY = FailOn.WORSE, FailOn.NOT_NONINFERIOR


def cell(verdict, language="fr", **changes):
    """A cell of mgsm with this verdict; `p_holm` 0.001 where it is worse."""
    numbers = {
        "better": (0.1, 0.05, 0.15),
        "non-inferior": (0.0, -0.01, 0.01),
        "worse": (-0.2, -0.3, -0.1),
        "worse within margin": (-0.01, -0.015, -0.005),
        "inconclusive": (0.0, -0.05, 0.05),
        "underpowered": (0.0, -0.5, 0.5),
        "no margin": (0.0, -0.05, 0.05),
    }
    open_ = {"low": None, "high": None, "p_value": None, "p_holm": None}
    fields = {"language": language, "task": "mgsm", "metric": "exact_match", "verdict": verdict}
    if verdict in numbers:
        value, low, high = numbers[verdict]
        small = "worse" in verdict
        fields |= {"effect": value, "low": low, "high": high, "p_value": 0.002 if small else 0.5}
        fields["p_holm"] = 0.001 if small else 0.9
    elif verdict == "ceiling":
        fields |= {"effect": 0.0, "low": -0.01, "high": 0.01, "p_value": None, "p_holm": None}
    else:
        fields |= {"effect": 0.0, **open_}
    return effect(**(fields | changes))


@pytest.mark.parametrize(
    ("verdict", "worse", "every"),
    [
        ("better", DecidedAs.PASS, DecidedAs.PASS),
        ("non-inferior", DecidedAs.PASS, DecidedAs.PASS),
        ("worse", DecidedAs.FAIL, DecidedAs.FAIL),
        ("worse within margin", DecidedAs.PASS, DecidedAs.PASS),
        ("inconclusive", DecidedAs.PASS, DecidedAs.FAIL),
        ("underpowered", DecidedAs.PASS, DecidedAs.OPEN),
        ("no margin", DecidedAs.PASS, DecidedAs.OPEN),
        ("floor", DecidedAs.OPEN, DecidedAs.OPEN),
        ("ceiling", DecidedAs.PASS, DecidedAs.PASS),
        ("single seed", DecidedAs.OPEN, DecidedAs.OPEN),
        ("too few seeds", DecidedAs.OPEN, DecidedAs.OPEN),
        ("language missing", DecidedAs.OPEN, DecidedAs.OPEN),
    ],
)
def test_every_verdict_has_an_answer_to_either_question(verdict, worse, every):
    found = [decide_on(asked, [cell(verdict)]) for asked in (WORSE, EVERY)]
    assert [one.answer for one in found] == [worse, every]
    for one in found:
        assert f"exit {one.answer.value}" in one.sentence
        assert "mgsm exact_match fr" in one.sentence


def test_a_failure_outweighs_what_is_open_and_that_a_pass():
    good, open_, bad = cell("better", "es"), cell("single seed", "zh"), cell("worse")
    assert decide_on(WORSE, [good, open_, bad]).answer is DecidedAs.FAIL
    assert decide_on(WORSE, [good, open_]).answer is DecidedAs.OPEN
    assert decide_on(WORSE, [good]).answer is DecidedAs.PASS


def test_a_language_counts_as_worse_only_within_its_family():
    alone = cell("worse", p_holm=0.04)
    assert decide_on(WORSE, [alone]).answer is DecidedAs.PASS
    average = cell("worse", "non-en", p_holm=None, primary=True)
    assert decide_on(WORSE, [alone, average]).answer is DecidedAs.FAIL
    assert decide_on(EVERY, [alone]).answer is DecidedAs.FAIL  # not shown to be non-inferior


def test_only_the_metric_of_the_task_decides():
    twin = cell("worse", metric="bpb", unit="log-ratio")
    assert decide_on(WORSE, [cell("better"), twin]).answer is DecidedAs.PASS
    of_policy = Policy(tasks={"mgsm": TaskPolicy(metric="bpb")})
    assert decide_on(WORSE, [cell("better"), twin], policy=of_policy).answer is DecidedAs.FAIL


def test_a_task_from_outside_is_decided_by_its_first_metric():
    first = cell("better", task="sums", metric="acc")
    second = cell("worse", task="sums", metric="acc_norm")
    assert decide_on(WORSE, [first, second]).answer is DecidedAs.PASS
    assert decide_on(WORSE, [second, first]).answer is DecidedAs.FAIL


def test_a_language_of_one_side_alone_leaves_the_answer_open():
    gap = Gap(
        variant="0", task="mgsm", metric="exact_match", language="en", text="missing in 3 of 3 runs"
    )
    found = decide_on(WORSE, [cell("better")], [gap])
    assert found.answer is DecidedAs.OPEN
    assert "0, mgsm exact_match en: MISSING (missing in 3 of 3 runs)" in found.sentence


@pytest.mark.parametrize("asked", [WORSE, EVERY])
@pytest.mark.parametrize(
    ("verdict", "without", "tier", "answer"),
    [
        ("non-inferior", "0", Tier.CRITICAL, DecidedAs.OPEN),
        ("worse within margin", "0", Tier.CRITICAL, DecidedAs.OPEN),
        ("worse", "0", Tier.CRITICAL, DecidedAs.FAIL),
        ("non-inferior", "0", Tier.SUPPORTING, DecidedAs.PASS),
        ("better", "all", Tier.CRITICAL, DecidedAs.PASS),
    ],
)
def test_a_language_that_the_variant_was_not_taught_does_not_pass(
    asked, verdict, without, tier, answer
):
    gap = Gap(
        variant="0",
        task="",
        metric="",
        language="fr",
        text=f"MISSING in {without}: no row to train on (9 in the other); its scores are its own",
    )
    found = decide_on(asked, [cell(verdict)], [gap], Policy(tier=tier))
    assert found.answer is answer
    status = f"MISSING ({verdict})" if without == "0" else verdict
    assert [one.status for one in found.cells] == [status]
    assert ("0: no row to train on (9 in the other)" in found.sentence) is (without == "0")


def test_gaps_of_other_metrics_and_of_seeds_do_not_count():
    gaps = [
        Gap(variant="0", task="mgsm", metric="bpb", language="en", text="missing"),
        Gap(variant="0", task="", metric="", language="", text="1 of 3 runs"),
    ]
    assert decide_on(WORSE, [cell("better")], gaps).answer is DecidedAs.PASS


def test_no_other_metric_decides_where_the_primary_one_was_left_out():
    gap = Gap(
        variant="0", task="mgsm", metric="exact_match", language="fr", text="no problem scored"
    )
    found = decide_on(WORSE, [cell("better", metric="bpb", unit="log-ratio")], [gap])
    assert found.answer is DecidedAs.OPEN
    assert "0, mgsm exact_match fr: MISSING (no problem scored)" in found.sentence


def test_scores_from_outside_under_the_name_of_a_benchmark_may_lack_a_language():
    gap = Gap(variant="0", task="mgsm", metric="acc", language="en", text="missing in 3 of 3 runs")
    found = decide_on(WORSE, [cell("better", metric="acc")], [gap])
    assert found.answer is DecidedAs.OPEN
    assert "0, mgsm acc en: MISSING (missing in 3 of 3 runs)" in found.sentence


@pytest.mark.parametrize(
    ("tier", "verdict", "answer"),
    [
        (Tier.SUPPORTING, "worse", DecidedAs.FAIL),
        (Tier.SUPPORTING, "inconclusive", DecidedAs.PASS),
        (Tier.SUPPORTING, "single seed", DecidedAs.PASS),
        (Tier.ADVISORY, "worse", DecidedAs.PASS),
        (Tier.ADVISORY, "single seed", DecidedAs.PASS),
        (Tier.CRITICAL, "inconclusive", DecidedAs.FAIL),
    ],
)
def test_the_tier_of_a_cell_says_what_it_decides(tier, verdict, answer):
    languages = {"fr": LanguagePolicy(tier=tier)}
    policy = Policy(tasks={"mgsm": TaskPolicy(languages=languages)})
    found = decide_on(EVERY, [cell("better", "zh"), cell(verdict)], policy=policy)
    assert found.answer is answer


def test_what_a_policy_names_and_nobody_measured_is_missing():
    languages = {"fr": LanguagePolicy(), "sw": LanguagePolicy(tier=Tier.SUPPORTING)}
    policy = Policy(tasks={"mgsm": TaskPolicy(languages=languages)})
    found = decide_on(WORSE, [cell("better")], policy=policy)
    assert found.answer is DecidedAs.PASS
    assert [(c.language, c.status) for c in found.cells] == [("fr", "better"), ("sw", "MISSING")]
    policy = Policy(tasks={"mgsm": TaskPolicy(), "humaneval": TaskPolicy()})
    found = decide_on(WORSE, [cell("better")], policy=policy)
    assert found.answer is DecidedAs.OPEN
    assert "0, humaneval: MISSING (named by the policy)" in found.sentence


@pytest.mark.parametrize(
    ("task", "asked", "said"),
    [
        ("msgm", TaskPolicy(), "0, msgm: MISSING (named by the policy; did you mean mgsm?)"),
        (
            "mgsm",
            TaskPolicy(metric="exact"),
            "0, mgsm exact: MISSING (named by the policy; its metrics here: exact_match)",
        ),
        (
            "mgsm",
            TaskPolicy(languages={"french": LanguagePolicy()}),
            "0, mgsm french: MISSING (named by the policy; its languages here: fr, zh)",
        ),
    ],
)
def test_a_missing_cell_says_what_is_there_in_its_place(task, asked, said):
    policy = Policy(tasks={task: asked})
    found = decide_on(WORSE, [cell("better"), cell("better", "zh")], policy=policy)
    assert found.answer is DecidedAs.OPEN
    assert said in found.sentence


def test_where_only_advisory_cells_are_nothing_is_decided():
    found = decide_on(WORSE, [cell("better")], policy=Policy(tier=Tier.ADVISORY))
    assert found.answer is DecidedAs.OPEN
    assert "no cell decides" in found.sentence


def test_every_variant_counts_and_three_deciding_cells_are_named():
    cells = [cell("worse", variant=name) for name in ("a", "b", "c", "d", "e")]
    found = decide_on(WORSE, cells)
    assert "a, mgsm exact_match fr: worse (-20.0 pt [-30.0, -10.0], p Holm 0.001)" in found.sentence
    assert found.sentence.endswith("; and 2 more")


def test_a_pass_names_the_cell_that_came_closest():
    near = cell("non-inferior", "zh", low=-0.019)
    found = decide_on(EVERY, [cell("better"), near, cell("non-inferior", "es")])
    assert [c.language for c in found.deciding] == ["zh"]


def test_a_ceiling_passes_only_if_it_hides_less_than_the_margin():
    assert decide_on(EVERY, [cell("ceiling", low=-0.1)]).answer is DecidedAs.OPEN
    assert decide_on(EVERY, [cell("ceiling", margin=None)]).answer is DecidedAs.OPEN


def test_the_option_has_the_values_of_the_question():
    assert tuple(asked.value for asked in FailOn) == defaults.FAIL_ON
