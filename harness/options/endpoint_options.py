"""The options of every command that asks a model behind an endpoint."""

import argparse
import json
from typing import TYPE_CHECKING, Any

from harness.options.parser_parts import words
from ultralink_data.errors import ConfigError

if TYPE_CHECKING:
    from harness.building.asking_stage import ModelAccess
    from ultralink_data.llm.endpoint import Endpoint, EndpointIdentity
    from ultralink_data.stage.asking_config import Asking

_CONCURRENCY = 16
_IN_BATCHES = 10_000
"""Rows that wait for the provider's batches: they lie in memory, so not as many as it takes."""


def add_endpoint(
    command: argparse.ArgumentParser,
    option: str = "--model",
    what: str = "the endpoint's name of the model",
    *,
    required: bool = True,
    batch: bool = False,
) -> None:
    """Add the options that `endpoint` reads; `option` names the model.

    `batch` offers the provider's batch interface, for commands that work by `run_stage`.
    """
    group = command.add_argument_group("endpoint")
    group.add_argument(option, required=required, dest="model", metavar="MODEL", help=what)
    group.add_argument("--base-url", default="https://api.openai.com/v1", metavar="URL")
    group.add_argument(
        "--key-variable",
        default="OPENAI_API_KEY",
        metavar="NAME",
        help="environment variable that holds the key (default: OPENAI_API_KEY)",
    )
    group.add_argument(
        "--concurrency",
        type=int,
        metavar="N",
        help=f"requests at a time (default: {_CONCURRENCY}; in batches {_IN_BATCHES:,})",
    )
    group.add_argument("--timeout", type=float, default=60.0, metavar="SECONDS")
    group.add_argument("--price-in", type=float, default=0.0, help="a million prompt tokens")
    group.add_argument("--price-out", type=float, default=0.0, help="a million reply tokens")
    group.add_argument("--max-cost", type=float, metavar="COST", help="stop before this is passed")
    add_identity(group)
    if batch:
        group.add_argument(
            "--batch",
            action="store_true",
            help="send requests by the provider's batch interface: half the price, within a day",
        )


def add_identity(group: "argparse._ActionsContainer") -> None:
    """Add the options that `identity` reads, beside `--base-url` and the model."""
    group.add_argument(
        "--extra-body",
        type=_json_object,
        default={},
        metavar="JSON",
        help="fields for every request, e.g. '{\"chat_template_kwargs\": {...}}'",
    )
    group.add_argument(
        "--never-send",
        type=words,
        default=(),
        metavar="A,B",
        help="parameters that the endpoint does not take, e.g. temperature,seed; one that it "
        "refuses is left out from then on by itself",
    )
    group.add_argument(
        "--thinking",
        choices=("keep", "strip"),
        default="keep",
        help="whether a <think> block at the head of a reply stays (default) or is cut off",
    )


def _json_object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no JSON: {error}") from None
    if not isinstance(found, dict):
        raise argparse.ArgumentTypeError(f"{text!r} is no JSON object")
    return found


def identity(arguments: argparse.Namespace) -> "EndpointIdentity":
    """What decides the replies of the endpoint that the options name.

    Raises:
        ValueError: an option out of its range.
    """
    from ultralink_data.llm.endpoint import EndpointIdentity

    return EndpointIdentity(
        base_url=arguments.base_url,
        model=str(arguments.model),
        extra_body=arguments.extra_body,
        never_send=arguments.never_send,
        thinking=arguments.thinking,
    )


def endpoint(arguments: argparse.Namespace) -> "Endpoint":
    """The endpoint that the options name.

    Raises:
        ConfigError: an option out of its range.
    """
    batch = getattr(arguments, "batch", False)
    concurrency = arguments.concurrency
    if concurrency is None:
        concurrency = _IN_BATCHES if batch else _CONCURRENCY
    try:
        return identity(arguments).endpoint(
            key_variable=arguments.key_variable,
            concurrency=concurrency,
            timeout=arguments.timeout,
            price_in=arguments.price_in,
            price_out=arguments.price_out,
            max_cost=arguments.max_cost,
            batch=batch,
        )
    except ValueError as error:
        raise ConfigError(str(error), hint="see the command's --help") from error


def access(arguments: argparse.Namespace) -> "ModelAccess":
    """The endpoint that the options name, and `--runs`, where its replies are stored.

    Raises:
        ConfigError: an option out of its range.
    """
    from harness.building.asking_stage import ModelAccess

    return ModelAccess(endpoint(arguments), arguments.runs)


def asking(arguments: argparse.Namespace) -> "Asking":
    """How often and how a row is asked: `--tries`, `--temperature` and `--seed`.

    Raises:
        ValueError: one out of its range.
    """
    from ultralink_data.stage.asking_config import Asking

    return Asking(tries=arguments.tries, temperature=arguments.temperature, seed=arguments.seed)
