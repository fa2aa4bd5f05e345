"""A model's answers to the problems of one task: kept ones are taken, the rest are asked for."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from msgspec.structs import replace

from tasks.benchmark import (
    OVER_CONTEXT,
    REFUSED,
    Benchmark,
    Generation,
    Grade,
    Outcome,
    Problem,
    Request,
    Sample,
)
from tasks.eval_config import TaskRun
from tasks.models.kept_answers import KeptAnswer, group_name
from tasks.models.lm_eval_adapter import generate, over_context
from tasks.models.row_asking import AskedAnswer, RowAsking, Wanted
from tasks.models.session import ModelSession
from ultralink_data.completion import key_of

OnAnswered = Callable[[int, int, int], None]
"""Called with the answers so far: how many, how many of them right, how many are graded (none where
programs must run or a judge decides)."""


class _AskedRow(NamedTuple):
    """One answer to ask for."""

    language: str
    request: Request
    wanted: Wanted


class Answering:
    """One task in some languages, asked of a session's model."""

    def __init__(
        self,
        session: ModelSession,
        benchmark: Benchmark[Any],
        run: TaskRun,
        problems: Mapping[str, Sequence[Problem]],
    ) -> None:
        self._session = session
        self._benchmark = benchmark
        self._run = run
        self._problems = {lang: {p.problem_id: p for p in rows} for lang, rows in problems.items()}
        self._requests = {
            lang: [benchmark.request(p, run.protocol) for p in rows]
            for lang, rows in problems.items()
        }
        self._sampling = run.sampling(session.config.sampling)
        self._groups = {lang: self._group(lang) for lang in problems}
        self._rows = self._all_rows()
        self._done = self._right = 0

    @property
    def total(self) -> int:
        """How many answers there are to give."""
        return len(self._rows)

    def kept(self) -> int:
        """How many of the answers are there before anything is asked."""
        return sum(self._find(row) is not None for row in self._rows)

    def samples(self, told: OnAnswered, on_ended: Callable[[int], None]) -> dict[str, list[Sample]]:
        """The graded samples by language, in the order of the problems.

        `told` hears of every batch that is done, `on_ended` of the rows of the present one that
        have ended.
        """
        missing = [row for row in self._rows if self._find(row) is None]
        if missing:
            self._ask(missing, told, on_ended)
        return {lang: self._graded(lang) for lang in self._problems}

    def _group(self, language: str) -> str:
        settings = {
            "model": self._session.load_key(),
            "version": self._run.version(),
            "protocol": self._run.protocol,
        }
        return group_name(self._run.task, language, settings)

    def _all_rows(self) -> list[_AskedRow]:
        """Every row, by language, problem and index, in fixed batches where it must be."""
        session, sampling = self._session, self._sampling
        every = [request for rows in self._requests.values() for request in rows]
        most = session.limit(self._run.task, every)
        sampled = sampling.temperature > 0
        how = (sampling.temperature, sampling.top_p, session.config.seed) if sampled else ()
        serves = session.backend.serves
        free = not serves and session.facts().single
        size = session.backend.at_once or session.config.batch_size
        rows: list[_AskedRow] = []
        for lang, requests in self._requests.items():
            found = []
            for request in requests:
                longer = replace(request, max_tokens=most)
                for index in range(sampling.repeats):
                    key = key_of(longer, how, index if sampled else 0)
                    found.append(_AskedRow(lang, longer, Wanted(key, "")))
            if not free and not serves:
                batches = (found[at : at + size] for at in range(0, len(found), size))
                found = [row for batch in batches for row in _fixed(batch)]
            rows += found
        return _fixed(rows) if serves else rows

    def _find(self, row: _AskedRow) -> KeptAnswer | None:
        return self._session.answers.find(self._groups[row.language], row.wanted.key)

    def _ask(
        self, missing: Sequence[_AskedRow], told: OnAnswered, on_ended: Callable[[int], None]
    ) -> None:
        session, answers = self._session, self._session.answers
        lm, watch, _ = session.loaded()
        asked: dict[str, list[tuple[Request, _AskedRow]]] = {}
        waiting: dict[str, list[_AskedRow]] = {}
        for language in self._problems:
            rows = [row for row in missing if row.language == language]
            own = {request.problem_id: request for request in self._requests[language]}
            long = over_context(lm, [own[name] for name in {r.request.problem_id: 0 for r in rows}])
            cut = [row for row in rows if row.request.problem_id in long]
            answers.add(
                self._groups[language],
                [KeptAnswer(key=row.wanted.key, over_context=True) for row in cut],
            )
            # A problem may be the same in two languages: it is asked once, and kept for both.
            asked[f"{self._benchmark.name}_{language}"] = [
                (replace(row.request, problem_id=str(number)), row)
                for number, row in enumerate(rows)
                if row.request.problem_id not in long and row.wanted.key not in waiting
            ]
            for row in rows:
                waiting.setdefault(row.wanted.key, []).append(row)
        self._tell(self._rows, told)
        ordered = [row for pairs in asked.values() for _, row in pairs]

        def keep(batch: Sequence[AskedAnswer]) -> None:
            new: dict[str, list[KeptAnswer]] = {}
            for one in batch:
                for row in waiting[one.key]:
                    new.setdefault(row.language, []).append(_kept(one))
            for language, kept in new.items():
                answers.add(self._groups[language], kept)
            self._tell([row for one in batch for row in waiting[one.key]], told)

        ask = RowAsking(lm, watch, [row.wanted for row in ordered], self._sampling, keep, on_ended)
        with session.backend.blamed():
            generate(
                lm,
                watch,
                {name: [request for request, _ in pairs] for name, pairs in asked.items()},
                replace(self._sampling, repeats=1),
                session.config.seed,
                ask,
            )

    def _tell(self, rows: Sequence[_AskedRow], told: OnAnswered) -> None:
        """Report those rows that are answered, none of which was told before.

        Answers whose grade costs nothing are graded.
        """
        pairs = [(row, found) for row in rows if (found := self._find(row)) is not None]
        self._done += len(pairs)
        free = self._benchmark.graded_by == "outputs"
        for language, problems in self._problems.items() if free else ():
            made = [
                _generation(row, found)
                for row, found in pairs
                if row.language == language and not found.over_context
            ]
            grades = _grades(self._benchmark, problems, made, self._run.protocol)
            self._right += sum(grade.outcome is Outcome.CORRECT for grade in grades)
        told(self._done, self._right, self._done if free else 0)

    def _graded(self, language: str) -> list[Sample]:
        rows = [row for row in self._rows if row.language == language]
        long: set[str] = set()
        made: list[Generation] = []
        for row in rows:
            found = self._find(row)
            assert found is not None  # every missing one was asked for
            if found.over_context:
                long.add(row.request.problem_id)
            else:
                made.append(_generation(row, found))
        problems = self._problems[language]
        grades = _grades(self._benchmark, problems, made, self._run.protocol)
        return _samples(problems, self._requests[language], long, made, grades)


def _fixed(batch: Sequence[_AskedRow]) -> list[_AskedRow]:
    """The rows of a fixed batch: each one's key names them all."""
    name = key_of([row.wanted.key for row in batch])
    return [row._replace(wanted=Wanted(key_of(row.wanted.key, name), name)) for row in batch]


def _kept(one: AskedAnswer) -> KeptAnswer:
    end = one.end
    return KeptAnswer(
        key=one.key,
        text=one.text,
        hit_limit=end.hit_limit,
        failure=end.failure,
        thinking=end.thinking,
    )


def _generation(row: _AskedRow, found: KeptAnswer) -> Generation:
    return Generation(
        problem_id=row.request.problem_id,
        text=found.text,
        hit_limit=found.hit_limit,
        failure=found.failure,
        thinking=found.thinking,
    )


def _grades(
    benchmark: Benchmark[Any],
    problems: Mapping[str, Problem],
    generations: Sequence[Generation],
    protocol: str,
) -> list[Grade]:
    """A grade for each generation; a failed one gets the reason."""
    answered = [generation for generation in generations if not generation.failure]
    graded = iter(benchmark.grades(problems, answered, protocol))
    return [
        Grade(extracted=None, outcome=Outcome.ERROR, detail=REFUSED + generation.failure)
        if generation.failure
        else next(graded)
        for generation in generations
    ]


def _samples(
    problems: Mapping[str, Problem],
    requests: Sequence[Request],
    long: set[str],
    generations: Sequence[Generation],
    grades: Sequence[Grade],
) -> list[Sample]:
    """Join grades with their generations; a prompt over the context is one truncated row."""
    by_id: dict[str, list[tuple[Generation, Grade]]] = {}
    for generation, grade in zip(generations, grades, strict=True):
        by_id.setdefault(generation.problem_id, []).append((generation, grade))
    cut = Grade(extracted=None, outcome=Outcome.TRUNCATED, detail=OVER_CONTEXT)
    for problem_id in long:
        by_id[problem_id] = [(Generation(problem_id=problem_id, text=""), cut)]
    return [
        Sample(
            problem_id=request.problem_id,
            language=problems[request.problem_id].language,
            index=index,
            prompt=request.prompt,
            generation=generation.text,
            extracted=grade.extracted,
            outcome=grade.outcome,
            detail=grade.detail,
            hit_limit=generation.hit_limit,
            thinking=grade.thinking,
            cluster=problems[request.problem_id].cluster,
        )
        for request in requests
        for index, (generation, grade) in enumerate(by_id[request.problem_id])
    ]
