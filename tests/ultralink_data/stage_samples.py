"""A stage whose outcomes are known, for tests."""

import asyncio
import random
from pathlib import Path

import msgspec

from ultralink_data.documents import Page
from ultralink_data.stage.outcome import (
    BuildingStage,
    Rejected,
    RowOutcome,
    Spent,
    stage_paths,
)

STAGE = BuildingStage(name="test", config="{}", inputs=("abc",))


def pages(count: int = 20) -> list[Page]:
    return [
        Page(id=f"es:{n}", language="es", title=f"T{n}", revision=None, text="x" * n)
        for n in range(count)
    ]


def work(page: Page) -> RowOutcome[Page]:
    """Odd pages are rejected, every fifth gives two rows."""
    number = int(page.id[3:])
    if number % 2:
        return RowOutcome(
            rejected=Rejected(id=page.id, language="es", reason="odd", detail=f"{number}"),
            failed_checks=("parity",),
        )
    copies = 2 if number % 5 == 0 else 1
    return RowOutcome(accepted=(page,) * copies, spent=Spent(replies=1, prompt_tokens=number))


async def slow_work(page: Page) -> RowOutcome[Page]:
    await asyncio.sleep(random.random() / 100)
    return work(page)


def contents(out: Path) -> list[bytes]:
    return [path.read_bytes() for path in stage_paths(out)[:3]]


def rows(path: Path, kind: type) -> list:
    return [msgspec.json.decode(line, type=kind) for line in path.read_bytes().splitlines()]
