"""How a dataset is checked, and how much is too much: the settings of `data check`."""

import msgspec

from ultralink_data.seeds import check_seed


class CheckLimits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Shares of the rows above which a check fails; any contamination at all fails it.

    Raises:
        ValueError: a share that is not from 0 to 1.
    """

    exact: float = 0.01
    """The check fails above this share of exact duplicates, not counting one of each."""
    near: float = 0.1
    """The check fails above this share of near duplicates, not counting one of each."""
    wrong_language: float = 0.05
    """The check fails above this share of rows whose prose is in another language."""
    control_tokens: float = 0.0
    """The check fails above this share of rows whose text holds control tokens or thinking."""
    flaws: float = 0.0
    """The check fails above this share of lines that are not valid rows."""

    def __post_init__(self) -> None:
        """Check the shares."""
        check_shares(self)


def check_shares(limits: msgspec.Struct) -> None:
    """Refuse a field that is no share.

    Raises:
        ValueError: one is not from 0 to 1.
    """
    for name in limits.__struct_fields__:
        value = getattr(limits, name)
        if not 0 <= value <= 1:
            raise ValueError(f"{name} must be 0 to 1, got {value}")


class CheckConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a dataset is checked.

    Raises:
        ValueError: a threshold that `check_threshold` refuses.
    """

    threshold: float = 0.8
    """Jaccard similarity of near duplicates, above 0.5 and at most 1."""
    seed: int = 1
    """Seed of MinHash's permutations, which find near duplicates."""
    limits: CheckLimits = CheckLimits()
    """How much of each fault is too much."""

    def __post_init__(self) -> None:
        """Check threshold and seed."""
        check_seed(self.seed)
        check_threshold(self.threshold)


def check_threshold(threshold: float) -> None:
    """Refuse a similarity that the bands cannot find, or that is impossible.

    Raises:
        ValueError: it is not over 0.5 and at most 1.
    """
    if not 0.5 < threshold <= 1:
        raise ValueError(f"threshold must be over 0.5 and at most 1, got {threshold}")
