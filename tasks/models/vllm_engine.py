"""vLLM as a backend: lm-eval's own `VLLM`, and how each of its rows ended."""

import contextlib
import importlib.metadata
import logging
from collections import deque
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from tasks.models.generation import Ends, RowEnd, request_key
from tasks.models.likelihood import Boundary
from tasks.models.prompt_tokens import keep_text
from ultralink_data.adapters import is_adapter
from ultralink_data.errors import PrerequisiteError
from ultralink_data.libraries import first_words
from ultralink_data.pretrained import GGUF, load_causal_lm
from ultralink_data.tokenizer_loading import load_tokenizer


class EngineFiles(NamedTuple):
    """What vLLM loads: a model, and a tokenizer if it is not the model's own; `note` as loaded."""

    model: str
    tokenizer: str | None
    note: str


def engine_files(model: Path, dtype: str, folder: Path) -> EngineFiles:
    """Files that vLLM reads as `tokenizer_loading` does; what it would misread is put in `folder`.

    lm-eval's `VLLM` takes no GGUF file and no adapters, so the plain weights go into the folder.

    Raises:
        PrerequisiteError: the path holds no model or tokenizer that can be loaded.
    """
    tokenizer, note = load_tokenizer(model)
    if model.suffix == GGUF or is_adapter(model):
        import torch

        load_causal_lm(model, getattr(torch, dtype)).save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        return EngineFiles(str(folder), None, note)
    if not note:
        return EngineFiles(str(model), None, note)
    tokenizer.save_pretrained(folder)
    return EngineFiles(str(model), str(folder), note)


def load_vllm(files: EngineFiles, *, dtype: str, max_length: int | None, seed: int) -> Any:
    """An lm-eval `VLLM` of `files`; vLLM makes the batches.

    It reads token ids, so control tokens that a problem spells are text to it too.

    Raises:
        PrerequisiteError: vLLM is not installed, or cannot load a model from the path.
    """
    require_vllm()
    from vllm.platforms import current_platform  # vLLM itself looks up the real name of its package

    assert current_platform
    with _named_vllm():
        from lm_eval.models.vllm_causallms import VLLM

    logging.getLogger("lm_eval").setLevel(logging.ERROR)
    try:
        engine = VLLM(
            pretrained=files.model,
            tokenizer=files.tokenizer,
            dtype=dtype,
            max_length=max_length,
            seed=seed,
            batch_size="auto",
        )
    except (OSError, ValueError, RuntimeError) as error:
        raise PrerequisiteError(
            f"vLLM cannot load a model from {files.model}: {first_words(error)}",
            hint="name a folder with config.json, weights and tokenizer; --backend hf reads more",
        ) from error
    keep_text(engine)
    return engine


def require_vllm() -> None:
    """Check that vLLM is there, before anything is loaded for it.

    Raises:
        PrerequisiteError: it is not installed.
    """
    if find_spec("vllm") is None:
        raise PrerequisiteError(
            "the backend vllm needs the package vllm, which is not installed",
            hint="pip install 'ultralink-bench[vllm]', or --backend hf",
        )


def shut_down(lm: Any) -> None:
    """End vLLM's processes, which would outlive a process that exits without this call."""
    lm.model.llm_engine.engine_core.shutdown()


def vllm_log_probs(model: Any, rows: Sequence[Boundary]) -> list[list[float]]:
    """Like `likelihood.token_log_probs`, but with a vLLM engine in its own precision."""
    from vllm import SamplingParams, TokensPrompt

    asked = SamplingParams(temperature=0, prompt_logprobs=1, max_tokens=1, detokenize=False)
    prompts = [TokensPrompt(prompt_token_ids=row.ids) for row in rows]
    made = model.generate(prompts, sampling_params=asked, use_tqdm=False)
    return [
        [
            float(one.prompt_logprobs[at][row.ids[at]].logprob)
            for at in range(row.first, len(row.ids))
        ]
        for row, one in zip(rows, made, strict=True)
    ]


@contextlib.contextmanager
def _named_vllm() -> Iterator[None]:
    """Make lm-eval's look-up of the version of "vllm" work with CPU builds of another name."""
    known = importlib.metadata.version

    def version(distribution_name: str) -> str:
        try:
            return known(distribution_name)
        except importlib.metadata.PackageNotFoundError:
            if distribution_name != "vllm":
                raise
            import vllm

            return str(vllm.__version__)

    importlib.metadata.version = version
    try:
        yield
    finally:
        importlib.metadata.version = known


class VllmWatch:
    """Notes how each row of an lm-eval `VLLM` ended; vLLM reports it and lm-eval drops it."""

    def __init__(self, lm: Any) -> None:
        self.seeds: list[int] = []
        """Of the rows of the next batch, so that what was asked before does not matter."""
        self._ends: Ends = {}
        self._finished: list[str] = []
        self._order: list[str] = []
        self._make_rows = lm._model_generate
        self._answer = lm.generate_until
        lm._model_generate = self._model_generate
        lm.generate_until = self._generate_until
        lm.set_cache_hook(self)

    def _model_generate(self, *args: Any, **options: Any) -> Any:
        params = options.get("sampling_params")
        if isinstance(params, list):
            for one, seed in zip(params, self.seeds, strict=False):
                one.seed = seed
        rows = self._make_rows(*args, **options)
        self._finished += [str(row.outputs[0].finish_reason) for row in rows]
        return rows

    def add_partial(self, attr: str, req: tuple[str, Any], res: str) -> None:
        """Called by lm-eval after each row, with settings that it has changed."""
        self._order.append(req[0])

    def _generate_until(self, requests: Sequence[Any], **options: Any) -> list[str]:
        texts: list[str] = self._answer(requests, **options)
        # By prompt alone, as the settings differ from those of the request; lm-eval's sort is
        # stable, so rows with the same prompt are in the order of asking.
        by_prompt: dict[str, deque[str]] = {}
        for prompt, finish in zip(self._order, self._finished, strict=True):
            by_prompt.setdefault(prompt, deque()).append(finish)
        self._order, self._finished = [], []
        for request in requests:
            end = RowEnd(hit_limit=by_prompt[request.args[0]].popleft() == "length")
            self._ends.setdefault(request_key(*request.args), deque()).append(end)
        return texts

    def pop(self) -> Ends:
        """How each row since the last call ended, by what was asked."""
        ends, self._ends = self._ends, {}
        return ends
