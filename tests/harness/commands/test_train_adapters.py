"""`train` of adapters, what it leaves with and without `--merge`, and experiments with them."""

import json

from command_line import TINY, made_by

from harness.engine.provenance import read_provenance
from harness.experiment.external_models import external_model
from harness.experiment.known_training import known_training
from train import loading
from train.lora import ADAPTERS
from train.saving import WEIGHTS


def test_adapters_and_the_merged_model_come_from_one_training(finished):
    base, data = (made_by(finished.home, stage) for stage in ("base", "starter"))
    words = ["train", "--data", data, "--model", base, "--lora-rank", "2", "--steps", "3"]
    words += ["--sequences-per-step", "4", "--learning-rate", "1e-2", "--max-length", "256"]
    assert "train" in finished(*words, "-o", "adapters").ok().made
    again = finished(*words, "-o", "merged", "--merge").ok()
    assert again.made == set()
    adapters, merged = finished.home / "adapters", finished.home / "merged"
    named = json.loads((adapters / "adapter_config.json").read_text())
    assert named["base_model_name_or_path"] == str(base)
    assert named["target_modules"] == sorted(named["target_modules"])
    assert not [*adapters.glob(WEIGHTS), *adapters.glob("config.json")]
    assert (merged / ADAPTERS / "adapter_model.safetensors").is_file()
    one, other = loading.load_model(adapters), loading.load_model(merged)
    assert all(
        weights.equal(other.state_dict()[name]) for name, weights in one.state_dict().items()
    )
    assert one.generation_config.eos_token_id == other.generation_config.eos_token_id is not None
    for folder in (adapters, merged):
        found, doubt = known_training(folder, external_model(str(folder)).fingerprint)
        assert (found.recipe.lora.rank, doubt) == (2, "")
    assert read_provenance(adapters).dataset == read_provenance(merged).dataset
    adapted = external_model(str(adapters)).fingerprint
    assert adapted != read_provenance(adapters).fingerprint  # the base counts too


def test_an_experiment_trains_adapters_from_the_same_base_and_data(finished):
    done = finished(*TINY, "--variants", "keep-0", "--set", "train.lora.rank=2").ok()
    assert {name.partition("/")[0] for name in done.made} == {"train", "eval"}
    folders = [path.parent for path in (finished.home / "runs").glob(f"models/*/{ADAPTERS}")]
    assert folders
    assert not finished(*TINY, "--variants", "keep-0", "--set", "train.lora.rank=2").ok().made
