"""`config show` and `--version`: what a run is made of, told without running one."""

import importlib.metadata
import platform

import msgspec
import pytest

from harness import cli
from harness.experiment import profiles
from harness.experiment.config import ExperimentConfig
from harness.options.field_list import listed_fields
from harness.options.type_words import type_words
from train.train_config import TrainConfig


@pytest.fixture
def shown(capsys):
    def show(*words):
        code = cli.main(["config", "show", *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return show


def test_every_field_of_a_profile_is_listed_with_type_value_default_and_text(shown):
    code, out, _ = shown("--profile", "tiny")
    assert code == 0
    fields = list(listed_fields(ExperimentConfig, profiles.tiny()))
    assert len(fields) > 60
    for field in fields:
        assert field.text
        assert f"\n{field.path}" in out
    assert "\ntrain.steps = 12: whole number or null (default: null)\n" in out
    assert '\ndata.prune.keep = "all": text (default: "all")\n' in out
    assert "\nmodel.micro.hidden = 48: whole number (default: 96)\n" in out


@pytest.mark.parametrize("profile", ["tiny", "starter", "small"])
def test_a_value_that_is_shown_can_be_set(profile, shown):
    _, out, _ = shown("--profile", profile)
    lines = [line.split(": ")[0] for line in out.splitlines() if " = " in line.split(": ")[0]]
    settings = [line.replace(" = ", "=", 1) for line in lines if line.startswith("train.")]
    assert len(settings) > 10
    code, again, _ = shown("--profile", profile, *(w for s in settings for w in ("--set", s)))
    assert (code, again) == (0, out)


def test_words_keep_the_fields_that_have_them(shown):
    code, out, _ = shown("warmup", "--of", "train")
    assert code == 0
    assert out.splitlines()[-2:] == [
        "warmup_ratio = 0.04: number (default: 0.04)",
        "    Share of the steps over which the learning rate rises from 0 to its peak.",
    ]


def test_a_setting_is_shown_in_its_place(shown):
    _, out, _ = shown("train.steps", "--profile", "tiny", "--set", "train.steps=7")
    assert "train.steps = 7: " in out


def test_the_fields_of_a_recipe_are_listed(shown):
    code, out, _ = shown("--of", "build", "concurrency")
    assert code == 0
    assert "models.NAME.concurrency: whole number (default: 16)" in out.splitlines()


@pytest.mark.parametrize(
    ("words", "said", "hint"),
    [
        (("stepz",), "unknown config field 'stepz'", "'train.steps'"),
        (("--profile", "Tiny"), "unknown profile 'Tiny'", "did you mean 'tiny'?"),
        (("--of", "train", "--profile", "tiny"), "--profile tiny with --of train", "leave one"),
        (("--of", "build", "--set", "a=1"), "--set a=1 with --of build", "dry-run"),
        (
            (
                "--of",
                "trian",
            ),
            "invalid choice: 'trian'",
            "did you mean train?",
        ),
        (("--set", "steps=1"), "unknown config field 'steps'", "did you mean 'train.steps'"),
        (("--set", "train.steps=x"), "train.steps=x: Expected", "`ultralink-bench config show`"),
    ],
)
def test_what_does_not_fit_is_two_lines(shown, words, said, hint):
    code, out, err = shown(*words)
    assert (code, out) == (2, "")
    first, second = err.splitlines()
    assert said in first
    assert hint in second


def test_a_wrong_setting_of_train_points_to_the_fields_of_train(capsys):
    words = ["train", "--data", "d", "--model", "m", "-o", "o", "--set", "stepz=1"]
    assert cli.main(words) == 2
    hint = "did you mean 'steps'? `ultralink-bench config show --of train` lists all"
    assert hint in capsys.readouterr().err


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (int, "whole number"),
        (float | None, "number or null"),
        (tuple[str, ...], "list of text"),
        (dict[str, int], "table of whole number"),
        (TrainConfig | None, "group of fields or null"),
        (bool, "true or false"),
    ],
)
def test_a_type_in_words(kind, words):
    assert type_words(kind) == words


def test_every_type_of_a_config_has_words():
    for field in listed_fields(ExperimentConfig):
        assert not set("<[") & set(field.type), field


def test_the_version_names_the_packages_that_decide_numbers(capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main(["--version"])
    assert caught.value.code == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("ultralink-bench ")
    assert f"python {platform.python_version()}" in lines
    for name in ("torch", "transformers", "numpy", "scipy", "lm-eval", "jinja2", "regex"):
        assert f"{name} {importlib.metadata.version(name)}" in lines


def test_a_list_is_shown_as_json():
    fields = {field.path: field for field in listed_fields(ExperimentConfig, profiles.starter())}
    assert msgspec.json.decode(fields["languages"].value) == list(profiles.starter().languages)
