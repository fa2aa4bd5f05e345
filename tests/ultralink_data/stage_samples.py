"""A stage whose outcomes are known, for tests."""

import asyncio
import random
from pathlib import Path

import msgspec

from ultralink_data.documents import Page
from ultralink_data.stage.outcome import (
    Outcome,
    Rejected,
    Spent,
    Stage,
    stage_paths,
)

STAGE = Stage(name="test", config="{}", inputs=("abc",))


def pages(count: int = 20) -> list[Page]:
    return [
        Page(id=f"es:{n}", language="es", title=f"T{n}", revision=None, text="x" * n)
        for n in range(count)
    ]


def work(page: Page) -> Outcome[Page]:
    """Odd pages are rejected, every fifth gives two rows."""
    number = int(page.id[3:])
    if number % 2:
        return Outcome(
            rejected=Rejected(id=page.id, language="es", reason="odd", detail=f"{number}"),
            failed_checks=("parity",),
        )
    copies = 2 if number % 5 == 0 else 1
    return Outcome(accepted=(page,) * copies, spent=Spent(replies=1, prompt_tokens=number))


async def slow_work(page: Page) -> Outcome[Page]:
    await asyncio.sleep(random.random() / 100)
    return work(page)


def contents(out: Path) -> list[bytes]:
    return [path.read_bytes() for path in stage_paths(out)[:3]]


def rows(path: Path, kind: type) -> list:
    return [msgspec.json.decode(line, type=kind) for line in path.read_bytes().splitlines()]
