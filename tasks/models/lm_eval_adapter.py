"""The adapter to lm-eval: turns our requests into its tasks and runs its models.

Tasks are plain dicts, loaded by `TaskManager(include_defaults=False)`: lm-eval's own index of
thousands of task files is not read. lm-eval only generates; nothing is graded here.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, ClassVar

from msgspec.structs import replace

from tasks.benchmark import Generation, Request
from tasks.models.generation import Ends, Watch, request_key, taken
from tasks.models.prompt_tokens import as_text, keep_text
from tasks.models.row_asking import RowAsking
from tasks.models.thinking_mode import question_errors
from tasks.sampling import Sampling
from ultralink_data.adapters import is_adapter
from ultralink_data.added_code import file_of
from ultralink_data.errors import ConfigError
from ultralink_data.libraries import import_transformers, later, no_collection, unloadable
from ultralink_data.pretrained import add_turn_ends, load_causal_lm
from ultralink_data.tokenizer_loading import load_tokenizer


def load_model(
    model: Path,
    *,
    batch_size: int,
    dtype: str,
    max_length: int | None,
    tokenizer: Any = None,
) -> Any:
    """An lm-eval `HFLM` of a model folder, adapters or a `.gguf` file, in evaluation mode.

    Control tokens that a problem spells are text to it (`prompt_tokens`).

    `tokenizer` is the model's if it has been loaded.

    Raises:
        PrerequisiteError: the path holds no model that `transformers` can load.
    """
    import_transformers()
    with no_collection(), _data_later():
        import torch
        from lm_eval.models.huggingface import HFLM

    logging.getLogger("lm_eval").setLevel(logging.ERROR)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    options: dict[str, Any] = {"pretrained": str(model)}
    if model.suffix == ".gguf":
        options = {"pretrained": str(model.parent), "gguf_file": model.name}
    if is_adapter(model):
        merged = load_causal_lm(model, getattr(torch, dtype))
        options = {"pretrained": merged.eval().to(device)}
    hint = "name a folder with config.json, weights and tokenizer, or a .gguf file"
    with unloadable(str(model), hint):
        lm = HFLM(
            **options,
            tokenizer=tokenizer or load_tokenizer(model).tokenizer,
            device=device,
            dtype=dtype,
            batch_size=batch_size,
            max_length=max_length,
        )
    add_turn_ends(lm.model, model)
    keep_text(lm)
    return lm


def _data_later() -> AbstractContextManager[None]:
    """lm-eval loads data with `datasets` and logs tables with pandas; our requests are lists."""
    return later("datasets", "datasets.utils", "datasets.utils.metadata", "pandas")


def task_config(name: str, requests: Sequence[Request], sampling: Sampling) -> dict[str, Any]:
    """The lm-eval task of these requests; all share stops and token limit.

    Its metric is only a placeholder: grading happens later, on the saved generations.
    """
    rows = [{"problem_id": r.problem_id, "prompt": r.prompt} for r in requests]
    return {
        "task": name,
        "custom_dataset": lambda **_: {"test": _Rows(rows)},
        "test_split": "test",
        "output_type": "generate_until",
        "doc_to_text": _prompt_of,
        "doc_to_target": _no_target,  # a string would be compiled as a template every time
        "generation_kwargs": generation_settings(name, requests, sampling),
        "repeats": sampling.repeats,
        "filter_list": [{"name": "all", "filter": [{"function": "custom", "filter_fn": _keep}]}],
        "process_results": _count,
        "metric_list": [{"metric": "generated", "aggregation": "mean", "higher_is_better": True}],
        "metadata": {},
    }


def generation_settings(
    name: str, requests: Sequence[Request], sampling: Sampling
) -> dict[str, Any]:
    """lm-eval's `generation_kwargs` of task `name`; its requests share stops and token limit."""
    shapes = {(r.stop, r.max_tokens, r.chat) for r in requests}
    if len(shapes) != 1:
        raise ValueError(f"task {name}: requests of one task must share stops and limits: {shapes}")
    stop, max_tokens, _ = shapes.pop()
    settings: dict[str, Any] = {"until": list(stop), "max_gen_toks": max_tokens}
    if sampling.temperature > 0:
        settings |= {"do_sample": True, "temperature": sampling.temperature}
        # transformers samples from the 50 likeliest tokens by default; 0 switches that off.
        return settings | {"top_p": sampling.top_p, "top_k": 0}
    return settings | {"do_sample": False, "temperature": 0.0}


class _Rows(list[dict[str, str]]):
    """The parts of a data set that lm-eval uses; building an Arrow one costs milliseconds."""

    features: ClassVar[dict[str, None]] = {"problem_id": None, "prompt": None}


def _prompt_of(doc: dict[str, str]) -> str:
    return doc["prompt"]


def _no_target(doc: dict[str, str]) -> str:
    return ""


def _keep(resps: Any, docs: Any) -> Any:
    """Keep every sample of a problem: lm-eval's default filter takes the first only."""
    return resps


def _count(doc: dict[str, str], results: list[Any]) -> dict[str, float]:
    return {"generated": 1.0}


def over_context(lm: Any, requests: Sequence[Request]) -> set[str]:
    """Ids of problems whose prompt leaves no room for the answer; lm-eval would truncate it.

    Empty if the context length is unknown: an endpoint refuses such prompts itself.
    """
    long: set[str] = set()
    if lm.max_length is None:
        return long
    for request in requests:
        if _prompt_length(lm, request) + request.max_tokens > lm.max_length:
            long.add(request.problem_id)
    return long


def longest_prompt(lm: Any, requests: Iterable[Request]) -> int:
    """Tokens of the longest chat that still leaves room for its answer; 0 without any."""
    lengths = ((_prompt_length(lm, request), request.max_tokens) for request in requests)
    return max((size for size, own in lengths if size + own <= lm.max_length), default=0)


def _prompt_length(lm: Any, request: Request) -> int:
    """Tokens of a prompt as the model reads it."""
    (prompt,) = as_text(lm, [request.prompt])
    return len(lm.tok_encode(render_chat(lm, prompt) if request.chat else prompt))


def no_chat(task: str, protocol: str) -> ConfigError:
    """The error for a protocol that continues raw text on a backend that only takes chats."""
    return ConfigError(
        f"protocol {protocol} of {task} continues raw text, a chat endpoint cannot",
        hint=f"choose a chat protocol: --protocol {task}=NAME (`ultralink-bench tasks show {task}` "
        "lists them)",
    )


def render_chat(lm: Any, message: str) -> str:
    """A user's message in the model's chat template, generation prompt included.

    Raises:
        ConfigError: the tokenizer has no chat template, or one that refuses the message.
    """
    if not getattr(lm.tokenizer, "chat_template", None):
        raise ConfigError(
            "the model's tokenizer has no chat template",
            hint="choose a protocol for base models (see `ultralink-bench tasks show NAME`)",
        )
    with question_errors():
        text: str = lm.apply_chat_template([{"role": "user", "content": message}])
    return text


def generate(
    lm: Any,
    watch: Watch,
    tasks: dict[str, Sequence[Request]],
    sampling: Sampling,
    seed: int,
    ask: RowAsking | None = None,
) -> dict[str, list[list[Generation]]]:
    """Run lm-eval on named groups of requests; return the generations per request, in order.

    All requests must have the same `chat`. The random state is seeded with `seed` first. `ask` puts
    the rows into batches; without it lm-eval does.
    """
    with no_collection(), _data_later():
        from lm_eval.evaluator import evaluate
        from lm_eval.tasks import TaskManager
        from lm_eval.utils import set_torch_seed

    tasks = {name: requests for name, requests in tasks.items() if requests}
    if not tasks:
        return {}
    chats = {request.chat for requests in tasks.values() for request in requests}
    if len(chats) != 1:
        raise ValueError("requests of one call must be all chat or all plain text")
    set_torch_seed(seed)
    prompts = iter(as_text(lm, [r.prompt for requests in tasks.values() for r in requests]))
    configs = [
        task_config(name, [replace(r, prompt=next(prompts)) for r in requests], sampling)
        for name, requests in tasks.items()
    ]
    loaded = TaskManager(include_defaults=False).load(configs)
    with _counted(lm, ask):
        result = evaluate(
            lm, loaded, bootstrap_iters=0, log_samples=True, apply_chat_template=chats.pop()
        )
    ends = watch.pop() if ask is None else ask.ends
    return {
        name: _collect(result["samples"][name], requests, ends, type(watch))
        for name, requests in tasks.items()
    }


@contextmanager
def _counted(lm: Any, ask: RowAsking | None) -> Iterator[None]:
    """Check that the model gives a text for each request; `ask` stands before it.

    Raises:
        ConfigError: more or fewer, or something else; lm-eval would fail without saying why.
    """
    given = lm.generate_until

    def counted(requests: Sequence[Any], *more: Any, **named: Any) -> Any:
        texts = given(requests, *more, **named)
        of_text = isinstance(texts, list) and all(isinstance(text, str) for text in texts)
        if not of_text or len(texts) != len(requests):
            said = f"{len(texts)} texts" if of_text else "no list of texts"
            raise ConfigError(
                f"{file_of(type(lm))}: generate_until of {type(lm).__name__} returned {said} for "
                f"{len(requests)} requests",
                hint="return a list with one text for each request, in their order",
            )
        return texts

    def asked(requests: Sequence[Any], *more: Any, **named: Any) -> Any:
        return counted(requests, *more, **named) if ask is None else ask(counted, requests)

    lm.generate_until = asked
    try:
        yield
    finally:
        lm.generate_until = given


def _collect(
    samples: list[dict[str, Any]], requests: Sequence[Request], ends: Ends, watch: type
) -> list[list[Generation]]:
    """Generations by request; removes each request's rows from the front of `ends`."""
    by_doc = {sample["doc"]["problem_id"]: sample for sample in samples}
    result = []
    for request in requests:
        sample = by_doc[request.problem_id]
        key = request_key(*sample["arguments"][0])
        result.append(
            [
                Generation(
                    problem_id=request.problem_id, text=text, **taken(ends, key, watch)._asdict()
                )
                for text in sample["resps"][0]
            ]
        )
    return result
