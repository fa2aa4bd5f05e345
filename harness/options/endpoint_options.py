"""The options of every command that asks a model behind an endpoint."""

import argparse
from typing import TYPE_CHECKING

from harness.options.config_options import add_config, config_from, given_field, is_given
from harness.options.lazy_parser import LazyParser

if TYPE_CHECKING:
    from harness.building.asking_stage import ModelAccess
    from ultralink_data.llm.endpoint import Endpoint

_SPELLED = {
    "base_url": "--base-url URL",
    "tries": "--request-tries N",
    "timeout": "--request-timeout SECONDS",
    "thinking": "--reply-thinking",
    "backoff": "--backoff SECONDS",
    "max_cost": "--max-cost COST",
}


def add_endpoint(
    command: LazyParser,
    option: str = "--model",
    *,
    required: bool = True,
    batch: bool = False,
) -> None:
    """Add the options that `endpoint` reads; `option` names the model.

    `batch` offers the provider's batch interface, for commands that work by `run_stage`.
    """
    from ultralink_data.llm.endpoint import OPENAI, Endpoint

    add_config(
        command.add_argument_group("endpoint"),
        Endpoint,
        _SPELLED | {"model": f"{option} MODEL"},
        # The temperature of each request is the stage's.
        without=("temperature",) if batch else ("temperature", "batch"),
        defaults={"base_url": OPENAI},
        required=required,
    )
    command.renamed |= {"--timeout": "--request-timeout", "--thinking": "--reply-thinking"}


def endpoint(arguments: argparse.Namespace) -> "Endpoint":
    """The endpoint that the options name.

    Raises:
        ConfigError: an option out of its range.
    """
    from ultralink_data.llm.endpoint import IN_BATCHES, Endpoint

    batch = given_field(arguments, Endpoint, "batch")
    return config_from(arguments, Endpoint, {"concurrency": IN_BATCHES} if batch else {})


def names_model(arguments: argparse.Namespace) -> bool:
    """Whether a model was named."""
    from ultralink_data.llm.endpoint import Endpoint

    return is_given(arguments, Endpoint, "model")


def access(arguments: argparse.Namespace) -> "ModelAccess":
    """The endpoint that the options name, and `--runs`, where its replies are stored.

    Raises:
        ConfigError: an option out of its range.
    """
    from harness.building.asking_stage import ModelAccess

    return ModelAccess(endpoint(arguments), arguments.runs)
