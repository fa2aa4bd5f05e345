"""The paper's values in its profiles, and what they cannot begin without."""

import shlex

import msgspec
import pytest

from harness.commands.run_config import question, refuse_idle_settings
from harness.engine.source_hash import ROOT
from harness.experiment import profiles
from harness.experiment.ablation_files import built_in
from harness.experiment.chosen_config import chosen_config
from harness.experiment.needed_inputs import NEEDED
from harness.experiment.nodes import Experiment
from harness.options.parser import parser
from harness.options.toml_file import TomlFile
from ultralink_data.errors import PrerequisiteError
from ultralink_data.mixture.mixture_config import Mixture

PAPER = ("paper-released", "paper-lm")
VALUES = {
    "learning_rate": 2e-5,
    "schedule": "cosine",
    "warmup_ratio": 0.04,
    "epochs": 3,
    "steps": None,
    "sequences_per_step": 128,
    "max_tokens": 4096,
}
"""Of arXiv 2402.04588, section 4.1."""


def experiment(config):
    return Experiment(built_in()["prune"], config, benchmarks=None, command=())


@pytest.mark.parametrize("name", PAPER)
def test_the_values_are_the_papers(name):
    config = profiles.get(name)
    assert {field: getattr(config.train, field) for field in VALUES} == VALUES
    assert config.languages == ("en", "zh", "es", "fr", "ru")
    asked = {run.task: run for run in config.eval.runs}
    assert {*asked} == {"omgeval", "mgsm", "humaneval"}
    assert all(run.generate is None for run in asked.values())  # all problems
    assert set(NEEDED) == set(PAPER)


@pytest.mark.parametrize("name", PAPER)
def test_each_value_is_overridden_as_any_other(name):
    settings = ["train.learning_rate=1e-5", "train.devices=4", "eval.backend=hf", "train.epochs=1"]
    config = chosen_config(
        name,
        languages=("en", "fr"),
        tasks=("mgsm",),
        seeds=(3,),
        settings=settings,
        hints=dict.fromkeys(("languages", "tasks", "seeds"), ""),
    )
    assert (config.train.learning_rate, config.train.devices, config.train.epochs) == (1e-5, 4, 1)
    assert (config.eval.backend, config.seeds, config.eval.runs[0].languages) == (
        "hf",
        (3,),
        ("en", "fr"),
    )


@pytest.mark.parametrize("name", PAPER)
def test_a_model_and_data_that_are_not_named_are_told_with_what_to_do(name, tmp_path):
    config = profiles.get(name)
    with pytest.raises(PrerequisiteError, match=f"profile {name} trains Llama-2-13b") as error:
        experiment(config)
    assert "meta-llama/Llama-2-13b-hf" in error.value.hint
    model = msgspec.structs.replace(config.model, path=str(tmp_path))
    with pytest.raises(PrerequisiteError, match="no data are named") as error:
        experiment(msgspec.structs.replace(config, model=model))
    assert "data.folder=" in error.value.hint


@pytest.mark.parametrize("name", PAPER)
def test_model_and_data_of_a_command_line_are_taken(name, tmp_path):
    words = f"run --ablation prune --profile {name} --model m --set data.folder={tmp_path}"
    arguments = parser().parse_args(shlex.split(words))
    _, config = question(arguments, pytest.fail)
    own = experiment(config)
    refuse_idle_settings(arguments, own)
    assert (own.config.model.path, own.config.data.folder) == ("m", str(tmp_path))


def test_the_mixture_of_the_papers_model_has_its_six_sets():
    file = TomlFile(ROOT / "examples/ultralink_lm.toml", "mixture", "", "")
    datasets = {part.name: part for part in file.decoded(Mixture).datasets}
    assert len(datasets) == 6
    # Upstream's README: "UltraChat (random select 10k samples)".
    assert [budget.rows for budget in datasets["ultrachat"].budgets] == [10_000]
    assert all(not part.budgets for name, part in datasets.items() if name != "ultrachat")
