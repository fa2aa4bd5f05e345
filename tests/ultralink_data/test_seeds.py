"""No config takes a seed that a generator refuses, or reads as another one."""

import pytest

from harness.statistics.diversity_config import DiversityConfig
from tasks.eval_config import EvalConfig
from ultralink_data.checking.check_config import CheckConfig
from ultralink_data.seeds import LARGEST_SEED, check_seed
from ultralink_data.stage.asking_config import Asking
from ultralink_data.starter.starter_config import StarterConfig
from ultralink_data.whole.prune_config import PruneStep

CONFIGS = [
    lambda seed: DiversityConfig(seed=seed),
    lambda seed: EvalConfig(runs=(), seed=seed),
    lambda seed: CheckConfig(seed=seed),
    lambda seed: Asking(seed=seed),
    lambda seed: StarterConfig(seed=seed),
    lambda seed: PruneStep(keep="all", seed=seed),
]


@pytest.mark.parametrize("seed", [-1, LARGEST_SEED + 1])
def test_a_seed_out_of_range_is_refused(seed):
    for make in (check_seed, *CONFIGS):
        with pytest.raises(ValueError, match=f"a seed must be from 0 to .*, got {seed}"):
            make(seed)


def test_the_ends_of_the_range_are_taken():
    for make in CONFIGS:
        assert [make(seed).seed for seed in (0, LARGEST_SEED)] == [0, LARGEST_SEED]
