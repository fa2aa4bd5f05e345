"""Clean text by four parsers: token F1 on gold text, markup left, characters kept, CPU time.

    python benchmarks/wikitext_parsers.py FRAGMENTS [--python VENV/bin/python]

FRAGMENTS is a folder of real dump fragments (`eswiki_NAME.xml.bz2` ...). Gold is that of
`tests/cases/wikitext_gold.json`. Compared are ours, mwparserfromhell's own `strip_code`, and, where
`--python` names an interpreter that has them, WikiExtractor's cleaner (AGPL) and wikitextparser
(GPL): both run in a process of their own, for comparison only. Chinese output of each is made
simplified before it is scored.
"""

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ultralink_data.wiki.dump import Dump, RawPage  # noqa: E402
from ultralink_data.wiki.text_score import f1, markup  # noqa: E402
from ultralink_data.wiki.wikitext import clean, convert_chinese  # noqa: E402

WIKIEXTRACTOR = """
from wikiextractor.extract import Extractor
def clean(text):
    made = Extractor(0, "", "", "", [])
    return "\\n".join(made.clean_text(text, expand_templates=False, html_safe=False))
"""
WIKITEXTPARSER = """
import wikitextparser
def clean(text):
    return wikitextparser.parse(text).plain_text()
"""
ELSEWHERE = """
import json, sys, time
texts = json.load(sys.stdin)
clean(texts[0])
start = time.process_time()
made = [clean(text) for text in texts]
json.dump({"seconds": time.process_time() - start, "texts": made}, sys.stdout)
"""


class Work(NamedTuple):
    """A text to clean, and the language of its Wikipedia."""

    language: str
    source: str


class Made(NamedTuple):
    """What a parser made of all texts."""

    texts: list[str]
    seconds: float


def stripped(work: Work) -> str:
    """By mwparserfromhell alone."""
    import mwparserfromhell

    return str(mwparserfromhell.parse(work.source).strip_code())


def ours(work: Work) -> str:
    """By `ultralink_data.wiki.wikitext`."""
    conversion = "t2s" if work.language == "zh" else None
    return clean(work.source, language=work.language, chinese_conversion=conversion)


def here(parse: Callable[[Work], str], texts: list[Work]) -> Made:
    """Run a parser in this process."""
    parse(texts[0])
    start = time.process_time()
    made = [parse(work) for work in texts]
    return Made(made, time.process_time() - start)


def elsewhere(python: Path | None, script: str, texts: list[Work]) -> Made | str:
    """Run a parser under another interpreter; why not, where it is not there."""
    if python is None:
        return "no --python"
    done = subprocess.run(
        [python, "-c", script + ELSEWHERE],
        input=json.dumps([work.source for work in texts]),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        return done.stderr.strip().splitlines()[-1]
    said = json.loads(done.stdout)
    return Made(said["texts"], said["seconds"])


def articles(fragments: Path) -> list[RawPage]:
    """All articles of the fragments in their own language."""
    pages = []
    for file in sorted(fragments.glob("*wiki_*.xml*")):
        for page in Dump(file, file.name[:2]).pages():
            foreign = page.language == "ar" and page.title.isascii()
            if not (page.namespace or page.redirect or page.cut or foreign):
                pages.append(page)
    return pages


def gold(fragments: Path) -> list[tuple[Work, str]]:
    """The stretches that have gold text, with it."""
    rows = json.loads((ROOT / "tests" / "cases" / "wikitext_gold.json").read_text("utf-8"))
    found = []
    for row in rows["pages"]:
        dump = Dump(fragments / row["file"], row["language"])
        source = next(page.text for page in dump.pages() if page.title == row["title"])
        parts = []
        for part in row["ranges"]:
            start = source.index(part["from"])
            parts.append(source[start : source.index(part["to"], start) + len(part["to"])])
        found.append((Work(row["language"], "\n\n".join(parts)), row["gold"]))
    return found


def simplified(text: str, language: str) -> str:
    """The text as it is scored."""
    return convert_chinese(text, "t2s" if language == "zh" else None)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("fragments", type=Path)
    parser.add_argument(
        "--python", type=Path, help="interpreter with wikiextractor, wikitextparser"
    )
    arguments = parser.parse_args()
    golden = gold(arguments.fragments)
    pages = [Work(page.language, page.text) for page in articles(arguments.fragments)]
    texts = [work for work, _ in golden] + pages
    results: dict[str, Made | str] = {
        "ours": here(ours, texts),
        "mwparserfromhell strip_code": here(stripped, texts),
        "WikiExtractor's cleaner": elsewhere(arguments.python, WIKIEXTRACTOR, texts),
        "wikitextparser plain_text": elsewhere(arguments.python, WIKITEXTPARSER, texts),
    }
    report(results, golden, pages)


def report(
    results: dict[str, Made | str], golden: list[tuple[Work, str]], pages: list[Work]
) -> None:
    """Print the table, and the kinds of markup that each left."""
    size = sum(len(work.source) for work in pages)
    table = Table(title=f"{len(golden)} gold texts; {len(pages)} articles, {size:,} characters")
    languages = list(dict.fromkeys(work.language for work, _ in golden))
    columns = ("parser", *languages, "F1", "worst", "markup in gold", "in articles", "kept", "CPU")
    for column in columns:
        table.add_column(column)
    console = Console(width=150)
    base = results["ours"]
    assert isinstance(base, Made)
    for name, made in results.items():
        if isinstance(made, str):
            console.print(f"{name}: skipped: {made}")
            continue
        scores: dict[str, list[float]] = {language: [] for language in languages}
        left: Counter[str] = Counter()
        for (work, wanted), text in zip(golden, made.texts, strict=False):
            chinese = work.language == "zh"
            said = simplified(text, work.language)
            wanted = simplified(wanted, work.language)
            scores[work.language].append(f1(said, wanted, characters=chinese))
            left += markup(said)
        in_pages: Counter[str] = Counter()
        for text in made.texts[len(golden) :]:
            in_pages += markup(text)
        every = [score for one in scores.values() for score in one]
        kept = sum(len("".join(text.split())) for text in made.texts[len(golden) :])
        table.add_row(
            name,
            *(f"{sum(one) / len(one):.3f}" for one in scores.values()),
            f"{sum(every) / len(every):.4f}",
            f"{min(every):.3f}",
            str(left.total()),
            str(in_pages.total()),
            f"{kept:,}",
            f"{made.seconds / base.seconds:.2f}",
        )
        console.print(f"{name} left in articles: {dict(in_pages.most_common())}")
    console.print(table)


if __name__ == "__main__":
    main()
