"""What code a stage's output depends on: a hash of ours that is in use, and versions of packages.

The stages of experiments (`harness.engine.stages`) and those that build datasets
(`harness.building`) put both into their keys.
"""

import hashlib
from collections.abc import Iterable
from functools import cache
from typing import Final

import msgspec

from harness.engine.deciding_packages import deciding_versions
from harness.engine.kept_results import kept
from harness.engine.source_hash import ALL, Use, closure, module_code, source_hash

LANGUAGES: Final = "ultralink_data.languages"
_DRIVE: Final = "ultralink_data.stage.drive"
"""Runs every building stage: it decides what becomes of a refused row, and writes the files."""

READER: Final = "ultralink_data.store.release"
"""Reads the rows of files: it decides what a building stage that starts from rows gets."""


class StageUse(msgspec.Struct, frozen=True, kw_only=True):
    """The code and the imported packages that a config uses.

    `idle` are packages (distributions) that the code imports but that do not affect the output,
    `more` those that count as carrying only and do.
    """

    code: Use = ALL
    idle: frozenset[str] = frozenset()
    more: frozenset[str] = frozenset()


class StageCode(msgspec.Struct, frozen=True, kw_only=True):
    """What decides the output besides config and inputs: hash of our code, versions of packages."""

    source: str
    packages: dict[str, str]


def in_languages(codes: Iterable[str], *, idle: frozenset[str] = frozenset()) -> StageUse:
    """The use of a stage that works in these languages alone."""
    return StageUse(code=Use(chosen=((LANGUAGES, frozenset(codes)),)), idle=idle)


@cache
def code_of(modules: tuple[str, ...], use: StageUse, glue: str) -> StageCode:
    """The code of `modules` and of what they import and `use` takes; `glue` is code that calls it.

    Raises:
        ValueError: no such module.
    """

    def read() -> StageCode:
        parts = [glue, *(source_hash(module, use.code) for module in modules)]
        reached = {name for module in modules for name in closure(module, use.code)}
        return StageCode(
            source=hashlib.sha256("\n".join(parts).encode()).hexdigest(),
            packages=deciding_versions(reached, idle=use.idle, more=use.more),
        )

    return kept("code of a stage", (modules, use, glue), StageCode, read)


def building_code(
    caller: str,
    *modules: str,
    languages: Iterable[str] = (),
    chosen: tuple[tuple[str, frozenset[str]], ...] = (),
    idle: frozenset[str] = frozenset(),
) -> StageCode:
    """The code of a building stage that works in `languages`, and takes the plug-ins `chosen`.

    Of `caller`, the module that defines the stage, its own text counts and not what it imports:
    that would be every display and every other stage. OpenCC counts where a language asks for it.

    Raises:
        ValueError: no such module.
    """
    codes = tuple(languages)
    if codes and not any(_converts_chinese(code) for code in codes):
        idle |= {"opencc"}
    use = in_languages(codes, idle=idle)
    use = StageUse(code=Use(chosen=(*use.code.chosen, *chosen)), idle=idle)
    glue = kept("code of a module", caller, str, lambda: module_code(caller))
    return code_of((*modules, _DRIVE), use, glue)


def _converts_chinese(language: str) -> bool:
    from ultralink_data import languages

    ground = languages.get(language).ground
    return ground is not None and bool(ground.chinese_conversion)
