"""Records and reports to test with: one small enough to read, one as big as a starter run."""

import random
from typing import Any

from leaderboard.records import (
    SCHEMA,
    Effect,
    ExperimentReport,
    GenerationSettings,
    Hardware,
    Interval,
    RunRecord,
    ScoreCell,
    TokenCount,
    VariantRow,
    VariantScore,
)

LANGUAGES = ("en", "es", "fr", "ru", "zh")


def cell(**changes: Any) -> ScoreCell:
    fields: dict[str, Any] = {
        "task": "starter_math",
        "language": "zh",
        "metric": "exact_match",
        "higher_is_better": True,
        "n": 64,
        "n_clusters": changes.get("n", 64),
        "value": 0.125,
        "standard_error": 0.0413,
        "interval": Interval(low=0.065, high=0.2281),
        "outcomes": {"correct": 8, "wrong": 56},
        "samples": 64,
        "sample_file": "samples/starter_math_zh.jsonl",
        "note": "",
    }
    return ScoreCell(**(fields | changes))


def record(**changes: Any) -> RunRecord:
    fields: dict[str, Any] = {
        "schema": SCHEMA,
        "kind": "eval",
        "run_id": "a1b2c3",
        "experiment": "prune",
        "variant": "1/8",
        "seed": 0,
        "profile": "starter",
        "dataset_fingerprint": "d" * 8,
        "model_fingerprint": "m" * 8,
        "model": "micro-llama",
        "task_versions": {"starter_math": "1"},
        "protocols": {"starter_math": "direct"},
        "prompts_hash": "p" * 8,
        "config": {"train": {"learning_rate": 0.001, "steps": None}, "languages": ["en", "zh"]},
        "generation": GenerationSettings(
            temperature={"mgsm": 0.0},
            top_p=1.0,
            samples_per_problem=1,
            max_tokens={"starter_math": 96},
            max_length=512,
            batch_size=16,
            dtype="float32",
        ),
        "backend": "hf",
        "packages": {"torch": "2.8.0"},
        "git_commit": None,
        "git_dirty": None,
        "hardware": Hardware(
            machine="x86_64", processor="cpu", cores=2, memory_gib=7.5, accelerator=None
        ),
        "sandbox": ("bubblewrap", "no network"),
        "wall_seconds": 12.5,
        "started": "2026-01-02T03:04:05Z",
        "command": ("ultralink-bench", "run"),
        "trained": (TokenCount(language="zh", kind="math", rows=10, tokens=900),),
        "steps": 200,
        "cells": (cell(),),
    }
    return RunRecord(**(fields | changes))


def effect(**changes: Any) -> Effect:
    fields: dict[str, Any] = {
        "task": "starter_math",
        "language": "zh",
        "metric": "exact_match",
        "variant": "0",
        "reference": "1",
        "primary": False,
        "n_problems": 64,
        "n_clusters": changes.get("n_problems", 64),
        "n_left_out": 0,
        "n_seeds": 3,
        "variant_value": 0.125,
        "reference_value": 0.25,
        "variant_interval": None,
        "reference_interval": None,
        "effect": -0.125,
        "low": -0.2,
        "high": -0.05,
        "p_value": 0.0123456,
        "p_holm": None,
        "margin": 0.02,
        "smallest_detectable": 0.09,
        "power": 0.2,
        "verdict": "worse",
        "unit": "points",
        "note": "",
    }
    return Effect(**(fields | changes))


def variant(name: str, label: str = "", rows: int = 10) -> VariantRow:
    trained = (
        TokenCount(language="en", kind="math", rows=80, tokens=20_500),
        TokenCount(language="zh", kind="math", rows=rows, tokens=95 * rows),
    )
    return VariantRow(name=name, label=label or name, trained=trained, steps=200)


def report(**changes: Any) -> ExperimentReport:
    """Two variants, one language: every number can be followed by eye into every format."""
    scores = (
        VariantScore(variant="1", cell=cell(value=0.25, interval=Interval(low=0.16, high=0.37))),
        VariantScore(variant="0", cell=cell()),
    )
    bits = {"metric": "bpb", "higher_is_better": False, "outcomes": {"scored": 64}}
    average = bits | {"language": "non-en", "standard_error": 0.01, "interval": None}
    scores += (
        VariantScore(variant="1", cell=cell(**average, value=1.5)),
        VariantScore(variant="0", cell=cell(**average, value=1.875)),
    )
    fields: dict[str, Any] = {
        "schema": SCHEMA,
        "kind": "experiment",
        "experiment": "prune",
        "question": "How much can go?",
        "profile": "starter",
        "reference": "1",
        "variants": (variant("0", "no translated row", rows=0), variant("1", "all", rows=1000)),
        "seeds": (0, 1, 2),
        "config": {"budget": "steps"},
        "config_hash": "0123456789abcdef",
        "margins": {"accuracy": 0.02, "bpb": 0.01},
        "effects": (
            effect(),
            effect(
                language="non-en",
                metric="bpb",
                primary=True,
                variant_value=1.875,
                reference_value=1.5,
                effect=-0.2231435513142097,
                low=-0.3,
                high=-0.15,
                p_value=0.0001,
                smallest_detectable=0.05,
                unit="log-ratio",
            ),
        ),
        "gaps": (),
        "looks": (),
        "scores": scores,
        "records": ("../evals/a1b2c3/record.json",),
        "caveats": ("A proxy at 1M parameters.",),
        "started": "2026-01-02T03:04:05Z",
        "command": ("ultralink-bench", "run", "--ablation", "prune"),
        "versions": {"torch": "2.8.0"},
    }
    return ExperimentReport(**(fields | changes))


STARTER_METRICS = (
    ("starter_math", "exact_match", 40),
    ("starter_math", "bpb", 40),
    ("starter_math", "bpb_digits", 40),
    ("starter_math", "bpb_prose", 40),
    ("starter_code", "pass@1", 24),
    ("starter_code", "bpb", 24),
    ("humaneval", "bpb", 164),
)
_KINDS = ("chat_specific", "chat_agnostic", "math", "code")
_VERDICTS = ("worse within margin", "underpowered", "better", "non-inferior", "inconclusive")


def starter_report() -> ExperimentReport:
    """As big and as mixed as the report of a starter run; the numbers mean nothing."""
    rng = random.Random(0)
    scores, effects = [], []
    for task, metric, n in STARTER_METRICS:
        languages = ("en",) if task == "humaneval" else ("non-en", *LANGUAGES)
        for language in languages:
            for name in ("0", "1/8", "1"):
                score, change = _random_cell(rng, task, metric, language, n)
                scores.append(VariantScore(variant=name, cell=score))
                if name != "1":
                    effects.append(_random_effect(rng, score, change, name))
    rows = {"0": 0, "1/8": 250, "1": 2000}
    variants = tuple(
        VariantRow(
            name=name, label=f"{kept} translated rows kept", trained=_trained(kept), steps=240
        )
        for name, kept in rows.items()
    )
    return report(
        question="How much translated math and code can go without losing anything?",
        variants=variants,
        scores=tuple(scores),
        effects=tuple(effects),
        caveats=(
            "A proxy at 1M parameters: it ranks data variants on synthetic problems and neither "
            "confirms nor refutes the paper's claim.",
        ),
    )


def _random_cell(
    rng: random.Random, task: str, metric: str, language: str, n: int
) -> tuple[ScoreCell, float]:
    samples = 3 * n * (4 if language == "non-en" else 1)
    if metric.startswith("bpb"):
        value, width, outcomes = rng.uniform(0.4, 2.5), 0.06, {"scored": samples}
        note = ""
    else:
        floor = task == "starter_code"
        value, width = (0.0 if floor else rng.uniform(0.05, 0.2)), 0.05
        right = 0 if floor else int(value * samples)
        outcomes = {"correct": right, "truncated": 7, "wrong": samples - right - 7}
        note = "floor" if floor else ""
        value = right / samples
    score = cell(
        task=task,
        language=language,
        metric=metric,
        higher_is_better=not metric.startswith("bpb"),
        n=n,
        value=value,
        standard_error=width / 2,
        interval=Interval(low=max(0.0, value - width), high=value + width),
        outcomes=outcomes,
        samples=samples,
        sample_file="",
        note=note,
    )
    return score, rng.uniform(-0.1, 0.06)


def _random_effect(rng: random.Random, score: ScoreCell, change: float, name: str) -> Effect:
    accuracy = score.higher_is_better
    return effect(
        task=score.task,
        language=score.language,
        metric=score.metric,
        variant=name,
        primary=score.language == "non-en" and score.metric in ("exact_match", "bpb"),
        n_problems=score.n,
        variant_value=score.value,
        reference_value=score.value,
        effect=0.0 if score.note else change,
        low=None if score.note else change - 0.08,
        high=None if score.note else change + 0.08,
        p_value=None if score.note else rng.random() ** 3,
        smallest_detectable=None if score.note else 0.114,
        verdict=score.note or rng.choice(_VERDICTS),
        unit="points" if accuracy else "log-ratio",
    )


def _trained(kept: int) -> tuple[TokenCount, ...]:
    counts = []
    for language in LANGUAGES:
        for kind in _KINDS:
            translated = language != "en" and kind in ("math", "code")
            rows = kept if translated else 2000 if kind in ("math", "code") else 60
            counts.append(TokenCount(language=language, kind=kind, rows=rows, tokens=rows * 83))
    return tuple(counts)
