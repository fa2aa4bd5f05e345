"""A model's own answers as rows: which questions are asked, what is kept, what is counted."""

from collections import Counter
from pathlib import Path

import pytest

from tasks.benchmark import Generation
from tasks.models import backends, lm_eval_adapter
from tasks.models.backend import Loaded
from tasks.models.generation import RowEnd
from tasks.models.row_asking import AskedAnswer
from tasks.own_answers import OwnAnswersConfig, asked_rows, own_answers
from ultralink_data.errors import DataError
from ultralink_data.starter.dialogues import starter_dialogues

ROWS = starter_dialogues(0, 2)


class Closed:
    """A backend that counts how often it was closed."""

    closed = 0

    def __init__(self):
        self.batches = []

    def loaded(self, model, settings, replies):
        self.settings = settings
        return Loaded(object(), object())

    def blamed(self):
        from contextlib import nullcontext

        return nullcontext()

    def close(self, lm):
        self.closed += 1


@pytest.fixture
def answering(monkeypatch):
    """Call it with what the model says to each question; returns the backend."""

    def set_up(answer, long=()):
        backend = Closed()
        monkeypatch.setattr(backends, "get", lambda name: backend)
        monkeypatch.setattr(lm_eval_adapter, "over_context", lambda lm, requests: set(long))

        def generate(lm, watch, tasks, sampling, seed, ask):
            backend.sampling, backend.seed = sampling, seed
            (requests,) = tasks.values()
            batches = {}
            for request, row in zip(requests, ask._wanted, strict=True):
                batches.setdefault(row.batch, []).append((request, row))
            for batch in batches.values():
                backend.batches.append(len(batch))
                said = [answer(request) for request, _ in batch]
                ask._on_answers(
                    [
                        AskedAnswer(row.key, one.text, RowEnd(hit_limit=one.hit_limit))
                        for one, (_, row) in zip(said, batch, strict=True)
                    ]
                )

        monkeypatch.setattr(lm_eval_adapter, "generate", generate)
        return backend

    return set_up


def said(text, *, hit_limit=False):
    return lambda request: Generation(problem_id=request.problem_id, text=text, hit_limit=hit_limit)


def test_the_same_problems_are_asked_in_every_language():
    chosen = asked_rows(ROWS, OwnAnswersConfig(rows=5, kinds=("math", "code")))
    assert set(Counter((row.language, row.kind) for row in chosen).values()) == {5}
    sources = {
        language: {r.provenance.source_id for r in chosen if r.language == language}
        for language in ("en", "zh", "ru")
    }
    assert sources["en"] == sources["zh"] == sources["ru"]
    assert chosen == asked_rows(ROWS[::-1], OwnAnswersConfig(rows=5, kinds=("math", "code")))
    some = asked_rows(ROWS, OwnAnswersConfig(rows=5, languages=("es", "fr")))
    assert {row.language for row in some} == {"es", "fr"}
    more = asked_rows(ROWS, OwnAnswersConfig(rows=9, kinds=("math", "code")))
    assert {row.id for row in chosen} < {row.id for row in more}


def test_the_answer_takes_the_place_of_the_rows_own_and_later_turns_go(answering, tmp_path):
    backend = answering(said("mine"))
    config = OwnAnswersConfig(rows=3, temperature=0.7, batch_size=5)
    found = own_answers(Path("m"), ROWS, config, seed=4, work=tmp_path)
    assert found.dropped == {}
    by_id = {(row.language, row.id): row for row in ROWS}
    for row in found.rows:
        before = by_id[row.language, row.id]
        assert row.turns == (before.turns[0], "mine")
        assert (row.kind, row.provenance) == (before.kind, before.provenance)
    assert (backend.sampling.temperature, backend.seed, backend.closed) == (0.7, 4, 1)
    assert backend.settings.batch_size == 5


def test_what_cannot_be_trained_on_is_left_out_and_counted(answering, tmp_path):
    texts = {"0": said(" \n"), "1": said("cut", hit_limit=True)}
    answering(lambda request: texts.get(request.problem_id, said("good"))(request), long=("2",))
    config = OwnAnswersConfig(rows=2, kinds=("math",), unfinished=False)
    found = own_answers(Path("m"), ROWS, config, seed=0, work=tmp_path)
    assert len(found.rows) + sum(found.dropped.values()) == 10
    assert found.dropped == {"over the context": 1, "no answer": 1, "no end before the limit": 1}
    kept = OwnAnswersConfig(rows=2, kinds=("math",))
    assert "cut" in [
        r.turns[1] for r in own_answers(Path("m"), ROWS, kept, seed=0, work=tmp_path).rows
    ]


def test_finished_batches_are_not_asked_again(answering, tmp_path):
    asked = []

    def dies(request):
        asked.append(request.problem_id)
        if len(asked) == 7:
            raise KeyboardInterrupt
        return said(f"to {request.prompt}")(request)

    config = OwnAnswersConfig(rows=2, kinds=("math",), batch_size=4)
    answering(dies)
    with pytest.raises(KeyboardInterrupt):
        own_answers(Path("m"), ROWS, config, seed=0, work=tmp_path)
    told = []
    backend = answering(dies)
    found = own_answers(
        Path("m"), ROWS, config, seed=0, work=tmp_path, progress=lambda *now: told.append(now)
    )
    assert backend.batches == [4, 2]
    assert told == [
        *(("loading", 4, 10), ("answering", 4, 10), ("answering", 8, 10), ("answering", 10, 10)),
    ]
    assert all(row.turns[1] == f"to {row.turns[0]}" for row in found.rows)
    assert len(found.rows) == 10
    again = answering(dies)
    assert own_answers(Path("m"), ROWS, config, seed=0, work=tmp_path) == found
    assert again.batches == []


def test_no_question_or_no_answer_is_an_error(answering, tmp_path):
    backend = answering(said(" "))
    with pytest.raises(DataError, match=r"none of the model's 5 answers .* \(5 no answer\)"):
        own_answers(
            Path("m"), ROWS, OwnAnswersConfig(rows=1, kinds=("code",)), seed=0, work=tmp_path
        )
    assert backend.closed == 1
    with pytest.raises(DataError, match="no row of kind math"):
        own_answers(Path("m"), [], OwnAnswersConfig(kinds=("math",)), seed=0, work=tmp_path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rows": 0}, "rows must be >= 1, got 0"),
        ({"max_tokens": -5}, "max_tokens must be >= 1, got -5"),
        ({"temperature": -1}, "temperature must be >= 0"),
        ({"kinds": ()}, "kinds must name"),
    ],
)
def test_settings_out_of_range_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        OwnAnswersConfig(**changes)
