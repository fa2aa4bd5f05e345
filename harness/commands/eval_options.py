"""What the words of `eval` become: the typed configuration of an evaluation."""

import argparse

from harness.commands.protocols import chosen_protocols
from harness.options.config_options import config_from, given_field, help_of, is_given
from harness.options.option_values import ALL
from tasks import registry
from tasks.eval_config import EvalConfig, TaskRun
from tasks.models import backends
from ultralink_data.errors import ConfigError, PrerequisiteError, unknown_name
from ultralink_data.llm.endpoint import EndpointIdentity

_MANY_TEMPERATURE = 0.8
"""Temperature for several samples per problem if neither the user nor the task sets one."""


def eval_config(arguments: argparse.Namespace, model: str) -> EvalConfig:
    """The typed configuration of the command line for one model.

    Raises:
        ConfigError: a value out of range, `--protocol` for a task that is not evaluated, or
            `--repairs` although no task has any.
    """
    protocols = chosen_protocols(arguments.protocol, arguments.tasks)
    repairs = None if arguments.repairs is None else tuple(sorted(set(arguments.repairs)))
    mended = [task for task in arguments.tasks if registry.get(task).repairs]
    if repairs and not mended:
        raise unknown_name("repair of these tasks", repairs[0], ())
    chat = _asks_endpoint(arguments)
    backend = backends.get(given_field(arguments, EvalConfig, "backend"))
    thinking = given_field(arguments, EvalConfig, "thinking")
    no_likelihood = arguments.no_likelihood or not backend.scores or thinking == "on"
    nothing_asked = arguments.limit == 0 or (arguments.no_generate and no_likelihood)
    if nothing_asked or not arguments.tasks or not arguments.languages:
        raise ConfigError(
            "nothing is left to evaluate",
            hint="give --tasks, --languages, --limit 1 or more, and only one of --no-generate "
            "and --no-likelihood",
        )
    served = config_from(arguments, EndpointIdentity, model=model) if chat else None
    try:
        runs = tuple(
            TaskRun(
                task=task,
                languages=languages_of(arguments, task),
                protocol=protocols.get(task, registry.get(task).protocols[0]),
                generate=0 if arguments.no_generate else arguments.limit,
                likelihood=0 if no_likelihood else arguments.limit,
                repairs=repairs if task in mended else None,
                temperature=_own_temperature(arguments, task, protocols),
            )
            for task in arguments.tasks
        )
    except ValueError as error:
        raise ConfigError(str(error), hint=f"see `{help_of(arguments)}`") from error
    unasked = {"sampling.temperature": _MANY_TEMPERATURE} if _samples(arguments) > 1 else {}
    return config_from(arguments, EvalConfig, unasked, runs=runs, served=served)


def _samples(arguments: argparse.Namespace) -> int:
    found: int = given_field(arguments, EvalConfig, "sampling.repeats")
    return found


def _asks_endpoint(arguments: argparse.Namespace) -> bool:
    """Whether the backend asks an endpoint.

    Raises:
        ConfigError: an unknown backend, or endpoint options that do not fit the backend.
    """
    name = given_field(arguments, EvalConfig, "backend")
    asks = backends.get(name).serves
    given = [
        field
        for field in ("extra_body", "never_send")
        if given_field(arguments, EndpointIdentity, field)
    ]
    if asks != is_given(arguments, EndpointIdentity, "base_url"):
        raise ConfigError(
            f"--backend {name} {'without' if asks else 'with'} --base-url",
            hint="give both for an endpoint: --backend openai-chat --base-url http://HOST/v1",
        )
    if given and not asks:
        raise ConfigError(
            f"--{given[0].replace('_', '-')} with --backend {name}",
            hint="such options are for an endpoint: --backend openai-chat",
        )
    return asks


def _own_temperature(
    arguments: argparse.Namespace, task: str, protocols: dict[str, str]
) -> float | None:
    """The temperature of a task's protocol, if the user gives none."""
    if is_given(arguments, EvalConfig, "sampling.temperature") or _samples(arguments) == 1:
        return None
    benchmark = registry.get(task)
    return benchmark.temperatures.get(protocols.get(task, benchmark.protocols[0]))


def languages_of(arguments: argparse.Namespace, task: str) -> tuple[str, ...]:
    """The languages that a task is asked in; `all` takes those that have the task's files.

    Raises:
        PrerequisiteError: `all`, and there is no file in any language.
    """
    given: tuple[str, ...] = arguments.languages
    if given != (ALL,):
        return given
    benchmark = registry.get(task)
    found, first = [], None
    for language in benchmark.languages:
        try:
            benchmark.problems(language, arguments.benchmarks)
        except PrerequisiteError as error:
            first = first or error
        else:
            found.append(language)
    if not found and first is not None:
        raise first
    return tuple(found)
