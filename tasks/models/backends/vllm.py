"""`vllm`: vLLM's engine, started by this process."""

from pathlib import Path
from typing import Any, ClassVar

from tasks.models.backend import Backend, Loaded, LoadSettings, LogProbs


class VllmBackend(Backend):
    """A model folder through lm-eval's `VLLM`; vLLM makes the batches."""

    spare: ClassVar[int] = -1
    """vLLM reads every token of a row, and makes one more."""

    def load(self, model: Path, settings: LoadSettings, replies: Path) -> Loaded:
        """Start the engine."""
        from tasks.models.vllm_engine import VllmWatch, load_vllm

        engine = load_vllm(
            model, dtype=settings.dtype, max_length=settings.max_length, seed=settings.seed
        )
        return Loaded(engine, VllmWatch(engine))

    def log_probs(self) -> LogProbs:
        """The engine's own prompt log-probabilities."""
        from tasks.models.vllm_engine import vllm_log_probs

        return vllm_log_probs

    def close(self, lm: Any) -> None:
        """End the engine's processes."""
        from tasks.models.vllm_engine import shut_down

        shut_down(lm)


BACKEND = VllmBackend()
