"""Task and language that the name of another harness's task says: the one rule for it."""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from ultralink_data import languages

_ENDING: Final = re.compile(r"^(?P<stem>.+)_(?P<code>[a-z]{2})$")
_ASKED: Final = {
    f"mgsm_{asked}": ("mgsm", asked) for asked in ("direct", "native_cot", "en_cot", "cot_native")
}
"""lm-eval's names of MGSM, by how its problems are asked."""


class NamedTask(NamedTuple):
    """A task, its language ("" where the name does not say it), and how its problems are asked."""

    task: str
    language: str
    asked: str


def language_ending(name: str) -> tuple[str, str] | None:
    """What stands before and after the last underscore, if two letters follow it."""
    found = _ENDING.match(name)
    return (found["stem"], found["code"]) if found else None


def named_task(name: str) -> NamedTask:
    """`mgsm_direct_zh` is `mgsm` in `zh`, asked `direct`; `arc_fr` is `arc` in `fr`.

    A name ends in a language only if it is the code of one that this project knows.
    """
    task, language = name, ""
    ending = language_ending(name)
    if ending and ending[1] in languages.names():
        task, language = ending
    stem, asked = _ASKED.get(task, (task, ""))
    return NamedTask(stem, language, asked)


def named_tasks(names: Iterable[str]) -> dict[str, NamedTask]:
    """The tasks that names of one file say; one that is asked in two ways is two tasks."""
    found = {name: named_task(name) for name in names}
    ways: dict[str, set[str]] = {}
    for named in found.values():
        ways.setdefault(named.task, set()).add(named.asked)
    for name, named in found.items():
        if len(ways[named.task]) > 1:
            stem = name.removesuffix(f"_{named.language}") if named.language else name
            found[name] = named._replace(task=stem)
    return found
