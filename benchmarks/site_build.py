"""The leaderboard's site on many samples: time, memory, sizes, and a filter in Chromium.

    python benchmarks/site_build.py [--runs 40] [--rounds 5] [--inspect PYTHON] [--folder DIR]

A made-up store of 2,500 samples a run (`site_store.py`). In turn, each in a process of its own:

- `json`: every line of every sample file through the standard library's `json.loads`;
- `site`: records loaded and all pages and shards written;
- `bundle`: `inspect view bundle` of the same samples, which inspect's own API wrote as `.eval`
  logs before (`site_inspect.py`); only with --inspect, an interpreter that has inspect-ai.

Memory is the most that is resident (VmHWM), of a quarter of the runs and of all. In Chromium, from
disk: from a change of a filter to the second frame after it, beside a page that does nothing but
set a line of text when its input changes. Bounds: site within twice the time of json, memory of all
within 1.15 of that of a quarter, a first page of 200 kB, a filter within 100 ms of the page that
does nothing, and faster and smaller than the bundle. Exit code 1 where one is passed. Linux only.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import site_store  # noqa: E402

CHROMIUM: Final = "/usr/bin/chromium"
ARGUMENTS: Final = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"]

FRAMES: Final = """([selector, value, kind]) => new Promise((resolve) => {
  const element = document.querySelector(selector);
  const start = performance.now();
  if (kind === "checkbox") { element.checked = value; } else { element.value = value; }
  element.dispatchEvent(new Event("input", {bubbles: true}));
  const then = (left) => left ? requestAnimationFrame(() => then(left - 1))
                              : setTimeout(() => resolve(performance.now() - start));
  setTimeout(() => then(2));
})"""
"""Milliseconds from an event to the second frame after the handlers, which are delayed by none."""

NOT_FILTERS: Final = (
    "first page can be used",
    "index loaded",
    "no-op page",
    "search of all texts",
)

STATUS: Final = "document.getElementById('status').textContent"

NO_OP: Final = (
    '<!doctype html><meta charset="utf-8"><title>no-op</title><input id="x"><p id="y"></p>'
    '<script src="noop.js"></script>'
)
NO_OP_SCRIPT: Final = (
    'document.getElementById("x").addEventListener("input", () => setTimeout(() => {'
    'document.getElementById("y").textContent = String(performance.now()); }));'
)


def read_json(store: Path) -> None:
    """Read every sample as the standard library does."""
    for path in store.glob("reports/*/records/*/samples/*.jsonl"):
        with path.open(encoding="utf-8") as file:
            for line in file:
                json.loads(line)


def build_site(store: Path, site: Path) -> None:
    """Load the records and write the whole site."""
    from leaderboard.collection import load
    from leaderboard.site.build_site import build

    build(load(store), site)


def child(work: str, *paths: Path) -> dict[str, float]:
    """Seconds of the work alone (imports aside), of the process, and its peak memory in MB."""
    command = [sys.executable, __file__, "--child", work, *map(str, paths)]
    begun = time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found | {"process": time.perf_counter() - begun}


def run_child(work: str, paths: list[str]) -> None:
    """What `child` starts."""
    import leaderboard.site.build_site  # noqa: F401  not part of the work

    tasks: dict[str, Callable[..., None]] = {"json": read_json, "site": build_site}
    start = time.process_time()
    begun = time.perf_counter()
    tasks[work](*map(Path, paths))
    seconds = time.perf_counter() - begun
    status = Path("/proc/self/status").read_text()
    peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    cpu = time.process_time() - start
    print(json.dumps({"seconds": seconds, "cpu": cpu, "peak": peak}))


def size_of(folder: Path) -> float:
    """Megabytes of all files of a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def first_page(site: Path, page: str) -> float:
    """Kilobytes of a page, what it loads, and of the shard that says what there is."""
    text = (site / page).read_text()
    names = [part.partition('"')[0] for part in text.split('"assets/')[1:]]
    files = [site / page, *(site / "assets" / name for name in names)]
    if page == "samples.html":
        files.append(site / "data" / "samples.js")
    return sum(path.stat().st_size for path in files) / 1e3


def bundle(python: Path, store: Path, folder: Path, rounds: int) -> tuple[list[float], Path]:
    """Seconds of `inspect view bundle`, and the last bundle."""
    logs = folder / "logs"
    script = ROOT / "benchmarks" / "site_inspect.py"
    subprocess.run([python, script, store, logs], check=True, capture_output=True)
    seconds = []
    out = folder / "bundle"
    for _ in range(rounds):
        command = [python.parent / "inspect", "view", "bundle", "--log-dir", logs]
        begun = time.perf_counter()
        done = [*command, "--output-dir", out, "--overwrite"]
        subprocess.run(done, check=True, capture_output=True)
        seconds.append(time.perf_counter() - begun)
    return seconds, out


def in_chromium(site: Path, folder: Path, rounds: int) -> dict[str, list[float]]:
    """Milliseconds of filters and of the page that does nothing, in turn."""
    from playwright.sync_api import sync_playwright

    (folder / "noop.html").write_text(NO_OP)
    (folder / "noop.js").write_text(NO_OP_SCRIPT)
    run = "document.querySelectorAll('#filter-run option')[{}].value"
    times: dict[str, list[float]] = {}

    def note(name: str, milliseconds: Any) -> None:
        times.setdefault(name, []).append(milliseconds)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        idle, page = browser.new_page(), browser.new_page()
        idle.goto(f"file://{folder}/noop.html")
        begun = time.perf_counter()
        page.goto(f"file://{site}/samples.html")
        page.wait_for_selector("#filter-run option:nth-child(2)", state="attached")
        note("first page can be used", 1000 * (time.perf_counter() - begun))
        page.wait_for_selector("html[data-ready]", timeout=120_000)
        note("index loaded", 1000 * (time.perf_counter() - begun))
        first, second = (page.evaluate(run.format(number)) for number in (1, 2))
        for number in range(rounds):
            idle.bring_to_front()
            note("no-op page", idle.evaluate(FRAMES, ["#x", str(number), ""]))
            page.bring_to_front()
            for name, selector, value, kind in (
                ("outcome", "#filter-outcome", "wrong", ""),
                ("language", "#filter-language", "zh", ""),
                ("problem", "#filter-problem", f"{number}", ""),
                ("characters", "#filter-length", "100..600", ""),
                ("order", "#filter-order", "longest", ""),
                ("no language", "#filter-language", "", ""),
                ("no outcome", "#filter-outcome", "", ""),
                ("run", "#filter-run", first, ""),
                ("beside run", "#filter-with", second, ""),
                ("only where they differ", "#filter-differ", True, "checkbox"),
                ("all runs", "#filter-run", "", ""),
            ):
                note(name, page.evaluate(FRAMES, [selector, value, kind]))
            page.click("#filters-off")
        page.fill("#filter-text", "a text that no sample has")
        begun = time.perf_counter()
        page.wait_for_function(f"() => /^0 .*text$/.test({STATUS})", timeout=300_000)
        note("search of all texts", 1000 * (time.perf_counter() - begun))
        browser.close()
    return times


def main() -> None:
    """Measure, print, and say which bounds are passed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--inspect", type=Path, metavar="PYTHON")
    parser.add_argument("--folder", type=Path, help="where there is room; the system's by default")
    parser.add_argument("--child", nargs="+", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        run_child(given.child[0], given.child[1:])
        return
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        passed = measure(Path(name), given.runs, given.rounds, given.inspect)
    for text in passed:
        print(f"PASSED: {text}")
    sys.exit(bool(passed))


def measure(folder: Path, runs: int, rounds: int, inspect: Path | None) -> list[str]:
    """All measurements; gives the bounds that are passed."""
    store, quarter, site = folder / "runs", folder / "quarter", folder / "site"
    samples = site_store.write_store(store, runs)
    site_store.write_store(quarter, runs // 4)
    print(f"{samples:,} samples of {runs} runs, {size_of(store):.0f} MB")
    passed = []

    def bound(text: str, holds: bool) -> None:
        print(text)
        if not holds:
            passed.append(text)

    ours, theirs = [], []
    for _ in range(rounds):
        theirs.append(child("json", store))
        ours.append(child("site", store, site))
    for unit in ("seconds", "cpu"):
        ratios = [a[unit] / b[unit] for a, b in zip(ours, theirs, strict=True)]
        text = f"site / json, {unit}: {', '.join(f'{r:.2f}' for r in ratios)}"
        middle = statistics.median(ratios)
        bound(f"{text}; median {middle:.2f} of 2", middle <= 2 or unit == "cpu")
    small = child("site", quarter, folder / "small")
    grown = ours[-1]["peak"] / small["peak"]
    bound(
        f"peak memory {small['peak']:.0f} MB of {samples // 4:,} samples, "
        f"{ours[-1]['peak']:.0f} MB of {samples:,}: {grown:.2f} of 1.15",
        grown <= 1.15,
    )
    for page in ("index.html", "samples.html"):
        bound(f"{page}: {first_page(site, page):.0f} kB of 200", first_page(site, page) < 200)
    print(f"site: {size_of(site):.0f} MB")
    passed += _filters(site, folder, rounds)
    if inspect is None:
        print("inspect view bundle: not measured, as no --inspect PYTHON was given")
        return passed
    seconds, out = bundle(inspect, store, folder, rounds)
    wall = statistics.median(one["process"] for one in ours)
    faster = wall / statistics.median(seconds)
    bound(f"site / bundle, seconds of the whole process: {faster:.2f} of 1", faster < 1)
    smaller = size_of(site) / size_of(out)
    bound(f"site / bundle, bytes: {smaller:.2f} of 1 ({size_of(out):.0f} MB)", smaller < 1)
    return passed


def _filters(site: Path, folder: Path, rounds: int) -> list[str]:
    if not Path(CHROMIUM).is_file():
        print(f"filters: not measured, as there is no {CHROMIUM}")
        return []
    times = in_chromium(site, folder, rounds)
    idle = statistics.median(times["no-op page"])
    passed = []
    for name, taken in times.items():
        middle = statistics.median(taken)
        once = name in NOT_FILTERS
        more = "" if once else f", {middle - idle:.0f} more than no-op of 100"
        text = f"{name}: {middle:.0f} ms{more}"
        print(text)
        if not once and middle - idle > 100:
            passed.append(text)
    return passed


if __name__ == "__main__":
    main()
