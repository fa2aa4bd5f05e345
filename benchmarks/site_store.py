"""A made-up store of many samples, to build sites of."""

import random
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

LANGUAGES: Final = ("en", "zh", "es", "fr", "ru")
TASKS: Final = ("mgsm", "starter_math")
PROBLEMS: Final = 250
RUN_SAMPLES: Final = len(LANGUAGES) * len(TASKS) * PROBLEMS
OUTCOMES: Final = ("correct", "wrong", "wrong", "no_answer", "truncated")


@cache
def known_words() -> tuple[str, ...]:
    """The words of the starter set's base text, of all its languages."""
    from ultralink_data.starter.dialogues import base_texts

    return tuple(sorted({word for text in base_texts(0, 8) for word in text.split()}))


def text(draw: random.Random, least: int, most: int) -> str:
    """Some words in a row."""
    return " ".join(draw.choices(known_words(), k=draw.randint(least, most)))


def write_store(folder: Path, runs: int) -> int:
    """Write a store of `runs` runs of 2,500 samples each; gives the samples.

    Prompts have 20 to 60 words and are the same in all runs, answers 40 to 160, no two alike.
    """
    from leaderboard.records import write_record

    records = folder / "reports" / "made-up" / "records"
    encoder = msgspec.json.Encoder()
    for number in range(runs):
        draw = random.Random(number)
        cells = []
        for task in TASKS:
            for language in LANGUAGES:
                name = f"run{number}/samples/{task}_{language}.jsonl"
                path = records / name
                path.parent.mkdir(parents=True, exist_ok=True)
                rows = _samples(draw, task, language)
                path.write_bytes(b"".join(encoder.encode(row) + b"\n" for row in rows))
                counts = dict.fromkeys(OUTCOMES, 0)
                for row in rows:
                    counts[row.outcome.value] += 1
                cells.append(_cell(task, language, name, counts))
        write_record(records / f"run{number}.json", _record(number, tuple(cells)))
    return runs * RUN_SAMPLES


def _samples(draw: random.Random, task: str, language: str) -> list[Any]:
    from tasks.saved_rows import Outcome, Sample

    rows = []
    for number in range(PROBLEMS):
        asked = random.Random(f"{task} {language} {number}")
        rows.append(
            Sample(
                problem_id=f"{task}/{number:04d}",
                language=language,
                index=0,
                prompt=text(asked, 20, 60),
                generation=text(draw, 40, 160),
                extracted=str(draw.randint(0, 999)),
                outcome=Outcome(draw.choice(OUTCOMES)),
                hit_limit=False,
            )
        )
    return rows


def _cell(task: str, language: str, name: str, outcomes: Mapping[str, int]) -> Any:
    from leaderboard.records import ScoreCell

    return ScoreCell(
        task=task,
        language=language,
        metric="exact_match",
        higher_is_better=True,
        n=PROBLEMS,
        n_clusters=PROBLEMS,
        value=outcomes["correct"] / PROBLEMS,
        standard_error=None,
        interval=None,
        outcomes=dict(outcomes),
        samples=PROBLEMS,
        sample_file=name,
        note="",
    )


def _record(number: int, cells: tuple[Any, ...]) -> Any:
    from leaderboard.records import SCHEMA, GenerationSettings, Hardware, RunRecord

    return RunRecord(
        schema=SCHEMA,
        kind="eval",
        run_id=f"run{number}",
        experiment="made-up",
        variant=f"variant {number // 2}",
        seed=number % 2,
        profile="starter",
        dataset_fingerprint=None,
        model_fingerprint=f"{number:064x}",
        model=f"made-up/{number}",
        task_versions=dict.fromkeys(TASKS, "1"),
        protocols={"mgsm": "native_cot", "starter_math": "chat"},
        prompts_hash="0",
        config={},
        generation=GenerationSettings(
            temperature=dict.fromkeys(TASKS, 0.0),
            top_p=1.0,
            samples_per_problem=1,
            max_tokens=dict.fromkeys(TASKS, 256),
            max_length=None,
            batch_size=16,
            dtype="float32",
        ),
        backend="hf",
        packages={},
        git_commit=None,
        git_dirty=None,
        hardware=Hardware(
            machine="none", processor="none", cores=1, memory_gib=1.0, accelerator=None
        ),
        sandbox=(),
        wall_seconds=1.0,
        started=f"2026-01-01T00:00:{number % 60:02d}Z",
        command=(),
        trained=(),
        steps=None,
        cells=cells,
    )
