"""The configs whose fields `--set` changes: one for each command that has the option."""

from typing import Final

SETTABLE: Final = {
    "run": "harness.experiment.config:ExperimentConfig",
    "train": "train.train_config:TrainConfig",
    "build": "harness.building.recipe_parts:Recipe",
}
"""Command (`build`: `data build`) to its config, `module:class`."""

FIRST: Final = "run"
"""Whose fields `config show` lists if it is not told."""


def showing(of: str) -> str:
    """The command that lists the fields of the config of `of`."""
    return "ultralink-bench config show" + ("" if of == FIRST else f" --of {of}")


def shown_by(config: type) -> str:
    """The command that lists the fields of a config, "" if none does."""
    for name, where in SETTABLE.items():
        if where == f"{config.__module__}:{config.__name__}":
            return showing(name)
    return ""
