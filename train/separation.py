"""Check that a model keeps packed dialogues apart, whatever its architecture."""

from typing import Any

from ultralink_data.errors import ConfigError

_TOLERANCE = 1e-3


def check_isolation(model: Any) -> None:
    """Run a short probe: the second of two packed dialogues must not see the first.

    Compares its logits with those it has alone, relative to the largest logit.

    Raises:
        ConfigError: they differ, so packing would train on mixed-up dialogues.
    """
    import torch

    size = model.get_input_embeddings().num_embeddings
    ids = torch.randint(size, (1, 24), generator=torch.Generator().manual_seed(0))
    positions = torch.cat([torch.arange(11), torch.arange(13)])[None]
    training = model.training
    model.eval()
    try:
        with torch.no_grad():
            both = model(input_ids=ids, position_ids=positions, use_cache=False).logits[0, 11:]
            alone = model(input_ids=ids[:, 11:], use_cache=False).logits[0]
    finally:
        model.train(training)
    if not (both.isfinite().all() and alone.isfinite().all()):
        raise ConfigError(
            f"{type(model).__name__} gives logits that are no numbers: its weights are damaged",
            hint="train another model, or copy this one again",
        )
    difference = float((both - alone).abs().max() / alone.abs().max().clamp(min=1e-9))
    if not difference <= _TOLERANCE:
        raise ConfigError(
            f"{type(model).__name__} does not keep packed dialogues apart (logits differ by "
            f"{difference:.1e} of the largest)",
            hint="train it with --set train.packing=false",
        )
