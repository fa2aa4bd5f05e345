"""Memory of a stage that asks a model for many rows, through the client, the cache and the journal.

    python benchmarks/llm_memory.py [--rows 100000] [--in-flight 256] [--limit-mb 400]

A server in a process of its own answers at once. Every row has a text of 8 kB of its own, as a
passage of 2,000 tokens has, and its reply becomes the row that is written. Shown are this
process's resident memory after each tenth of the rows, its peak, and how many rows were made and
not done at a time; the script fails where the peak passes the limit.
"""

import argparse
import asyncio
import resource
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.loopback_chat import running  # noqa: E402
from ultralink_data.llm.cache import ReplyCache  # noqa: E402
from ultralink_data.llm.client import ChatRequest, Client, Endpoint, Message  # noqa: E402
from ultralink_data.stage.drive import run_asking  # noqa: E402
from ultralink_data.stage.outcome import BuildingStage, RowOutcome, StageManifest  # noqa: E402

TEXT = "The river rises in the hills and is cold in winter and warm in the summer. " * 107


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the input or of the output."""

    id: str
    language: str
    text: str


def resident_mb() -> float:
    """Resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


class Counted:
    """Rows as they are made, with the most that were made and not done."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.made = self.done = self.most = 0
        self.memory: list[tuple[int, float]] = []

    def rows(self) -> Iterator[Row]:
        """The input, made row by row."""
        for n in range(self.total):
            self.made += 1
            self.most = max(self.most, self.made - self.done)
            yield Row(id=str(n), language="en", text=f"{n}: {TEXT}")

    def advance(self, done: int, _: int) -> None:
        """Note what is done, and the memory at each tenth."""
        self.done = done
        if done and done % (self.total // 10) == 0:
            self.memory.append((done, resident_mb()))


async def run(url: str, folder: Path, counted: Counted, in_flight: int) -> StageManifest:
    """The stage."""
    endpoint = Endpoint(base_url=url, model="m", concurrency=in_flight)
    with ReplyCache(folder / "replies.sqlite") as cache:
        async with Client(endpoint, cache) as client:

            async def work(row: Row) -> RowOutcome[Row]:
                messages = (Message(role="user", content=row.text),)
                request = ChatRequest(item=row.id, messages=messages, max_tokens=200)
                reply = await client.ask(request)
                return RowOutcome(accepted=(Row(id=row.id, language="en", text=reply.text),))

            stage = BuildingStage(name="memory", config="{}", inputs=())
            out = folder / "out.jsonl"
            return await run_asking(
                counted.rows, work, out, stage, concurrency=in_flight, advance=counted.advance
            )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000, metavar="N")
    parser.add_argument("--in-flight", type=int, default=256, metavar="N")
    parser.add_argument("--limit-mb", type=float, default=400.0, metavar="MB")
    options = parser.parse_args()
    counted = Counted(options.rows)
    with running(0.0) as url, tempfile.TemporaryDirectory() as folder:
        manifest = asyncio.run(run(url, Path(folder), counted, options.in_flight))
    assert manifest.accepted == options.rows
    table = Table(title=f"{options.rows:,} rows, {options.in_flight} in flight")
    table.add_column("rows done", justify="right")
    table.add_column("resident MB", justify="right")
    for done, memory in counted.memory:
        table.add_row(f"{done:,}", f"{memory:.0f}")
    console = Console()
    console.print(table)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    console.print(f"peak {peak:.0f} MB; most rows made and not done: {counted.most}")
    sys.exit(peak > options.limit_mb)


if __name__ == "__main__":
    main()
