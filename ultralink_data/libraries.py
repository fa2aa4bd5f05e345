"""`transformers` and torch, imported once and faster than by a plain import.

Two thirds of a small run are imports. Here they skip what no stage uses and run without the garbage
collector, which would walk again and again over a million objects that all stay alive.
"""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

_UNUSED = ("sklearn",)
"""`transformers` imports scikit-learn, and scipy's statistics with it, for one curve of assisted
decoding, if it is installed; lm-eval brings it along."""


@cache
def import_transformers() -> None:
    """Import what loads models and tokenizers; to be called before `transformers` is used.

    All objects alive afterwards are assumed to live as long as the process: later collections, some
    of which each training requests, skip them.
    """
    with without(*_UNUSED), no_collection():
        import torch  # noqa: F401
        from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: F401
    gc.freeze()


@contextmanager
def no_collection() -> Iterator[None]:
    """No garbage collection inside the block; an import makes almost no garbage."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@contextmanager
def without(*packages: str) -> Iterator[None]:
    """Inside the block these packages count as not installed, unless they are imported already."""
    hidden = [name for name in packages if name not in sys.modules]
    # Python reads None as "there is none", in `import` and in `find_spec`.
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
