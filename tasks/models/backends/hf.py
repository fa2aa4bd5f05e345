"""`hf`: transformers, in this process."""

from pathlib import Path
from typing import TYPE_CHECKING

from tasks.models.backend import Backend, Loaded, LogProbs

if TYPE_CHECKING:
    from tasks.eval_config import EvalConfig


class TransformersBackend(Backend):
    """A model folder or `.gguf` file through lm-eval's `HFLM`."""

    def load(self, model: Path, config: "EvalConfig", replies: Path) -> Loaded:
        """Load it with the threads that the config names."""
        import torch

        from tasks.models.generation import GenerationWatch
        from tasks.models.lm_eval_adapter import load_model

        if config.threads is not None:
            torch.set_num_threads(config.threads)
        lm = load_model(
            model,
            batch_size=config.batch_size,
            dtype=config.dtype,
            max_length=config.max_length,
        )
        return Loaded(lm, GenerationWatch(lm))

    def log_probs(self) -> LogProbs:
        """One forward pass a batch."""
        from tasks.models.likelihood import token_log_probs

        return token_log_probs


BACKEND = TransformersBackend()
