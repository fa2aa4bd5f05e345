"""What a file of another harness says of one evaluated model, and that as a run record.

Nothing is guessed: a field that the source does not state is None, "" or absent, a protocol
`unknown`. Names from a source never choose a path: files are named by the source's hash.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, Literal, TypeAlias

import msgspec

from leaderboard.ranking import UNKNOWN
from leaderboard.record_checks import MOST_PARAMETERS
from leaderboard.records import (
    JSON,
    SCHEMA,
    GenerationSettings,
    Imported,
    Interval,
    RunRecord,
    ScoreCell,
    encode,
)
from tasks.saved_rows import Sample, count_outcomes
from ultralink_data.errors import DataError

Form: TypeAlias = Literal["lm-eval", "inspect", "human-eval", "omgeval", "eee"]
"""What a file's form is called here."""


REPEATED: Final = "one of several answers of its row; the row's grade stands at the first"
"""The `detail` of an answer that its source did not grade by itself."""


class SourceScore(msgspec.Struct, frozen=True, kw_only=True):
    """One number of a source, on its own scale; `n` counts problems, None if it is not said.

    `decides`: the outcomes of the samples of this task and language are about this metric.
    """

    task: str
    language: str
    metric: str
    higher_is_better: bool
    value: float | None
    n: int | None
    standard_error: float | None = None
    interval: Interval | None = None
    decides: bool = False


class SourceRun(msgspec.Struct, frozen=True, kw_only=True):
    """One model in one file. `samples` are by task and language; `notes` say what was left out.

    `sha256` is the file's; `identity` is that of everything that was read, if that is more files.
    `part` tells several models in one file apart.
    """

    form: Form
    file: Path
    sha256: str
    harness: str
    version: str
    model: str
    scores: tuple[SourceScore, ...]
    identity: str = ""
    part: str = ""
    samples: dict[tuple[str, str], tuple[Sample, ...]] = {}
    task_versions: dict[str, str] = {}
    protocols: dict[str, str] = {}
    config: dict[str, JSON] = {}
    generation: GenerationSettings = GenerationSettings(
        temperature={},
        top_p=None,
        samples_per_problem=None,
        max_tokens={},
        max_length=None,
        batch_size=None,
        dtype="",
    )
    backend: str = ""
    packages: dict[str, str] = {}
    wall_seconds: float | None = None
    started: str = ""
    parameters: int | None = None
    notes: tuple[str, ...] = ()

    @property
    def stem(self) -> str:
        """The name of its files: form and hash, and the part of a file that holds several."""
        identity = (self.identity or self.sha256)[:12]
        return "-".join(filter(None, (self.form, identity, self.part)))


def files_of(source: SourceRun) -> dict[str, bytes]:
    """The files of one import by relative path: a record, and a sample file a task and language.

    Raises:
        DataError: its numbers do not fit together; the message names the file.
    """
    names = {
        key: f"samples/{source.stem}_{number:03d}.jsonl"
        for number, key in enumerate(sorted(source.samples), 1)
    }
    try:
        record = _record(source, names)
    except ValueError as error:
        raise DataError(
            f"{source.file}: {error}", hint="the file is damaged, or of a form that is not known"
        ) from error
    found = {f"records/{source.stem}.json": encode(record)}
    for key, name in names.items():
        rows = (msgspec.json.encode(row) + b"\n" for row in source.samples[key])
        found[name] = b"".join(rows)
    return found


def _record(source: SourceRun, names: Mapping[tuple[str, str], str]) -> RunRecord:
    tasks = dict.fromkeys(score.task for score in source.scores)
    return RunRecord(
        schema=SCHEMA,
        kind="eval",
        run_id=source.stem,
        experiment=None,
        variant=None,
        seed=None,
        profile=None,
        dataset_fingerprint=None,
        model_fingerprint="",
        model=source.model,
        task_versions={task: source.task_versions.get(task, "") for task in tasks},
        protocols={task: source.protocols.get(task) or UNKNOWN for task in tasks},
        prompts_hash="",
        config=source.config,
        generation=source.generation,
        backend=source.backend,
        packages=source.packages,
        git_commit=None,
        git_dirty=None,
        hardware=None,
        sandbox=(),
        wall_seconds=source.wall_seconds,
        started=source.started,
        command=(),
        trained=(),
        steps=None,
        cells=tuple(_cell(score, source, names) for score in source.scores),
        parameters=source.parameters,
        imported=Imported(
            harness=source.harness,
            version=source.version,
            file=source.file.name,
            sha256=source.sha256,
        ),
    )


def _cell(score: SourceScore, source: SourceRun, names: Mapping[tuple[str, str], str]) -> ScoreCell:
    key = (score.task, score.language)
    rows = source.samples.get(key, ()) if score.decides else ()
    unknown = score.n is None and score.value is not None
    n = score.n or 0
    outcomes = count_outcomes(rows) if rows else {"scored": n} if n else {}
    return ScoreCell(
        task=score.task,
        language=score.language,
        metric=score.metric,
        higher_is_better=score.higher_is_better,
        n=n,
        n_clusters=n,
        value=score.value,
        standard_error=score.standard_error,
        interval=score.interval,
        outcomes={} if unknown else outcomes,
        samples=0 if unknown else sum(outcomes.values()),
        sample_file=f"../{names[key]}" if key in names else "",
        note="n unknown" if unknown else "",
    )


def known_parameters(count: object) -> int | None:
    """How many parameters a source gives its model; lm-eval writes -1 where it knows of none."""
    return count if type(count) is int and 0 < count <= MOST_PARAMETERS else None


def numbered(rows: Iterable[Sample]) -> tuple[Sample, ...]:
    """The rows, with the samples of each problem numbered from 0 in their order."""
    seen: dict[str, int] = {}
    found = []
    for row in rows:
        index = seen.get(row.problem_id, 0)
        seen[row.problem_id] = index + 1
        found.append(msgspec.structs.replace(row, index=index))
    return tuple(found)
