"""What a profile cannot begin without: a model and data that are too large to come with it."""

from typing import Final, NamedTuple

from harness.experiment.config import ExperimentConfig
from ultralink_data.errors import PrerequisiteError


class _Needed(NamedTuple):
    """A model and data, each with where it is found."""

    model: str
    get_model: str
    data: str
    get_data: str


_LLAMA: Final = (
    "Llama-2-13b",
    "get meta-llama/Llama-2-13b-hf from huggingface.co (its licence has to be accepted there) and "
    "give --model FOLDER; for a plan the folder needs no weights",
)
NEEDED: Final = {
    "paper-released": _Needed(
        *_LLAMA,
        "the released UltraLink sets",
        "get the dataset R0k1e/UltraLink from huggingface.co and give --set data.folder=FOLDER, "
        "that of its {language}_{kind}.jsonl files",
    ),
    "paper-lm": _Needed(
        *_LLAMA,
        "the mixture of UltraLink-LM",
        "fill in examples/ultralink_lm.toml, which says where each set is from, and give --set "
        "data.folder=ultralink_lm.toml",
    ),
}
"""By profile."""


def require_given(config: ExperimentConfig) -> None:
    """Check that a model and data are named where the profile has none of its own.

    Raises:
        PrerequisiteError: one is not.
    """
    needed = NEEDED.get(config.profile)
    if needed is None:
        return
    if not config.model.path:
        raise PrerequisiteError(
            f"profile {config.profile} trains {needed.model}, and no model is named",
            hint=needed.get_model,
        )
    if config.data.folder is None:
        raise PrerequisiteError(
            f"profile {config.profile} trains on {needed.data}, and no data are named",
            hint=needed.get_data,
        )
