"""Files in a folder that are about its content and no part of it: cards, logs, figures.

They count in no fingerprint: the same weights with another card are the same model.
"""

from typing import Final

CARD: Final = "README.md"
METRICS: Final = "metrics.jsonl"
VALIDATION: Final = "validation.jsonl"
LOSS_FIGURE: Final = ("loss.svg", "loss.png")
CURVE_FIGURE: Final = ("learning_curve.svg", "learning_curve.png")
CURVE_TABLE: Final = "learning_curve.md"
_ABOUT: Final = frozenset({CARD, METRICS, VALIDATION, *LOSS_FIGURE, *CURVE_FIGURE, CURVE_TABLE})


def is_about(name: str) -> bool:
    """Whether the file of this name, a path in the folder, is about the content.

    Those whose name begins with `_` are too.
    """
    own = name.rpartition("/")[2]
    return own in _ABOUT or own.startswith("_")
