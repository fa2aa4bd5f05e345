"""The typed configuration of an evaluation, checked before anything runs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

from tasks.models import backends
from tasks.sampling import Sampling, Thinking
from ultralink_data.llm.endpoint import EndpointIdentity
from ultralink_data.seeds import check_seed

if TYPE_CHECKING:
    from tasks.benchmark import Benchmark
    from tasks.models.backend import LoadSettings

_REPAIRS = ", repairs: "

DTYPES: Final = ("float32", "bfloat16", "float16")
"""Arithmetic that a model may be loaded in."""

T = TypeVar("T")


class TaskRun(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One benchmark in some languages.

    Raises:
        ValueError: a count below 0, or a language twice.
    """

    task: str
    """The benchmark's name."""
    languages: tuple[str, ...]
    """Those that are asked in."""
    protocol: str
    """How it is asked, one of the benchmark's own."""
    generate: int | None = None
    """Problems that are answered, the first by id, the same in every language: null for all, 0 for
    none."""
    likelihood: int | None = None
    """Problems whose reference text is scored, counted likewise."""
    repairs: tuple[str, ...] | None = None
    """Repairs of damaged problems that are in force, null for all of the benchmark's."""
    temperature: float | None = None
    """This task's own, null for the evaluation's."""

    def __post_init__(self) -> None:
        """Check the counts; names are checked against the registry by `check`."""
        for field in ("generate", "likelihood"):
            value = getattr(self, field)
            if value is not None and value < 0:
                raise ValueError(f"{field} must be >= 0, got {value}")
        if len(set(self.languages)) != len(self.languages):
            raise ValueError(f"a language occurs twice in {', '.join(self.languages)}")

    def sampling(self, common: Sampling) -> Sampling:
        """The sampling of this task; `common` is the evaluation's sampling."""
        if self.temperature is None:
            return common
        return msgspec.structs.replace(common, temperature=self.temperature)

    def benchmark(self) -> "Benchmark[Any]":
        """The benchmark with the active repairs.

        Raises:
            ConfigError: unknown task or repair.
        """
        from tasks import registry

        found = registry.get(self.task)
        return found if self.repairs is None else found.repaired_by(self.repairs)

    def version(self) -> str:
        """The task's version; it names the repairs unless all are active.

        Scores of different versions are never ranked or compared together.
        """
        from tasks import registry

        version = registry.get(self.task).version
        if self.repairs is None:
            return version
        return f"{version}{_REPAIRS}{' '.join(self.repairs) or 'none'}"


def benchmark_of(task: str, version: str) -> "Benchmark[Any]":
    """The benchmark with the repairs that `TaskRun.version` named when samples were made.

    Raises:
        ConfigError: unknown task, or a repair that no longer exists.
    """
    from tasks import registry

    _, mark, names = version.partition(_REPAIRS)
    if not mark:
        return registry.get(task)
    return registry.get(task).repaired_by([name for name in names.split() if name != "none"])


class EvalConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a model is evaluated; everything that can change a number is here.

    Raises:
        ValueError: a value out of its range, a task twice, or settings that contradict each other.
    """

    runs: tuple[TaskRun, ...]
    """The benchmarks, each once."""
    sampling: Sampling = Sampling()
    """How answers are sampled."""
    seed: int = 0
    """Seed of sampling and all other random choices."""
    batch_size: int = 8
    """Rows per batch, or requests at a time."""
    dtype: str = "float32"
    """Number type of the loaded model: float32, bfloat16 or float16."""
    max_length: int | None = None
    """Context length in tokens; without it, the model's own."""
    threads: int | None = None
    """CPU threads; without it, as many as the library chooses."""
    backend: str = "hf"
    """What runs the model: transformers (hf), vLLM, or an OpenAI-compatible endpoint."""
    served: EndpointIdentity | None = None
    """What an endpoint serves, for a backend that asks one: nothing is loaded then, and `dtype`,
    `threads` and `max_length` do not apply."""
    thinking: Thinking = "default"
    """Whether the model thinks before it answers, by a switch of its chat template. With `on` no
    reference text is scored."""
    thinking_tokens: int | None = None
    """Tokens for thinking on top of each task's limit. Without it: 8192 where thinking is on or the
    template shows that the model thinks, as far as the context reaches; else none."""
    isolated: bool = True
    """Run the model's programs in a sandbox (without it they have YOUR rights; recorded)."""

    def __post_init__(self) -> None:
        """Check ranges and that no task occurs twice."""
        if self.batch_size < 1:
            raise ValueError(f"batch_size must be >= 1, got {self.batch_size}")
        check_seed(self.seed)
        for name in ("max_length", "threads", "thinking_tokens"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"{name} must be >= 1, got {value}")
        if self.dtype not in DTYPES:
            raise ValueError(f"dtype must be one of {', '.join(DTYPES)}, got {self.dtype!r}")
        if self.backend not in backends.names():
            known = ", ".join(backends.names())
            raise ValueError(f"backend must be one of {known}, got {self.backend!r}")
        if (self.served is not None) != backends.get(self.backend).serves:
            raise ValueError(
                f"backend {self.backend} needs an endpoint, and none is given"
                if self.served is None
                else f"backend {self.backend} runs a model itself, and an endpoint is given"
            )
        if not backends.get(self.backend).scores and any(r.likelihood != 0 for r in self.runs):
            raise ValueError(
                f"backend {self.backend} gives no log-likelihoods: set likelihood to 0"
            )
        if self.thinking == "off" and self.thinking_tokens is not None:
            raise ValueError(f"thinking is off, with thinking_tokens {self.thinking_tokens}")
        if self.thinking == "on" and any(run.likelihood != 0 for run in self.runs):
            raise ValueError("no thinking stands before a reference text: set likelihood to 0")
        if self.served is not None and self.served.temperature is not None:
            raise ValueError("the temperature is that of `sampling`: leave the endpoint's out")
        if self.served is not None and self.max_length is not None:
            raise ValueError("max_length is the endpoint's own: leave it out")
        for run in self.runs:
            run.sampling(self.sampling)
        names = [run.task for run in self.runs]
        if len(set(names)) != len(names):
            raise ValueError(f"a task occurs twice in {names}")

    def load_settings(self) -> "LoadSettings":
        """The settings that a backend uses."""
        from tasks.models.backend import LoadSettings

        return LoadSettings(
            batch_size=self.batch_size,
            dtype=self.dtype,
            max_length=self.max_length,
            threads=self.threads,
            seed=self.seed,
            served=self.served,
            thinking=self.thinking,
        )


def check(config: EvalConfig) -> None:
    """Check names before anything runs.

    Raises:
        ConfigError: unknown task, or protocol, language or repair of a task (nearest names
            offered).
    """
    for run in config.runs:
        run.benchmark().check(run.languages, run.protocol)


def selected(problems: Sequence[T], count: int | None) -> Sequence[T]:
    """The first `count` problems by id; None for all."""
    return problems if count is None else problems[:count]
