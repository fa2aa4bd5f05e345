"""The options of every command that asks a model behind an endpoint."""

import argparse
from typing import TYPE_CHECKING

from ultralink_data.errors import ConfigError

if TYPE_CHECKING:
    from ultralink_data.llm import Endpoint


def add_endpoint(
    command: argparse.ArgumentParser,
    option: str = "--model",
    what: str = "the endpoint's name of the model",
    *,
    required: bool = True,
) -> None:
    """Add the options that `endpoint` reads; `option` names the model."""
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
        "--concurrency", type=int, default=16, metavar="N", help="requests at a time"
    )
    group.add_argument("--timeout", type=float, default=60.0, metavar="SECONDS")
    group.add_argument("--price-in", type=float, default=0.0, help="a million prompt tokens")
    group.add_argument("--price-out", type=float, default=0.0, help="a million reply tokens")
    group.add_argument("--max-cost", type=float, metavar="COST", help="stop before this is passed")


def endpoint(arguments: argparse.Namespace) -> "Endpoint":
    """The endpoint that the options name.

    Raises:
        ConfigError: an option out of its range.
    """
    from ultralink_data.llm import Endpoint

    try:
        return Endpoint(
            base_url=arguments.base_url,
            model=arguments.model,
            key_variable=arguments.key_variable,
            concurrency=arguments.concurrency,
            timeout=arguments.timeout,
            price_in=arguments.price_in,
            price_out=arguments.price_out,
            max_cost=arguments.max_cost,
        )
    except ValueError as error:
        raise ConfigError(str(error), hint="see the command's --help") from error
