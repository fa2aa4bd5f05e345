"""Saved samples graded again without a model, and what changed."""

import msgspec
import pytest
from program_toys import Runner, ToyPrograms

from tasks import sandbox
from tasks.benchmark import OVER_CONTEXT, REFUSED, Outcome, Sample
from tasks.grading.stored_samples import Change, count_moves, find_changes, regrade
from ultralink_data.errors import DataError


@pytest.fixture
def runner(monkeypatch):
    """A sandbox that is not one; `asked` counts how often it was looked for."""
    found = Runner()
    monkeypatch.setattr(sandbox, "run_programs", found)
    monkeypatch.setattr(sandbox, "require_sandbox", lambda: found.workers.append(-1))
    return found


def sample(text="code:right", problem="toy/0", outcome=Outcome.WRONG, **more):
    known = {"prompt": f"chat: {problem}", "index": 0, "extracted": "old", "detail": "old"}
    return Sample(
        problem_id=problem, language="fr", generation=text, outcome=outcome, **(known | more)
    )


def graded(*samples):
    return regrade(ToyPrograms(), "fr", "chat", samples, None)


def ends(found):
    return [(s.outcome.value, s.extracted, s.detail) for s in found.samples]


def test_each_sample_gets_its_own_new_grade_in_order(runner):
    found = graded(sample(), sample("code:wrong", "toy/2"), sample("", "toy/1"), sample())
    assert ends(found) == [
        ("correct", "right", ""),
        ("wrong", "wrong", "ong"),
        ("no_answer", None, "no code"),
        ("correct", "right", ""),
    ]
    assert [s.problem_id for s in found.samples] == ["toy/0", "toy/2", "toy/1", "toy/0"]
    assert runner.programs == ["fr toy/0 right", "fr toy/2 wrong", "fr toy/0 right"]
    assert found.other_prompts == 0


def test_what_was_never_answered_stays_and_takes_no_other_s_grade(runner):
    unasked = sample("", outcome=Outcome.TRUNCATED, detail=OVER_CONTEXT)
    refused = sample("", outcome=Outcome.ERROR, detail=f"{REFUSED}: 400")
    found = graded(unasked, sample(), refused, sample("code:wrong"))
    assert [found.samples[0], found.samples[2]] == [unasked, refused]
    assert [s.outcome for s in found.samples[1::2]] == [Outcome.CORRECT, Outcome.WRONG]


def test_the_sandbox_is_looked_for_only_where_something_is_to_be_run(runner):
    graded(sample("", outcome=Outcome.TRUNCATED, detail=OVER_CONTEXT))
    assert -1 not in runner.workers
    graded(sample())
    assert -1 in runner.workers


@pytest.mark.parametrize(
    ("known", "before", "after"),
    [
        (True, Outcome.WRONG, Outcome.TRUNCATED),
        (False, Outcome.TRUNCATED, Outcome.WRONG),
        (None, Outcome.TRUNCATED, Outcome.TRUNCATED),
        (None, Outcome.WRONG, Outcome.WRONG),
    ],
)
def test_whether_it_was_cut_off_is_what_the_sample_says_else_its_outcome(
    runner, known, before, after
):
    (found,) = graded(sample("code:wrong", outcome=before, hit_limit=known)).samples
    assert found.outcome is after


def test_samples_under_another_prompt_are_counted(runner):
    assert graded(sample(), sample(prompt="raw: toy/0"), sample(prompt="")).other_prompts == 2


def test_a_problem_that_is_not_there_is_named(runner):
    with pytest.raises(DataError, match=r"^problem 'toy/9' is not in toy fr") as caught:
        graded(sample(), sample(problem="toy/9"))
    assert caught.value.hint == (
        "name the benchmark files that the samples were made with (--benchmarks DIR)"
    )


def test_changes_are_of_outcome_or_extracted_answer():
    old = [sample(index=n) for n in range(4)]
    new = [
        old[0],
        msgspec.structs.replace(old[1], outcome=Outcome.CORRECT),
        msgspec.structs.replace(old[2], extracted="new"),
        msgspec.structs.replace(old[3], detail="new"),
    ]
    found = find_changes("run", "toy", old, new)
    assert found == (
        Change(
            run="run",
            task="toy",
            language="fr",
            problem_id="toy/0",
            index=1,
            old_outcome=Outcome.WRONG,
            old_extracted="old",
            outcome=Outcome.CORRECT,
            extracted="old",
        ),
        Change(
            run="run",
            task="toy",
            language="fr",
            problem_id="toy/0",
            index=2,
            old_outcome=Outcome.WRONG,
            old_extracted="old",
            outcome=Outcome.WRONG,
            extracted="new",
        ),
    )
    with pytest.raises(ValueError, match="zip"):
        find_changes("run", "toy", old, new[:3])


def test_moves_are_counted_the_most_frequent_first():
    old = [sample() for _ in range(3)]
    new = [
        msgspec.structs.replace(old[0], extracted="new"),
        *(msgspec.structs.replace(row, outcome=Outcome.CORRECT) for row in old[1:]),
    ]
    moves = count_moves(find_changes("run", "toy", old, new))
    assert list(moves.items()) == [("wrong -> correct", 2), ("wrong -> wrong", 1)]


def test_what_was_not_read_stays_in_the_sample(runner):
    old = sample("<think>code:wrong</think>code:right", thinking="apart")
    (found,) = graded(old).samples
    assert (found.outcome.value, found.extracted) == ("correct", "right")
    assert (found.generation, found.thinking) == (old.generation, "apart\n\ncode:wrong")
    assert graded(found).samples == (found,)
