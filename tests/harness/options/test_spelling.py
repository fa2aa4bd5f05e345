"""One spelling for each meaning over all commands, and one meaning for each spelling."""

import argparse
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from harness.engine.source_hash import ROOT
from harness.experiment.profiles import PROFILES
from harness.options.lazy_parser import LazyParser
from harness.options.option_values import ByForm
from harness.options.parser import parser
from ultralink_data.errors import ConfigError


def commands(command: LazyParser | None = None) -> Iterator[LazyParser]:
    """Every command that takes options."""
    command = command or parser()
    groups = [a for a in command.filled()._actions if isinstance(a, argparse._SubParsersAction)]
    if not groups:
        yield command
    for group in groups:
        for inner in group.choices.values():
            yield from commands(inner)


ALL = {command.prog.removeprefix("ultralink-bench "): command for command in commands()}
CHOICE = {"--backend"}
"""Options whose choices differ by what is installed."""


class Use(NamedTuple):
    """An option in one command."""

    command: str
    field: str
    kind: str


def kind(action: argparse.Action) -> str:
    """What is typed after the option."""
    if action.nargs == 0:
        return "nothing"
    shown = str(action.metavar or "choice")
    if action.type is not None and getattr(action.type, "__name__", "") == "Path":
        return "path"
    if re.fullmatch(r"FILE\S*|DIR|OUT", shown):
        return "path"
    return {"en,zh": "languages", "CODE": "languages", "MODE": "choice"}.get(shown, shown)


def uses() -> dict[str, list[Use]]:
    """Every option by its longest spelling."""
    found = defaultdict(list)
    for name, command in ALL.items():
        for action in command._actions:
            if action.option_strings and action.dest != "help":
                field = action.dest.rpartition(".")[2]
                field = "out" if isinstance(action, ByForm) else field
                found[max(action.option_strings, key=len)].append(Use(name, field, kind(action)))
    return found


USES = uses()
SAME = {
    "--dtype": {"dtype", "precision"},
    "--languages": {"languages", "language"},
    "--tasks": {"tasks", "against"},
    "--max-length": {"max_length", "max_tokens"},
    "--processes": {"processes", "workers"},
    "--model": {"model", "settings"},
}
"""Options whose fields are called differently by their owners and mean the same; `run --model M` is
the setting `model.path`."""
APART = {
    "seeds": {"--seeds", "--seed-count"},
    "model": {"--model", "--judge", "--keywords-only"},
    "timeout": {"--timeout", "--request-timeout"},
    "tries": {"--tries", "--request-tries"},
    "threshold": {"--threshold", "--near-similarity"},
    "protocol": {"--protocol", "--judge-protocol"},
    "thinking": {"--thinking", "--reply-thinking"},
    "max_tokens": {"--max-length", "--max-article-tokens"},
    "settings": {"--set", "--model"},
}
"""Fields of one name that mean different things, so that their options are called differently."""


@pytest.mark.parametrize("option", sorted(USES))
def test_a_spelling_means_one_thing(option):
    fields = {use.field for use in USES[option]}
    assert len(fields) == 1 or fields == SAME.get(option), USES[option]


@pytest.mark.parametrize("option", sorted(set(USES) - {"--model", "--dtype"}))
def test_what_follows_a_spelling_is_of_one_kind(option):
    kinds = {use.kind for use in USES[option]}
    assert len(kinds) == 1, USES[option]


def test_a_meaning_has_one_spelling():
    spelled = defaultdict(set)
    for option, listed in USES.items():
        for use in listed:
            opposite = option.replace("--no-", "--")
            spelled[use.field].add(opposite if opposite in USES else option)
    several = {field: options for field, options in spelled.items() if len(options) > 1}
    assert several == APART


def test_a_short_form_stands_for_one_option_everywhere():
    short = defaultdict(set)
    for command in ALL.values():
        for action in command._actions:
            long = [name for name in action.option_strings if name.startswith("--")]
            for name in set(action.option_strings) - set(long):
                short[name].update(long or [name])
    assert short == {"-h": {"--help"}, "-o": {"--out"}, "-k": {"-k"}}


@pytest.mark.parametrize("name", ALL)
def test_out_has_its_short_form(name):
    for action in ALL[name]._actions:
        if "--out" in action.option_strings:
            assert "-o" in action.option_strings


# Former spellings


@pytest.mark.parametrize("name", ALL)
def test_a_former_spelling_is_not_shown_and_stands_for_an_option(name):
    command = ALL[name]
    shown = {option for action in command._actions for option in action.option_strings}
    for old, new in command.renamed.items():
        assert old not in shown
        assert new.split()[0] in shown
        assert not re.search(rf"{old}(?![\w-])", command.format_help())


FORMER = [
    ("data translate r --to es --to hi -o o --model m", "languages", ("es", "hi"), "--to"),
    ("data translate r --to=es -o o --model m", "languages", ("es",), "--to"),
    ("eval --model m --language zh", "languages", ("zh",), "--language"),
    ("grade mgsm f --language zh", "languages", ("zh",), "--language"),
    ("train --dataset d --model m -o o", "data", "d", "--dataset"),
    ("train --data d --model m -o o --plan", "dry_run", True, "--plan"),
    ("regrade runs --write d", "out", "d", "--write"),
    ("tasks fetch --to d", "out", "d", "--to"),
    ("tasks audit humaneval --no-repair", "repairs", (), "--no-repair"),
    ("data diff a b --json d.json", "json", "d.json", "--json"),
    ("data check d --against mgsm", "CheckStep.against", ("mgsm",), "--against"),
    ("data filter r -o o --plain-replies", "FilterConfig.structured", False, "--plain-replies"),
]


@pytest.mark.parametrize(("line", "dest", "value", "old"), FORMER, ids=[row[0] for row in FORMER])
def test_a_former_spelling_still_works_and_says_the_new_one(line, dest, value, old, capsys):
    found = vars(parser().parse_args(line.split()))[dest]
    assert (found if isinstance(value, tuple | bool) else str(found)) == value
    notes = capsys.readouterr().err.splitlines()
    assert notes == [note for note in notes if note.startswith(f"note: {old} is now --")]
    assert notes


def test_the_value_of_an_option_is_no_former_spelling(capsys):
    found = parser().parse_args(["data", "stats", "d", "--title", "to"])
    assert found.title == "to"
    assert capsys.readouterr().err == ""


def test_the_beginning_of_an_option_is_not_taken_for_it():
    with pytest.raises(ConfigError, match="--lang"):
        parser().parse_args(["eval", "--model", "m", "--lang", "en"])


# The page


def listed() -> dict[str, str]:
    """The options that the page explains, and how."""
    page = (ROOT / "docs" / "commands.md").read_text("utf-8").partition("## Options")[2]
    rows = re.findall(r"^\| `(-[^`]*)` \| (.*) \|$", page, re.MULTILINE)
    return {names.split(", ")[-1].split()[0]: text for names, text in rows}


def test_every_option_of_several_groups_is_explained_once_on_the_page():
    groups = defaultdict(set)
    for option, found in USES.items():
        groups[option] = {use.command.split()[0] for use in found}
    shared = {option for option, names in groups.items() if len(names) > 1}
    asking = {
        option for option in shared if {use.field for use in USES[option]} <= _ENDPOINT
    }  # docs/llm_client.md has them
    assert set(listed()) == shared - asking
    assert len(set(listed().values())) == len(listed())


_ENDPOINT = {
    "base_url", "key_variable", "concurrency", "timeout", "tries", "backoff", "price_in",
    "price_out", "max_cost", "extra_body", "never_send", "thinking", "batch",
}  # fmt: skip


@pytest.mark.parametrize("name", ALL)
def test_every_option_says_what_it_is(name):
    silent = [a.option_strings or a.dest for a in ALL[name]._actions if not a.help]
    assert not silent


def test_the_help_of_the_scale_names_every_profile():
    for command in ("run", "blame"):
        (profile,) = (a for a in ALL[command]._actions if a.dest == "profile")
        words = re.findall(r"[\w-]+", profile.help.partition("(")[0])
        assert set(PROFILES) <= set(words)
