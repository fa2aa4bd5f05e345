"""`vllm`: vLLM's engine, started by this process."""

import tempfile
from pathlib import Path
from typing import Any, ClassVar

from tasks.models.backend import Backend, Loaded, LoadSettings, LogProbs


class VllmBackend(Backend):
    """A model folder or `.gguf` file through lm-eval's `VLLM`; vLLM makes the batches."""

    spare: ClassVar[int] = -1
    """vLLM reads every token of a row, and makes one more."""
    at_once: ClassVar[int | None] = 256
    """As many as vLLM runs at a time by default: what a kill costs."""

    def load(self, model: Path, settings: LoadSettings, replies: Path) -> Loaded:
        """Start the engine."""
        from tasks.models.vllm_engine import VllmWatch, engine_files, load_vllm, require_vllm

        require_vllm()
        # Deleted with the engine: a process of it may read the folder later.
        folder = tempfile.TemporaryDirectory(prefix="vllm-model-")
        files = engine_files(model, settings.dtype, Path(folder.name))
        engine = load_vllm(
            files, dtype=settings.dtype, max_length=settings.max_length, seed=settings.seed
        )
        engine.files_of_its_own = folder
        return Loaded(engine, VllmWatch(engine), files.note)

    def log_probs(self) -> LogProbs:
        """The engine's own prompt log-probabilities."""
        from tasks.models.vllm_engine import vllm_log_probs

        return vllm_log_probs

    def close(self, lm: Any) -> None:
        """End the engine's processes."""
        from tasks.models.vllm_engine import shut_down

        shut_down(lm)
        lm.files_of_its_own.cleanup()


BACKEND = VllmBackend()
