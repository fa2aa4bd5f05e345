"""The losses of a training are those of a plain loop, and what differs is rounding, not a drift."""

import msgspec
import numpy as np
import pytest
from plain_loop import losses, tokens_and_mask
from scipy import stats
from train_samples import dialogue, dialogues

from train.packed import Packed
from train.packing import pack
from train.plan import EMPTY, schedule
from train.train_config import TrainConfig
from train.trainer import train

TOLERANCE = 1e-5
CONFIG = TrainConfig(
    learning_rate=3e-3,
    warmup_ratio=0.2,
    weight_decay=0.1,
    max_grad_norm=1.0,
    steps=20,
    sequences_per_step=8,
    max_tokens=380,
    template="chatml",
    checkpoint_every=-1,
)
RARE = 1e-4
"""Chance with which a test of zero mean fails although the mean is zero."""


class Setting:
    """Trainings of one base, and the plain loop on the same dialogues in the same steps."""

    def __init__(self, base, tokenizer, folder):
        self.base, self.tokenizer, self.folder = base, tokenizer, folder
        self.runs = 0

    def data(self, rows, config):
        packed = pack(rows, self.tokenizer, max_tokens=config.max_tokens, template="chatml",
                      packing=config.packing)  # fmt: skip
        folder = self.folder / f"packed-{config.packing}-{config.max_tokens}-{len(rows)}"
        if not folder.exists():
            packed.save(folder)
        return packed, folder

    def trained(self, rows, config, seed):
        self.runs += 1
        _, folder = self.data(rows, config)
        out = self.folder / f"out-{self.runs}"
        places = {"out": out, "work": self.folder / "work"}
        found = train(model=self.base, packed=folder, config=config, seed=seed, **places)
        return np.array(found.losses)

    def steps(self, rows, config, seed):
        """The dialogues of each step, with ids and masks that the plain loop made itself."""
        packed, _ = self.data(rows, config)
        known = dict(tokens_and_mask(row.turns, self.tokenizer) for row in rows)
        return [
            [of for index in step if index != EMPTY for of in self.within(packed, index, known)]
            for step in schedule(packed.sequences, config, seed)
        ]

    def within(self, packed: Packed, index, known):
        for _, first, last in packed.segments(int(index)):
            ids = tuple(packed.ids[first:last].tolist())
            yield ids, known[ids]

    def expected(self, rows, config, seed, faster=1.0):
        steps = self.steps(rows, config, seed)
        return np.array(
            losses(
                self.base,
                steps,
                peak=config.learning_rate * faster,
                warmup=-(-len(steps) // 5),
                decay=config.weight_decay,
                clip=config.max_grad_norm,
            )
        )


@pytest.fixture
def setting(base, tokenizer, tmp_path):
    return Setting(base, tokenizer, tmp_path)


def cases(devices):
    for packing in (True, False):
        for accumulation in (1, 8):
            for epochs in (None, 10 if packing else 5):
                yield devices, packing, accumulation, epochs


@pytest.mark.parametrize(
    ("devices", "packing", "accumulation", "epochs"),
    [
        *cases(1),  # two processes beside one: test_ranks has a short form
        *(pytest.param(*case, marks=pytest.mark.slow) for case in cases(2)),
    ],
)
def test_the_first_losses_are_those_of_the_plain_loop(
    setting, devices, packing, accumulation, epochs
):
    at_once = 8 if accumulation == 1 else devices * accumulation
    config = msgspec.structs.replace(
        CONFIG,
        devices=devices,
        packing=packing,
        sequences_per_step=at_once,
        micro_batch=at_once // devices // accumulation,
        steps=None if epochs else 20,
        epochs=epochs and epochs * at_once // 8,
    )
    rows = dialogues()
    expected = setting.expected(rows, config, 3)
    found = setting.trained(rows, config, 3)
    packed, _ = setting.data(rows, config)
    is_partial = EMPTY in schedule(packed.sequences, config, 3)[-1]
    assert is_partial is (epochs is not None)
    assert len(found) >= 20
    assert found == pytest.approx(expected, abs=TOLERANCE, rel=0)
    assert expected[0] - expected[-1] > 1


# One equivalence class: rounding alone, which has no direction

ROWS = [dialogue(number, turns=2 + 2 * (number % 2)) for number in range(14)]
"""All of them are in every step, so that packed and unpacked steps have the same dialogues."""
MEMBERS = {
    "1x8": {"micro_batch": 1},
    "8x1": {"micro_batch": 8},
    "unpacked": {"packing": False, "sequences_per_step": 14, "micro_batch": 2},
    "two ranks": {"micro_batch": 2, "devices": 2},
}


def drift(residuals):
    """What says that residuals [seeds, steps] are no noise around zero; nothing if all is well."""
    flat = residuals.ravel()
    if not flat.any():
        return []
    steps = np.tile(np.arange(residuals.shape[1]), len(residuals))
    signs = flat[flat != 0] > 0
    found = {
        "mean": stats.ttest_1samp(flat, 0).pvalue,
        "signs": stats.binomtest(int(signs.sum()), len(signs)).pvalue,
        "slope": stats.linregress(steps, flat).pvalue,
    }
    return [name for name, chance in found.items() if chance < RARE]


def residuals(setting, changes, seeds, faster=1.0):
    config = msgspec.structs.replace(CONFIG, **changes)
    assert setting.data(ROWS, config)[0].sequences == config.sequences_per_step
    return np.array(
        [
            setting.trained(ROWS, config, seed) - setting.expected(ROWS, config, seed, faster)
            for seed in seeds
        ]
    )


@pytest.mark.parametrize(
    "member",
    [pytest.param(name, marks=() if name == "8x1" else pytest.mark.slow) for name in MEMBERS],
)
def test_what_differs_from_the_plain_loop_has_mean_zero(setting, member):
    seeds = range(1 if member == "two ranks" else 2)
    found = residuals(setting, MEMBERS[member], seeds)
    assert np.abs(found).max() < TOLERANCE
    assert drift(found) == []


def test_a_drift_far_below_the_tolerance_is_seen(setting):
    """The plain loop with a learning rate that is larger by one part in 200,000."""
    found = residuals(setting, MEMBERS["8x1"], range(2), faster=1 + 5e-6)
    assert np.abs(found).max() < TOLERANCE
    assert drift(found)
