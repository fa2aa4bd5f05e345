"""Our client of language models beside a bare `AsyncOpenAI` loop and a pool of threads.

    python benchmarks/llm_client.py [--in-flight 64 256 1024] [-n 5] [--latency 0.2]

A server in a process of its own answers each request after the latency. Three sides ask it:
ours (replies on disk, retries, budget, usage), a loop over `AsyncOpenAI` with the same limits of
connections and none of that, with either transport of the openai package, and 32 threads with the
blocking client. Every round runs all sides, in an order that turns by one each round; shown are
medians of the ratios within a round. CPU seconds stand beside wall seconds, since on a machine
where other work runs the former hardly change.
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import httpx2  # noqa: E402
from openai import AsyncOpenAI, DefaultAioHttpClient, DefaultAsyncHttpxClient, OpenAI  # noqa: E402

from benchmarks.loopback_chat import running  # noqa: E402
from ultralink_data.llm.cache import ReplyCache  # noqa: E402
from ultralink_data.llm.client import ChatRequest, Client, Endpoint, Message  # noqa: E402

THREADS = 32
PROMPT = "What do people who live near the river say about its water in the summer? " * 10
OURS, AIOHTTP, HTTPX, POOL = "ours", "bare, aiohttp", "bare, httpx", f"{THREADS} threads"


class Taken(NamedTuple):
    """What a side took for one request, in seconds."""

    wall: float
    cpu: float


def arguments(number: int) -> dict[str, Any]:
    """Of `chat.completions.create`; the same request on all sides."""
    messages = [{"role": "user", "content": f"{number}: {PROMPT}"}]
    return {"model": "m", "messages": messages, "temperature": 0.0, "max_tokens": 200}


async def ours(url: str, in_flight: int, requests: int) -> None:
    """Our client, with all that it does."""
    endpoint = Endpoint(
        base_url=url, model="m", concurrency=in_flight, price_in=1.0, price_out=1.0, max_cost=1e6
    )
    numbers = iter(range(requests))
    with tempfile.TemporaryDirectory() as folder, ReplyCache(Path(folder) / "r.sqlite") as cache:
        async with Client(endpoint, cache) as client:

            async def work() -> None:
                for number in numbers:
                    message = Message(role="user", content=f"{number}: {PROMPT}")
                    request = ChatRequest(item=str(number), messages=(message,), max_tokens=200)
                    assert (await client.ask(request)).text

            await asyncio.gather(*(work() for _ in range(in_flight)))
            assert client.usage.requests == requests
            assert client.usage.cost


async def bare(url: str, in_flight: int, requests: int, http: type[httpx2.AsyncClient]) -> None:
    """The loop that one writes without a client of one's own."""
    limits = httpx2.Limits(max_connections=in_flight, max_keepalive_connections=in_flight)
    numbers = iter(range(requests))
    async with AsyncOpenAI(
        api_key="k", base_url=url, timeout=60.0, max_retries=0, http_client=http(limits=limits)
    ) as client:

        async def work() -> None:
            for number in numbers:
                made = await client.chat.completions.create(**arguments(number))
                assert made.choices[0].message.content

        await asyncio.gather(*(work() for _ in range(in_flight)))


def pool(url: str, requests: int) -> None:
    """The blocking client in threads."""
    with OpenAI(api_key="k", base_url=url, max_retries=0) as client:

        def ask(number: int) -> None:
            assert client.chat.completions.create(**arguments(number)).choices[0].message.content

        with ThreadPoolExecutor(THREADS) as threads:
            list(threads.map(ask, range(requests)))


def taken(run: Callable[[], object], requests: int) -> Taken:
    """Seconds for each request."""
    cpu, wall = time.process_time(), time.perf_counter()
    run()
    ended = time.perf_counter()
    return Taken((ended - wall) / requests, (time.process_time() - cpu) / requests)


def sides(url: str, in_flight: int, requests: int) -> dict[str, Callable[[], Taken]]:
    """What runs, by name. The pool gets fewer requests: it is the slowest by far."""
    few = min(requests, 20 * THREADS)
    aiohttp, httpx = DefaultAioHttpClient, DefaultAsyncHttpxClient
    return {
        OURS: lambda: taken(lambda: asyncio.run(ours(url, in_flight, requests)), requests),
        AIOHTTP: lambda: taken(
            lambda: asyncio.run(bare(url, in_flight, requests, aiohttp)), requests
        ),
        HTTPX: lambda: taken(lambda: asyncio.run(bare(url, in_flight, requests, httpx)), requests),
        POOL: lambda: taken(lambda: pool(url, few), few),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--in-flight", type=int, nargs="+", default=[64, 256, 1024], metavar="N")
    parser.add_argument("-n", type=int, default=5, metavar="N", help="rounds")
    parser.add_argument("--latency", type=float, default=0.2, metavar="SECONDS")
    options = parser.parse_args()
    console = Console()
    with running(options.latency) as url:
        for in_flight in options.in_flight:
            table = Table(
                title=f"{in_flight} in flight, {options.n} rounds, {os.cpu_count()} cores"
            )
            for column in ("side", "requests/s", "ours, throughput", "ours, CPU"):
                table.add_column(column, justify="left" if column == "side" else "right")
            requests = max(1280, 2 * in_flight)
            todo = sides(url, in_flight, requests)
            asyncio.run(ours(url, in_flight, in_flight))  # imports, bytecode
            rounds = []
            for n in range(options.n):
                names = list(todo)[n % len(todo) :] + list(todo)[: n % len(todo)]
                rounds.append({name: todo[name]() for name in names})
            for name in todo:
                rate = statistics.median(1 / r[name].wall for r in rounds)
                wall = statistics.median(r[name].wall / r[OURS].wall for r in rounds)
                cpu = statistics.median(r[OURS].cpu / r[name].cpu for r in rounds)
                each = f"{1000 * statistics.median(r[name].cpu for r in rounds):.2f}"
                table.add_row(name, f"{rate:.0f}", f"{wall:.2f} times", each, f"{cpu:.2f} of it")
            console.print(table)


if __name__ == "__main__":
    main()
