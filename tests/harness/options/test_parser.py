"""The whole command line: every option that ever was, every field of every config, light help."""

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any, Literal, get_args, get_origin

import msgspec
import pytest

from harness import cli
from harness.building.check_step import CheckStep
from harness.building.recipe_parts import Articles, Recipe
from harness.engine.source_hash import ROOT
from harness.experiment import profiles
from harness.experiment.config import ExperimentConfig
from harness.options import defaults
from harness.options.config_fields import config_fields, field_texts, without_none
from harness.options.config_options import config_from
from harness.options.endpoint_options import endpoint
from harness.options.lazy_parser import LazyParser
from harness.options.parser import parser
from harness.options.settings import apply_settings
from harness.statistics.diversity_config import DiversityConfig
from harness.statistics.verdict import ScoreMargins
from tasks import index
from tasks.eval_config import EvalConfig
from tasks.grading.program_config import ProgramConfig
from tasks.judging.judge_config import JudgeConfig
from tasks.sampling import Sampling
from train.train_config import TrainConfig
from ultralink_data import languages
from ultralink_data.checking.check_config import CheckConfig, CheckLimits
from ultralink_data.culture.filter_config import FilterConfig
from ultralink_data.grounding.ground_config import GroundConfig
from ultralink_data.llm.endpoint import IN_BATCHES, Endpoint, EndpointIdentity
from ultralink_data.stage.asking_config import Asking
from ultralink_data.starter.starter_config import StarterConfig
from ultralink_data.translation.meaning_config import MeaningConfig
from ultralink_data.translation.quality_config import QualityConfig
from ultralink_data.translation.translate_config import TranslateConfig
from ultralink_data.whole.prune_config import PruneStep
from ultralink_data.wiki.extract_config import ExtractConfig

KNOWN = json.loads((ROOT / "tests/cases/options.json").read_text())
"""Command to the names of its options and arguments, as they were when written by hand."""

HEAVY = frozenset(
    [
        "torch",
        "transformers",
        "pandas",
        "openai",
        "rich",
        "numpy",
        "scipy",
        "lm_eval",
        "httpx",
        "asyncio",
        "sqlite3",
        "multiprocessing",
        "harness.building.recipe",
        "tasks.registry",
        "ultralink_data.languages",
    ]
)


def leaves(
    command: LazyParser | None = None, name: tuple[str, ...] = ()
) -> Iterator[tuple[str, LazyParser]]:
    """Every command that takes options, by its name."""
    command = command or parser()
    groups = [a for a in command.filled()._actions if isinstance(a, argparse._SubParsersAction)]
    if not groups:
        yield " ".join(name), command
    for group in groups:
        for word, inner in group.choices.items():
            yield from leaves(inner, (*name, word))


COMMANDS = dict(leaves())


def parsed(*words: str) -> argparse.Namespace:
    return parser().parse_args(words)


@pytest.mark.parametrize("command", KNOWN)
def test_every_option_that_was_typed_by_hand_is_there_still(command: str) -> None:
    actions = COMMANDS[command]._actions
    names = {name for a in actions for name in a.option_strings or (a.dest,)}
    assert set(KNOWN[command]) - names - set(COMMANDS[command].renamed) == set()


PAGES = ("data", "ground", "pages", "-o", "out", "--model", "m")
ROWS = ("data", "filter", "rows", "-o", "out")
TRANSLATE = ("data", "translate", "rows", "--languages", "es", "-o", "out", "--model", "m")
QUALITY = ("data", "quality", "-o", "out", "--model", "m")
CHECK = ("data", "check", "folder")
EXTRACT = ("data", "extract", "s", "--languages", "es", "-o", "o")
TRAIN = ("train", "--data", "d", "--model", "m", "-o", "o")
PROGRAMS = ("grade", "humaneval", "samples")
JUDGE = ("grade", "omgeval", "outputs", "--baseline", "b", "--judge", "m")


def extracted(**how: Any) -> Articles:
    return Articles(file="s", language="es", **how)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (PAGES, GroundConfig()),
        ((*PAGES, "--without-document"), GroundConfig(with_document=False)),
        (
            (*PAGES, "--passage-tokens", "1", "--context-tokens", "2", "--max-rounds", "3"),
            GroundConfig(passage_tokens=1, context_tokens=2, max_rounds=3),
        ),
        ((*PAGES, "--answer-reply-tokens", "4"), GroundConfig(answer_reply_tokens=4)),
        (
            (*PAGES, "--seed", "1", "--tries", "2", "--temperature", "0.1"),
            GroundConfig(asking=Asking(seed=1, tries=2, temperature=0.1)),
        ),
        (ROWS, FilterConfig()),
        ((*ROWS, "--seed", "3"), FilterConfig(asking=Asking(temperature=0.0, seed=3))),
        ((*ROWS, "--keywords-only"), FilterConfig(model=False)),
        ((*ROWS, "--no-keywords"), FilterConfig(keywords=False)),
        (
            (*ROWS, "--structured", "never", "--threshold", "2"),
            FilterConfig(structured=False, threshold=2),
        ),
        (
            (*ROWS, "--window-tokens", "5", "--reply-tokens", "6"),
            FilterConfig(window_tokens=5, reply_tokens=6),
        ),
        (TRANSLATE, TranslateConfig()),
        (
            (*TRANSLATE, "--names", "localise", "--context-tokens", "0", "--max-turn-tokens", "9"),
            TranslateConfig(names="localise", context_tokens=0, max_turn_tokens=9),
        ),
        (
            (*TRANSLATE, "--reply-factor", "2", "--tries", "1"),
            TranslateConfig(reply_factor=2.0, asking=Asking(tries=1, temperature=0.3)),
        ),
        ((*QUALITY, "--turns", "4", "--mgsm", "5"), QualityConfig(sample=4)),
        ((*QUALITY, "--names", "localise"), TranslateConfig(names="localise")),
        (CHECK, CheckStep()),
        (
            (*CHECK, "--tasks", "mgsm", "--drop", "exact,near"),
            CheckStep(against=("mgsm",), drop=("exact", "near")),
        ),
        (
            (*CHECK, "--near-similarity", "0.9", "--seed", "2", "--max-exact", "0.2"),
            CheckStep(config=CheckConfig(threshold=0.9, seed=2, limits=CheckLimits(exact=0.2))),
        ),
        (
            (*CHECK, "--max-control-tokens", "0.2"),
            CheckStep(config=CheckConfig(limits=CheckLimits(control_tokens=0.2))),
        ),
        (
            (*CHECK, "--max-near", "1", "--max-wrong-language", "0.3", "--max-flaws", "0.4"),
            CheckStep(
                config=CheckConfig(limits=CheckLimits(near=1.0, wrong_language=0.3, flaws=0.4))
            ),
        ),
        (
            (*EXTRACT, "--min-article-tokens", "1", "--format", "jsonl", "--index", "i"),
            extracted(bounds=ExtractConfig(min_tokens=1), format="jsonl", index="i"),
        ),
        (
            (*EXTRACT, "--max-article-tokens", "5000"),
            extracted(bounds=ExtractConfig(max_tokens=5000)),
        ),
        (
            ("data", "starter", "-o", "o", "--seed", "1", "--per-template", "2"),
            StarterConfig(seed=1, per_template=2),
        ),
        (("data", "prune", "d", "-o", "o", "--keep", "2k"), PruneStep(keep="2k")),
        (
            ("data", "prune", "d", "-o", "o", "--keep", "1/8", "--by", "similarity", "--seed", "1"),
            PruneStep(keep="1/8", by="similarity", seed=1),
        ),
        (
            ("data", "diversity", "d", "--part", "answers", "--seed", "1"),
            DiversityConfig(part="answers", seed=1),
        ),
        (("data", "diversity", "d", "--passage-tokens", "7"), GroundConfig(passage_tokens=7)),
        (
            ("data", "filter-score", "v", "--labels", "l", "--threshold", "1"),
            FilterConfig(threshold=1),
        ),
        (TRAIN, TrainConfig()),
        ((*TRAIN, "--steps", "5", "--no-packing"), TrainConfig(steps=5, packing=False)),
        (PROGRAMS, ProgramConfig()),
        (
            (*PROGRAMS, "-k", "1,2", "--timeout", "1", "--processes", "2"),
            ProgramConfig(k=(1, 2), timeout=1.0, workers=2),
        ),
        (JUDGE, JudgeConfig()),
        (
            (*JUDGE, "--judge-protocol", "reference", "--structured", "never", "--limit", "3"),
            JudgeConfig(protocol="reference", structured="never", limit=3),
        ),
        ((*JUDGE, "--max-bad", "0.5"), JudgeConfig(max_bad=0.5)),
        (
            ("compare", "a", "b", "--margin-accuracy", "0.02", "--margin-bpb", "0.01"),
            ScoreMargins(accuracy=0.02, bpb=0.01),
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else type(value).__name__,
)
def test_words_become_the_values_that_they_always_were(
    words: tuple[str, ...], expected: msgspec.Struct
) -> None:
    more = {"file": "s"} if isinstance(expected, Articles) else {}
    assert config_from(parsed(*words), type(expected), **more) == expected


ENDPOINT = [
    "--base-url",
    "http://h/v1",
    "--key-variable",
    "K",
    "--concurrency",
    "2",
    "--request-timeout",
    "3",
    "--price-in",
    "4",
    "--price-out",
    "5",
    "--max-cost",
    "6",
    "--never-send",
    "seed",
    "--reply-thinking",
    "strip",
]


@pytest.mark.parametrize(
    ("words", "changes"),
    [
        ((), {}),
        (("--batch",), {"batch": True, "concurrency": IN_BATCHES}),
        (("--batch", "--concurrency", "3"), {"batch": True, "concurrency": 3}),
        (("--extra-body", '{"a": 1}'), {"extra_body": {"a": 1}}),
        (
            ENDPOINT,
            {
                "base_url": "http://h/v1",
                "key_variable": "K",
                "concurrency": 2,
                "timeout": 3.0,
                "price_in": 4.0,
                "price_out": 5.0,
                "max_cost": 6.0,
                "never_send": ("seed",),
                "thinking": "strip",
            },
        ),
    ],
)
def test_words_become_the_endpoint_that_they_always_were(
    words: tuple[str, ...], changes: dict[str, Any]
) -> None:
    expected = {"base_url": "https://api.openai.com/v1", "model": "m"} | changes
    assert endpoint(parsed(*PAGES, *words)) == Endpoint(**expected)


# Every field once


def test_no_option_of_a_field_writes_a_default_down() -> None:
    seen = set()
    for name, command in COMMANDS.items():
        for action in command._actions:
            config, dot, _ = action.dest.partition(".")
            if dot:
                seen.add(config)
                free = action.default is argparse.SUPPRESS
                # The one field that has no default in its config, and one for whoever names none.
                assert free or action.dest == "Endpoint.base_url", f"{name} {action.dest}"
                assert action.help, f"{name} {action.dest}"
    assert {"GroundConfig", "TrainConfig", "EvalConfig", "Endpoint", "CheckStep"} <= seen


OPTIONS: dict[str, tuple[type[msgspec.Struct], ...]] = {
    "data ground": (GroundConfig, Endpoint),
    "data filter": (FilterConfig, Endpoint),
    "data translate": (TranslateConfig, Endpoint),
    "data quality": (TranslateConfig, QualityConfig, Endpoint),
    "data meaning": (MeaningConfig, Endpoint),
    "data check": (CheckStep,),
    "data starter": (StarterConfig,),
    "data prune": (PruneStep,),
    "data diversity": (DiversityConfig,),
    "grade omgeval": (JudgeConfig, Endpoint),
    "grade humaneval": (ProgramConfig,),
    "data extract": (Articles,),
    "train": (TrainConfig,),
    "compare": (ScoreMargins,),
    "eval": (EvalConfig, EndpointIdentity),
}
NO_OPTION = {
    "Endpoint.temperature": "the stage's temperature, or the judge's, is sent",
    "EndpointIdentity.temperature": "--temperature is that of the sampling",
    "EndpointIdentity.model": "--model, which may be a folder as well",
    "EndpointIdentity.thinking": "every answer is read without its thinking",
    "Articles.file": "the argument SOURCE",
    "Articles.limit": "of the dialogues: `data ground --limit`",
    "MeaningConfig.asking.temperature": "texts are read at temperature 0",
    "EvalConfig.runs": "made of --tasks, --languages, --protocol, --limit and --repairs",
    "EvalConfig.served": "made of the options of the endpoint",
}
NOT_THERE = {
    "grade omgeval": {"Endpoint.batch"},
    "data quality": {
        f"TranslateConfig.{name}"
        for name in (
            "check_meaning",
            "keep_unread",
            "reading.reading_tokens",
            "reading.structured",
        )
    },
}
"""A judge is not asked by the provider's batch interface; `data quality` takes replies as they
are."""


@pytest.mark.parametrize("command", OPTIONS)
def test_every_field_can_be_reached(command: str) -> None:
    dests = {action.dest for action in COMMANDS[command]._actions}
    for config in OPTIONS[command]:
        for field in config_fields(config):
            name = f"{config.__name__}.{field.path}"
            left_out = name in NO_OPTION or name in NOT_THERE.get(command, ())
            assert (name in dests) != left_out, name


def test_every_field_of_an_experiment_can_be_set() -> None:
    config = profiles.starter()

    def paths(data: dict[str, Any], prefix: str = "") -> Iterator[str]:
        for name, value in data.items():
            if isinstance(value, dict):
                yield from paths(value, f"{prefix}{name}.")
            else:
                yield f"{prefix}{name}={json.dumps(value)}"

    settings = list(paths(msgspec.to_builtins(config)))
    assert len(settings) > 50
    for setting in settings:
        assert apply_settings(config, [setting]) == config


def test_the_model_of_a_run_is_one_of_its_settings() -> None:
    line = ["run", "--ablation", "prune", "--model", "my model.gguf", "--set", "train.steps=3"]
    settings = parser().parse_args(line).settings
    assert settings == ["model.path=my model.gguf", "train.steps=3"]
    changed = apply_settings(profiles.small(), settings)
    assert (changed.model.path, changed.train.steps) == ("my model.gguf", 3)
    assert parser().parse_args(line[:3]).settings == []


def configs(config: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    """A config and all configs in its fields."""
    yield config
    for field in msgspec.structs.fields(config):
        kinds = [without_none(field.type), *getattr(field.type, "__args__", ())]
        for kind in kinds:
            if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
                yield from configs(kind)


ALL = {
    one
    for config in (ExperimentConfig, Recipe, Sampling, *(c for cs in OPTIONS.values() for c in cs))
    for one in configs(config)
}


@pytest.mark.parametrize("config", sorted(ALL, key=lambda one: one.__name__))
def test_every_field_has_a_text(config: type[msgspec.Struct]) -> None:
    texts = field_texts(config)
    missing = [field.name for field in msgspec.structs.fields(config) if not texts.get(field.name)]
    assert missing == []


def test_a_field_that_is_true_by_default_begins_with_a_verb() -> None:
    """Its option says `do not` before it."""
    begin = {
        field.text.partition(" ")[0]
        for configs_of in OPTIONS.values()
        for config in configs_of
        for field in config_fields(config)
        if field.type is bool and field.default
    }
    assert begin == {"Give", "Reject", "Ask", "Run", "Put"}


def test_the_benchmarks_of_eval_are_those_that_say_so_of_themselves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert parsed("eval", "--model", "m").tasks == ("humaneval", "mgsm")
    own = index.entries()[0]._replace(name="own", graded_by="outputs", evaluated_by_default=True)
    monkeypatch.setattr(index, "entries", lambda: (own,))
    assert parsed("eval", "--model", "m").tasks == ("own",)
    assert parsed("tasks", "export", "--out", "o").tasks == ("own",)
    assert parsed("grade", "own", "file").task == "own"


# Speed


def loaded_by(code: str) -> set[str]:
    """The modules that are loaded after `code` ran, in a process of its own."""
    shown = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\nprint(*sys.modules, file=sys.stderr)"],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(shown.stderr.split())


def test_the_list_of_commands_loads_neither_configs_nor_benchmarks() -> None:
    code = "from harness import cli\ntry: cli.main(['--help'])\nexcept SystemExit: pass"
    loaded = loaded_by(code)
    ours = {name for name in loaded if name.startswith(("tasks", "train", "ultralink_data."))}
    assert ours == {f"ultralink_data.{name}" for name in ("errors", "nearest", "seeds")}
    assert "msgspec" not in loaded


def test_no_help_loads_anything_heavy() -> None:
    code = (
        "from harness.options.parser import parser\n"
        "def show(command):\n"
        "    command.format_help()\n"
        "    for action in command._actions:\n"
        "        if isinstance(action.choices, dict):\n"
        "            list(map(show, action.choices.values()))\n"
        "show(parser())"
    )
    loaded = loaded_by(code)
    assert "ultralink_data.llm.endpoint" in loaded
    assert loaded & HEAVY == set()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_handler_is_there(command: str) -> None:
    module, _, function = COMMANDS[command].get_default("handler").partition(":")
    assert callable(getattr(import_module(f"harness.commands.{module}"), function))


def test_help_of_a_command_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["data", "ground", "--help"])
    assert caught.value.code == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert (
        "--passage-tokens N longest passage; articles are split into passages (default: 2000)"
        in shown
    )


def test_literals_are_choices() -> None:
    for command, configs_of in OPTIONS.items():
        by_dest = {action.dest: action for action in COMMANDS[command]._actions}
        for config in configs_of:
            for field in config_fields(config):
                action = by_dest.get(f"{config.__name__}.{field.path}")
                if action is not None and get_origin(field.type) is Literal:
                    assert action.choices


@pytest.mark.parametrize("command", COMMANDS)
def test_a_text_names_the_default_that_the_option_has(command: str) -> None:
    for action in COMMANDS[command]._actions:
        said = re.search(r"default: ([^)]*)", (action.help or "") % vars(action))
        if said and action.default not in (None, argparse.SUPPRESS):
            given = action.default
            shown = ",".join(given) if isinstance(given, tuple) else str(given)
            assert said[1] == shown, f"{command} {action.dest}"


def test_defaults_that_no_config_holds_are_names_that_exist() -> None:
    assert defaults.PROFILE in profiles.PROFILES
    assert defaults.LANGUAGE in languages.names()
    assert set(defaults.BUDGETS) == set(get_args(defaults.Budget))
    arguments = parsed("run", "--ablation", "prune")
    assert (arguments.profile, arguments.budget) == (defaults.PROFILE, defaults.EQUAL_STEPS)
    assert arguments.runs == defaults.RUNS
