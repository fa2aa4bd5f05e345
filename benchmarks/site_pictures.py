"""Pictures of the leaderboard's site, for the README and to be looked at.

    python benchmarks/site_pictures.py FOLDER [--runs runs] [--all]

Builds the site of a store and photographs it in Chromium, from disk: the top of the newest
experiment's page as `experiment.png` and the ranking as `ranking.png`, in light colours, 1,200
pixels wide. With --all every kind of page too, light and dark, 1,280 and 390 pixels wide. Exit code
1 if a page writes to the console or is wider than its window. The pictures in `docs/images` are of
`run --ablation prune --noise-floor`.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from leaderboard.collection import Collection, load  # noqa: E402
from leaderboard.site.build_site import build  # noqa: E402

CHROMIUM: Final = "/usr/bin/chromium"
ARGUMENTS: Final = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"]
COLOURS: Final = 255
"""Of a picture that is stored: text stays sharp, and the file small."""


def main() -> int:
    """Take the pictures; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    parser.add_argument("--all", action="store_true")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    collection = load(arguments.runs)
    with tempfile.TemporaryDirectory() as scratch:
        site = build(collection, Path(scratch) / "site").folder
        faults = photograph(site, collection, arguments.folder, everything=arguments.all)
    for fault in faults:
        print(fault)
    return 1 if faults else 0


def photograph(site: Path, collection: Collection, folder: Path, *, everything: bool) -> list[str]:
    """Write the pictures; returns what is wrong with a page."""
    from playwright.sync_api import sync_playwright

    faults: list[str] = []
    ranking = "index.html#origin=own&task=starter_math"
    pictures = [("ranking", ranking, "light", 1200, 640)]
    if collection.reports:
        path = f"experiments/{collection.reports[-1].key}.html"
        pictures.append(("experiment", path, "light", 1200, 640))
    if everything:
        for scheme in ("light", "dark"):
            for wide in (1280, 390):
                for name, path in pages(collection).items():
                    pictures.append((f"{name}-{scheme}-{wide}", path, scheme, wide, 1000))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for name, path, scheme, wide, high in pictures:
            window: dict[str, Any] = {"width": wide, "height": high}
            page = browser.new_page(viewport=window, color_scheme=scheme)
            page.on("console", lambda message, name=name: faults.append(f"{name}: {message.text}"))
            page.on("pageerror", lambda error, name=name: faults.append(f"{name}: {error}"))
            page.goto(f"{site.resolve().as_uri()}/{path}")
            page.wait_for_timeout(300)
            across = page.evaluate("document.documentElement.scrollWidth")
            if across > wide:
                faults.append(f"{name}: {across} pixels wide in a window of {wide}")
            page.screenshot(path=folder / f"{name}.png")
            fewer_colours(folder / f"{name}.png")
            page.close()
        browser.close()
    return faults


def pages(collection: Collection) -> dict[str, str]:
    """A page of each kind."""
    found = {
        "ranking": "index.html",
        "experiments": "experiments/index.html",
        "runs": "runs/index.html",
        "samples": "samples.html",
        "pairs": "matrix.html",
    }
    if collection.reports:
        found["experiment"] = f"experiments/{collection.reports[-1].key}.html"
    if collection.runs:
        found["run"] = f"runs/{collection.runs[-1].key}.html"
    return found


def fewer_colours(path: Path) -> None:
    """Write a picture again with few colours."""
    from PIL import Image

    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
