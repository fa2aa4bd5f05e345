"""The ablation over families of models: what is compared with what, and what the table says."""

import math

import msgspec
import numpy as np
import pytest

from harness.engine.artefact_store import Store
from harness.experiment import profiles
from harness.experiment.ablation import MeasuredSides
from harness.experiment.ablation_files import built_in
from harness.experiment.ablation_parameters import arranged
from harness.experiment.nodes import Experiment
from harness.experiment.plan_power import UNKNOWN, planned_power
from harness.statistics.comparison import Side
from harness.statistics.measured import MeasuredTask
from ultralink_data.errors import ConfigError

ABLATION = built_in()["architecture"]


def on(profile, *given):
    config = profiles.get(profile)
    own = arranged(ABLATION, given, config)
    return Experiment(own, config, benchmarks=None, command=())


def test_each_family_has_one_base_of_its_own_and_one_tokenizer_serves_all():
    found = on("starter")
    families = {found.of(v).model.family for v in found.variants}
    assert families == {"llama", "qwen", "gemma", "mistral"}
    compared = {v.name: ABLATION.compared_with(v) for v in found.variants}
    assert compared["llama-keep-all"] is None
    assert compared["gemma-keep-all"] is None
    assert compared["gemma-keep-0"] == "gemma-keep-all"
    needs = {node.name: node.needs for node in found.nodes()}
    bases = {name for name in needs if name.split("/")[0] == "base"}
    assert len(bases) == 4
    assert needs["train/qwen-keep-0/1"][:2] == ("pack/qwen-keep-0", "base/qwen-keep-all")
    llama = {needs[f"train/llama-{rung}/0"][1] for rung in ("keep-0", "keep-all")}
    assert llama == {"base"}  # the base that `prune` trains


def test_pretrained_models_take_the_place_of_the_families(tmp_path):
    for name in ("one", "two", "three"):
        (tmp_path / name).mkdir()
    paths = [str(tmp_path / name) for name in ("one", "two", "three")]
    found = on("small", f"models={','.join(paths)}")
    assert found.ablation.reference == "one-keep-all"
    assert {v.name for v in found.variants} >= {"two-keep-all", "two-keep-0", "three-keep-0"}
    assert "three-keep-1of8" in {v.name for v in found.ablation.variants}
    assert "three-keep-1of8" not in {v.name for v in found.variants}
    models = {v.name: found.of(v).model.path for v in found.variants}
    assert models["three-keep-0"] == paths[2]
    with pytest.raises(ConfigError, match="compares pretrained models, and this names "):
        on("small", f"models={paths[0]}")
    with pytest.raises(ConfigError, match="names none"):
        on("small")


def sides(effects, seeds=3):
    """Measured bits per byte of families whose keep-0 has this log-ratio to keep-all."""
    rng = np.random.default_rng(0)
    hard = rng.normal(scale=0.3, size=30)
    found = {}
    for family, lost in effects.items():
        for rung, shift in (("keep-all", 0.0), ("keep-0", lost)):
            runs = []
            for _ in range(seeds):
                noise = rng.normal(scale=0.02, size=30)
                values = {
                    f"p{i:02}": (100 * math.exp(hard[i] + shift + noise[i]), 100.0)
                    for i in range(30)
                }
                runs.append(
                    (
                        MeasuredTask(
                            task="starter_math",
                            language="es",
                            metric="bpb",
                            values=values,
                            outcomes={"scored": 30},
                            file="",
                        ),
                    )
                )
            name = f"{family}-{rung}"
            found[name] = Side(name=name, runs=tuple(runs))
    return found


def agreement(effects, seeds=(0, 1, 2)):
    found = sides(effects, len(seeds))
    config = msgspec.structs.replace(profiles.starter(), seeds=seeds)
    variants = tuple(v for v in ABLATION.variants if v.name in found)
    measured = MeasuredSides(config=config, variants=variants, sides=found)
    (table,) = ABLATION.tables(measured)
    return table, {row.cells[1].text: row.cells for row in table.rows}


def test_families_that_react_alike_agree():
    table, rows = agreement({"llama": 0.1, "qwen": 0.1, "gemma": 0.1})
    assert set(rows) == {"llama", "qwen", "gemma"}
    for cells in rows.values():
        assert cells[2].raw == pytest.approx(-0.1, abs=0.02)
        assert cells[3].raw == pytest.approx(0, abs=0.02)
        assert cells[4].raw > 0.05
    text = " ".join(table.notes)
    assert "keep-all > keep-0 (llama, qwen, gemma); Kendall's tau 1.00" in text
    assert "keep-0 - keep-all: same sign in 3 of 3 models (surely worse 3)" in text
    assert "no difference in size between models is shown" in text


def test_a_family_that_reacts_the_other_way_is_named():
    table, rows = agreement({"llama": 0.1, "qwen": 0.1, "gemma": -0.1})
    assert rows["gemma"][3].raw == pytest.approx(0.2, abs=0.02)
    assert rows["gemma"][4].raw < 0.001
    text = " ".join(table.notes)
    assert "keep-0 > keep-all (gemma); Kendall's tau -0.33" in text
    assert "same sign in 2 of 3 models (surely better 1, surely worse 2)" in text
    assert "the sizes differ between models" in text


def test_two_models_are_one_test_and_one_seed_is_none():
    _, rows = agreement({"llama": 0.1, "qwen": 0.12})
    assert rows["llama"][4].raw == rows["qwen"][4].raw
    table, rows = agreement({"llama": 0.1, "qwen": 0.1}, seeds=(0,))
    assert "[" not in rows["llama"][2].text
    assert rows["llama"][4].text == ""
    assert "no interval and no p: fewer than 3 seeds" in table.notes[-1]


def test_the_plan_of_power_compares_only_what_has_one_reference(tmp_path):
    experiment = on("starter")
    assert planned_power(experiment, {}, Store(tmp_path)) == UNKNOWN.format("starter")
