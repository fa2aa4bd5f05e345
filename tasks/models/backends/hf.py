"""`hf`: transformers, in this process."""

from pathlib import Path

from tasks.models.backend import Backend, Loaded, LoadSettings, LogProbs


class TransformersBackend(Backend):
    """A model folder or `.gguf` file through lm-eval's `HFLM`."""

    def load(self, model: Path, settings: LoadSettings, replies: Path) -> Loaded:
        """Load it with the threads that the settings name."""
        import torch

        from tasks.models.generation import GenerationWatch
        from tasks.models.lm_eval_adapter import load_model
        from ultralink_data.tokenizer_loading import load_tokenizer

        if settings.threads is not None:
            torch.set_num_threads(settings.threads)
        tokenizer, note = load_tokenizer(model)
        lm = load_model(
            model,
            tokenizer=tokenizer,
            batch_size=settings.batch_size,
            dtype=settings.dtype,
            max_length=settings.max_length,
        )
        return Loaded(lm, GenerationWatch(lm), note)

    def log_probs(self) -> LogProbs:
        """One forward pass a batch."""
        from tasks.models.likelihood import token_log_probs

        return token_log_probs


BACKEND = TransformersBackend()
