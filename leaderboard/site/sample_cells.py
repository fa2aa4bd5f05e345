"""The samples of runs and the answers of judged comparisons, read cell by cell into columns."""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from leaderboard.collection import StoredJudged, StoredRun
from leaderboard.judge_replies import verdict_file
from leaderboard.site.sample_columns import CUT, Measured, SampleColumns, SampleTexts, ShownVerdict
from tasks import registry
from tasks.benchmark import Benchmark
from tasks.judging.judge import JudgeVerdict, Pair
from tasks.judging.win_rate import question_result
from tasks.saved_rows import LikelihoodSample, Outcome, Sample
from ultralink_data.errors import DataError
from ultralink_data.store.release import decode_lines

MEASURED: Final = "measured"
"""The outcome of a problem that has only measured texts: nothing was generated."""

_BLOCK: Final = 1 << 19
_MOST_INDEX: Final = 1 << 32
_PHRASE: Final = "answer phrase"
"""The rule that a grade does not name: the usual one (see `answer_extract.grade_number`)."""

T = TypeVar("T")

_TEXT: Final = msgspec.json.Decoder(str)


def _sample_line() -> Any:
    """`Sample` with its long texts as they stand in the file, to be read only where they must."""
    left = {"prompt": msgspec.Raw, "generation": msgspec.Raw, "thinking": msgspec.Raw}
    fields: list[Any] = []
    for field in msgspec.structs.fields(Sample):
        kind = left.get(field.name, field.type)
        default = b"" if field.name == "thinking" else field.default
        fields.append((field.name, kind, default) if not field.required else (field.name, kind))
    return msgspec.defstruct("SampleLine", fields, kw_only=True, forbid_unknown_fields=True)


_SampleLine: Final = _sample_line()


def add_run(columns: SampleColumns, number: int, run: StoredRun) -> Iterator[DataError]:
    """Add all samples and measured texts of a run; gives what could not be read of them.

    What stands before a damaged line of a file is kept.
    """
    generated, measured = run.sample_files(), run.likelihood_files()
    for task, language in dict.fromkeys((*generated, *measured)):
        of_texts: dict[str, list[Measured]] = defaultdict(list)
        task_number = columns.open_cell(number, task, language)
        prompts: dict[str, int] = {}
        path = None
        try:
            if path := measured.get((task, language)):
                for rows in row_blocks(path, LikelihoodSample):
                    _take_measured(columns, task_number, rows, of_texts, prompts)
            if path := generated.get((task, language)):
                protocol = run.record.protocols.get(task, "")
                named = names_rules(task, protocol)
                for lines in row_blocks(path, _SampleLine):
                    _add_samples(columns, task_number, path, lines, of_texts, named)
            else:
                _add_measured(columns, task_number, of_texts, prompts)
        except DataError as error:
            yield error
        except (msgspec.DecodeError, UnicodeDecodeError):
            yield from _fault_of(path, Sample)
        columns.close_cell()
    columns.end_run()


def _fault_of(path: Path | None, row_type: type[Any]) -> Iterator[DataError]:
    """What is wrong with a file, by its line."""
    try:
        for _ in decode_lines(path, row_type) if path else ():
            pass
    except DataError as error:
        yield error


def row_blocks(path: Path, row_type: type[T]) -> Iterator[list[T]]:
    """The rows of a JSONL file in blocks of about half a megabyte.

    Raises:
        DataError: naming file, line and field, behind all rows before it.
    """
    decoder = msgspec.json.Decoder(row_type)
    given = 0
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                rows = decoder.decode_lines(block + file.readline())
                yield rows
                given += len(rows)
    except OSError as error:
        raise DataError(
            f"cannot read {path}: {error.strerror or error}", hint="check the path"
        ) from error
    except (msgspec.DecodeError, UnicodeDecodeError):
        for number, row in decode_lines(path, row_type):
            if number > given:
                yield [row]


def rule_of(sample: Any, named: bool) -> str:
    """The rule that found the extracted answer, "" where the task has none to name."""
    if not named or sample.extracted is None:
        return ""
    return sample.detail.removeprefix("by ") or _PHRASE


@cache
def names_rules(task: str, protocol: str) -> bool:
    """Whether a task's grades say which rule found the answer, under this protocol.

    Reference protocols read as upstream does, by one pattern. Tasks of other harnesses name none.
    """
    if task not in registry.names():
        return False
    benchmark = registry.get(task)
    has_rules = type(benchmark).found_by is not Benchmark.found_by
    return has_rules and not benchmark.reads_thinking(protocol)


def _add_samples(
    columns: SampleColumns,
    task: int,
    path: Path,
    lines: list[Any],
    of_texts: dict[str, list[Measured]],
    named: bool,
) -> None:
    """Add samples whose long texts are still JSON: most of a store's time would go to them."""
    text_of = _TEXT.decode
    for line in lines:
        if not 0 <= line.index < _MOST_INDEX:
            raise DataError(
                f"{path}: sample {line.index} of problem {line.problem_id!r}",
                hint="samples of a problem are counted from 0",
            )
        problem = columns.problem(task, line.problem_id)
        generation = text_of(line.generation)
        length = len(generation)
        thinking = text_of(line.thinking) if line.thinking else ""
        row = SampleTexts(
            columns.json_text(problem, bytes(line.prompt)),
            line.generation if length <= CUT else columns.shown(generation),
            line.extracted and columns.shown(line.extracted),
            line.detail and columns.shown(line.detail),
            thinking and columns.shown(thinking),
            rule_of(line, named),
            line.hit_limit,
            of_texts.get(line.problem_id, ()),
        )
        columns.add(problem, line.index, line.outcome, length, row, line.extracted)


def _take_measured(
    columns: SampleColumns,
    task: int,
    rows: list[LikelihoodSample],
    of_texts: dict[str, list[Measured]],
    prompts: dict[str, int],
) -> None:
    for row in rows:
        problem = columns.problem(task, row.problem_id)
        prompts.setdefault(row.problem_id, columns.text(problem, row.prompt))
        of_texts[row.problem_id].append(
            Measured(
                columns.text(problem, row.target),
                row.outcome == "scored",
                row.bits,
                row.bytes,
                row.digit_bits,
                row.digit_bytes,
                row.right,
            )
        )


def _add_measured(
    columns: SampleColumns, task: int, of_texts: dict[str, list[Measured]], prompts: dict[str, int]
) -> None:
    for problem_id, texts in of_texts.items():
        row = SampleTexts(prompts[problem_id], "", None, "", "", "", None, texts)
        columns.add(columns.problem(task, problem_id), 0, MEASURED, 0, row)


def add_judged(columns: SampleColumns, number: int, stored: StoredJudged) -> Iterator[DataError]:
    """Add the answers of a judged comparison, with the baseline's and the judge's replies.

    Of a comparison from before the answers stood beside the verdicts there are only the verdicts.
    """
    for language in stored.report.scores:
        task = columns.open_cell(number, stored.report.task, language)
        try:
            verdicts: dict[str, list[JudgeVerdict]] = defaultdict(list)
            for rows in row_blocks(verdict_file(stored, language), JudgeVerdict):
                for verdict in rows:
                    verdicts[verdict.problem_id].append(verdict)
            path = stored.path.parent / f"pairs_{language}.jsonl"
            blocks = row_blocks(path, Pair) if path.is_file() else _no_pairs(language, verdicts)
            for pairs in blocks:
                for pair in pairs:
                    _add_pair(columns, task, pair, verdicts[pair.problem_id])
        except DataError as error:
            yield error
        columns.close_cell()
    columns.end_run()


def _no_pairs(language: str, verdicts: dict[str, list[JudgeVerdict]]) -> Iterator[list[Pair]]:
    for problem_id in list(verdicts):
        yield [Pair(problem_id=problem_id, language=language, question="", output="", baseline="")]


def _add_pair(columns: SampleColumns, task: int, pair: Pair, verdicts: list[JudgeVerdict]) -> None:
    shown = columns.shown
    problem = columns.problem(task, pair.problem_id)
    said = [
        ShownVerdict(
            one.model_first,
            one.result.value,
            shown(one.reply),
            one.asked,
            one.detail,
            shown(one.thinking),
        )
        for one in verdicts
    ]
    row = SampleTexts(
        columns.text(problem, pair.question),
        shown(pair.output),
        None,
        "",
        "",
        "",
        None,
        (),
        shown(pair.baseline),
        said,
    )
    columns.add(problem, 0, judged_outcome(verdicts), len(pair.output), row)


def judged_outcome(verdicts: list[JudgeVerdict]) -> str:
    """One word for what a judge said of an answer, in one or both orders, as win rates count it."""
    if not verdicts:
        return Outcome.UNJUDGED.value
    return question_result([verdict.result for verdict in verdicts]).value
