"""The probe for models that let packed dialogues see each other."""

from types import SimpleNamespace

import pytest
import torch

from train.separation import check_isolation
from ultralink_data.errors import ConfigError


class Toy(torch.nn.Module):
    """Logits of the token itself, plus `leak` times what stood before it in the row."""

    def __init__(self, leak=0.0, scale=1.0):
        super().__init__()
        self.embedding = torch.nn.Embedding(50, 4)
        with torch.no_grad():
            self.embedding.weight.copy_(torch.arange(200.0).reshape(50, 4) / 200)
        self.leak, self.scale = leak, scale
        self.calls = []

    def get_input_embeddings(self):
        return self.embedding

    def forward(self, input_ids, position_ids=None, use_cache=None):
        self.calls.append((input_ids, position_ids, use_cache, self.training))
        own = self.embedding(input_ids)
        before = own.cumsum(1) - own
        if position_ids is not None:  # a model with a mask: what went before position 0 is gone
            starts = (position_ids[0] == 0).nonzero().flatten().tolist()
            kept = before.clone()
            for start in starts:
                kept[:, start:] = before[:, start:] - before[:, start : start + 1] * (1 - self.leak)
            before = kept
        return SimpleNamespace(logits=self.scale * (own + before))


def test_a_model_that_keeps_dialogues_apart_passes_and_stays_in_its_mode():
    for training in (True, False):
        model = Toy().train(training)
        check_isolation(model)
        assert model.training is training


def test_both_calls_are_evaluations_without_a_cache_the_second_without_its_neighbour():
    model = Toy().train()
    check_isolation(model)
    (both, positions, *first), (alone, no_positions, *second) = model.calls
    assert first == second == [False, False]
    assert both.shape == (1, 24)
    assert positions.tolist() == [[*range(11), *range(13)]]
    assert alone.tolist() == both[:, 11:].tolist()
    assert no_positions is None
    assert int(both.max()) > 40  # ids come from the whole vocabulary
    assert int(both.max()) < 50
    torch.manual_seed(123)
    check_isolation(model)
    assert model.calls[2][0].tolist() == both.tolist()  # and are the same each time


@pytest.mark.parametrize("scale", [1.0, 1e-6, 1e6])
def test_a_leak_is_refused_whatever_the_scale_of_the_logits(scale):
    with pytest.raises(ConfigError, match=r"^Toy does not keep packed dialogues apart") as caught:
        check_isolation(Toy(leak=0.01, scale=scale))
    assert "--set train.packing=false" in caught.value.hint
    check_isolation(Toy(leak=1e-5, scale=scale))


def test_the_difference_is_told_as_a_share_of_the_largest_logit():
    model = Toy(leak=1.0)
    with pytest.raises(ConfigError) as caught:
        check_isolation(model)
    (both, *_), (alone, *_) = model.calls
    leaked = model.embedding(both[:, :11]).sum(1).max()
    share = (leaked / model(alone).logits.max()).item()
    assert f"(logits differ by {share:.1e} of the largest)" in caught.value.message


def test_logits_that_are_no_numbers_are_refused():
    with pytest.raises(ConfigError, match="no numbers: its weights are damaged"):
        check_isolation(Toy(scale=float("nan")))
