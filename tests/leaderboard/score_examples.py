"""Scores to test with."""

from typing import Any

from leaderboard.score_rows import ScoreRow


def row(model: str, value: float | None, language: str = "zh", **changes: Any) -> ScoreRow:
    fields: dict[str, Any] = {
        "origin": "own",
        "model": model,
        "experiment": "",
        "variant": "",
        "profile": "",
        "seed": None,
        "n_seeds": 1,
        "parameters": None,
        "task": "mgsm",
        "task_version": "",
        "language": language,
        "metric": "exact_match",
        "higher_is_better": True,
        "value": value,
        "standard_error": None,
        "low": None,
        "high": None,
        "n": 250,
        "protocol": "native-cot",
        "judge": "",
        "baseline": "",
        "note": "",
        "source": model,
        "run": model,
    }
    return ScoreRow(**(fields | changes))
