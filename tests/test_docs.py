"""The pages: their relative links lead somewhere, and their commands are ones that exist."""

import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest

from harness.options.parser import parser
from harness.statistics.verdict import Verdict

ROOT = Path(__file__).resolve().parents[1]
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]*))?\)")
COMMAND = re.compile(r"(?:^|`)(?:\.venv/bin/)?ultralink-bench ([a-z][^`\n]*)", re.MULTILINE)
# Left out are patterns, pipelines, and a command that its sentence breaks off.
USES = [
    pytest.param(words, id=f"{page.name}-{words[:60]}")
    for page in PAGES
    if page.name not in ("log.md", "CHANGELOG.md")  # what was true at the time
    for words in dict.fromkeys(COMMAND.findall(re.sub(r"\\\n\s*", "", page.read_text("utf-8"))))
    if "..." not in words and not re.search(r"[|;&<>]|--help|--ablation$", words)
]


def anchors(page: Path) -> set[str]:
    """Names that GitHub gives to the headings of a page."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", text.lower()).strip().replace(" ", "-") for text in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_lead_somewhere(page):
    for target, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        path = page.parent / target if target else page
        assert path.exists(), target
        assert not anchor or anchor in anchors(path), f"{target}#{anchor}"


def test_many_commands_are_found():
    assert len(USES) > 50


@pytest.mark.parametrize("words", USES)
def test_commands_of_the_pages_are_accepted(words):
    line = shlex.split(words.split(" #")[0])
    assert parser().parse_args(line)


def commands(*group: str) -> list[str]:
    """The commands that a group's help lists."""
    capture = io.StringIO()
    with contextlib.redirect_stdout(capture), pytest.raises(SystemExit):
        parser().parse_args([*group, "--help"])
    listed = capture.getvalue().partition("COMMAND\n")[2]
    return [" ".join((*group, name)) for name in re.findall(r"^    ([a-z_-]+)\b", listed, re.M)]


GROUPS = ("data", "tasks", "store", "leaderboard", "samples")
COMMANDS = [name for name in commands() if name not in (*GROUPS, "grade")]
COMMANDS += [name for group in GROUPS for name in commands(group)]


def test_the_commands_of_the_help_are_found():
    assert {"run", "data translate", "tasks show", "store gc"} <= set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_line_on_its_page(name):
    assert f"ultralink-bench {name}" in (ROOT / "docs" / "commands.md").read_text("utf-8")


@pytest.mark.parametrize("word", [verdict.value for verdict in Verdict])
def test_every_word_of_a_verdict_is_explained(word):
    page = (ROOT / "docs" / "tables.md").read_text("utf-8")
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    assert any(f"`{word}`" in row for row in rows)
