"""`gap` on two models that a run has trained."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest
from dialogue_samples import dialogue
from safetensors.torch import load_file, save_file

from harness.commands.gap import _reference


def trained(home: Path) -> list[Path]:
    """The tuned models of a run's store, in the order of their keys."""
    markers = sorted(home.glob("runs/models/*/artefact.json"))
    return [path.parent for path in markers if json.loads(path.read_text())["stage"] == "train"]


@pytest.fixture
def models(finished) -> list[Path]:
    """Two models of the undisturbed run: without and with translated math and code."""
    return trained(finished.home)[:2]


def test_the_gap_is_told_by_slice_and_written(finished, models, tmp_path):
    finished("data", "starter", "--per-template", "1", "-o", "data").ok()
    asked = ("--data", "data", "--languages", "en,zh", "--limit", "6", "-o", "gap.json")
    done = finished("gap", *map(str, models), *asked).ok()
    assert "Bits per byte of all texts" in done.out
    assert "By pattern by language" in done.out
    assert f"{models[1].name} needs " in done.out.splitlines()[-1]
    assert "Loading weights" not in done.err
    report = json.loads((finished.home / "gap.json").read_text())
    assert report["texts"] > 30
    assert report["first_fingerprint"] != report["second_fingerprint"]
    shares = {}
    for one in report["slices"]:
        shares[one["facet"]] = shares.get(one["facet"], 0) + one["share"]
    assert shares["pattern"] == pytest.approx(shares["all"], abs=1e-9)
    assert shares["language"] == pytest.approx(shares["all"], abs=1e-9)


def test_a_model_against_itself_has_no_gap(finished, models):
    finished("data", "starter", "--per-template", "1", "-o", "data").ok()
    same = str(models[0])
    done = finished("gap", same, same, "--data", "data", "--limit", "2", "-o", "gap.json").ok()
    assert done.out.splitlines()[-1].endswith("in every slice")
    report = json.loads((finished.home / "gap.json").read_text())
    assert {one["percent"] for one in report["slices"]} == {0.0}
    assert not any((one["p_holm"] or 1) < 1 for one in report["slices"])


def test_what_is_not_there_is_told_in_two_lines(finished, models):
    done = finished("gap", str(models[0]), "nowhere", "--data", "data")
    assert done.code == 3
    hint = "  name a folder with config.json, or a .gguf file"
    assert done.complaint == ["error: no model at nowhere", hint]
    finished("data", "starter", "--per-template", "1", "-o", "data").ok()
    done = finished("gap", *map(str, models), "--data", "data", "--languages", "fi")
    assert done.code == 3
    assert "data has no row in fi" in done.complaint[0]
    done = finished("gap", *map(str, models), "--data", "data", "--languages", "en,fi")
    assert (done.code, done.complaint[0]) == (3, "error: data has no row in fi")
    done = finished("gap", *map(str, models), "--data", "data", "--backend", "openai-chat")
    assert done.code == 2
    assert done.complaint == [
        "error: backend openai-chat gives no log-likelihoods",
        "  use --backend hf or vllm",
    ]


def test_a_model_of_damaged_weights_is_no_equal(finished, models, tmp_path):
    """From weights that are no numbers comes no "same bits in every slice"."""
    damaged = tmp_path / "damaged"
    shutil.copytree(models[0], damaged)
    weights = load_file(damaged / "model.safetensors")
    spoilt = {name: one.fill_(float("nan")) for name, one in weights.items()}
    save_file(spoilt, damaged / "model.safetensors", metadata={"format": "pt"})
    finished("data", "starter", "--per-template", "1", "-o", "data").ok()
    done = finished("gap", str(damaged), str(models[0]), "--data", "data", "--limit", "1")
    assert done.code == 3
    assert "log-probability nan" in done.complaint[0]


@pytest.mark.parametrize(("template", "end"), [("chatml", ""), (None, "\n")])
def test_a_system_turn_is_read_before_the_question(template, end):
    lm = SimpleNamespace(tokenizer=SimpleNamespace(chat_template=template))
    plain = dialogue(turns=("Who are you?", "A sailor!"))
    told = msgspec.structs.replace(plain, system="You are a sailor.")
    assert _reference(plain, lm).prompt == f"Who are you?{end}"
    assert _reference(told, lm).prompt == f"You are a sailor.\n\nWho are you?{end}"
