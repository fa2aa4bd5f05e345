"""What the plan says before a run where nothing was measured yet."""

import msgspec
import pytest

from harness.experiment import profiles, run_plan
from harness.experiment.ablation_files import built_in
from harness.experiment.nodes import Experiment


@pytest.mark.parametrize(("path", "told"), [(None, False), ("model.gguf", True)])
def test_how_to_learn_the_time_of_a_pretrained_model_is_told(path: str | None, told: bool) -> None:
    config = profiles.small()
    config = msgspec.structs.replace(
        config, seeds=(7, 8), model=msgspec.structs.replace(config.model, path=path)
    )
    own = Experiment(built_in()["prune"], config, benchmarks=None, command=())
    notes = run_plan._how_to_measure(own)
    assert len(notes) == told
    assert all("--variants keep-all --seeds 7 --set train.steps=3" in note for note in notes)
