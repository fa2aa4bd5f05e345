"""The loss of a large vocabulary in parts: that of all logits at once, in less memory."""

import pytest
import torch
from torch.nn.functional import cross_entropy
from transformers import AutoModelForCausalLM, CohereConfig, Gemma2Config, LlamaConfig

from train import head_loss
from train.batches import IGNORED
from train.loss import LearnedOnly
from ultralink_data.errors import ConfigError

SHAPE = {
    "hidden_size": 16,
    "intermediate_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "head_dim": 8,
    "pad_token_id": 0,
}


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(head_loss, "SMALLEST_VOCABULARY", 50)
    monkeypatch.setattr(head_loss, "_FEWEST_TOKENS", 3)
    monkeypatch.setattr(head_loss, "_LOGITS_AT_ONCE", 1)


def made(config=LlamaConfig, **options):
    torch.manual_seed(0)
    return AutoModelForCausalLM.from_config(config(vocab_size=64, **SHAPE, **options))


@pytest.mark.parametrize("wanted", [(True, True), (True, False), (False, True), (False, False)])
@pytest.mark.parametrize("tokens", [0, 1, 3, 10])
def test_parts_add_up_to_the_loss_and_its_gradients(wanted, tokens):
    draw = torch.Generator().manual_seed(1)
    hidden = torch.randn(tokens, 8, generator=draw, dtype=torch.float64).float()
    weight = torch.randn(50, 8, generator=draw)
    targets = torch.randint(50, (tokens,), generator=draw)
    found = []
    for loss in (
        head_loss.summed_loss,
        lambda h, w, t: cross_entropy((h @ w.T), t, reduction="sum"),
    ):
        pairs = zip((hidden, weight), wanted, strict=True)
        leaves = [x.clone().requires_grad_(on) for x, on in pairs]
        total = loss(*leaves, targets)
        if any(wanted):
            (total * 0.25).backward()
        found.append([total.detach(), *(leaf.grad for leaf in leaves)])
    for ours, plain, is_wanted in zip(*found, (True, *wanted), strict=True):
        assert (ours is None) is (plain is None) is not is_wanted
        if ours is not None:
            torch.testing.assert_close(ours, plain, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("device", "vocabulary", "tokens"),
    [
        ("cpu", 49_152, 170),
        ("cpu", 1 << 20, 64),
        ("cuda", 128_256, 1024),
        ("cuda", 32_000, 4096),
        ("cuda", 1 << 20, 256),
    ],
)
def test_parts_on_a_gpu_are_larger_and_whole_tiles(device, vocabulary, tokens, monkeypatch):
    monkeypatch.undo()
    assert head_loss.tokens_at_once(device, vocabulary) == tokens


def gradients(model, *, in_parts, dtype=None, rows=2, tokens=9):
    learned = LearnedOnly(model)
    assert learned.in_parts
    learned.in_parts = in_parts
    ids = torch.randint(64, (rows, tokens), generator=torch.Generator().manual_seed(2))
    labels = torch.where(ids % 3 == 0, IGNORED, ids)
    learned.expect(labels)
    with torch.autocast("cpu", dtype or torch.bfloat16, enabled=dtype is not None):
        outputs = model(input_ids=ids, use_cache=False)
    loss = learned.checked(outputs, labels, num_items_in_batch=7)  # autocast is off here
    loss.backward()
    return outputs, loss, {name: p.grad for name, p in model.named_parameters()}


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize(("dtype", "near"), [(None, 1e-5), (torch.bfloat16, 2e-2)])
def test_a_model_learns_the_same_without_its_logits(tied, dtype, near):
    every = [
        gradients(made(tie_word_embeddings=tied), in_parts=on, dtype=dtype) for on in (True, False)
    ]
    (outputs, ours, of_ours), (_, plain, of_plain) = every
    assert outputs.logits.shape == (0, 64)
    assert ours.item() == pytest.approx(plain.item(), rel=near)
    for name, gradient in of_ours.items():
        scale = of_plain[name].abs().max()
        assert (gradient - of_plain[name]).abs().max() <= near * scale, name
        assert gradient.dtype == of_plain[name].dtype


def test_there_are_logits_where_nothing_is_learned_or_asked_for():
    model = made()
    learned = LearnedOnly(model)
    ids = torch.arange(6)[None]
    assert model(input_ids=ids).logits.shape == (1, 6, 64)
    learned.expect(ids)
    with torch.no_grad():
        outputs = model(input_ids=ids)
    assert outputs.logits.shape == (5, 64)
    expected = cross_entropy(outputs.logits, ids[0, 1:], reduction="sum")
    assert float(learned.loss(outputs, ids, 1)) == pytest.approx(float(expected))


@pytest.mark.parametrize(
    "model",
    [
        lambda: made(Gemma2Config, final_logit_softcapping=2.0),
        lambda: made(CohereConfig, logit_scale=0.5),
    ],
    ids=["capped", "scaled"],
)
def test_logits_that_are_changed_behind_the_layer_are_computed(model):
    model = model()
    assert head_loss.fits(model, probe=False)
    assert not head_loss.fits(model)
    assert not LearnedOnly(model).in_parts


def test_small_vocabularies_and_other_layers_are_served_as_before(monkeypatch):
    model = made()
    assert LearnedOnly(model).in_parts
    model.lm_head = torch.nn.Linear(16, 64)  # with a bias
    assert not head_loss.fits(model)
    monkeypatch.setattr(head_loss, "SMALLEST_VOCABULARY", 65)
    assert not head_loss.fits(made())


def smoothed(_, logits, targets):
    return cross_entropy(logits, targets, reduction="sum", label_smoothing=0.01)


def with_z_loss(_, logits, targets):
    usual = cross_entropy(logits, targets, reduction="sum")
    return usual + 1e-4 * logits.logsumexp(-1).square().sum()


def detached(_, logits, targets):
    return cross_entropy(logits.detach(), targets, reduction="sum")


def by_token(_, logits, targets):
    return cross_entropy(logits, targets, reduction="none")


def broken(_, logits, targets):
    return logits.no_such_name


@pytest.mark.parametrize("summed", [smoothed, with_z_loss, detached, by_token])
def test_another_loss_gets_all_logits(monkeypatch, summed):
    monkeypatch.setattr(LearnedOnly, "summed", summed)
    assert not LearnedOnly(made()).in_parts


def test_a_loss_of_its_own_gets_all_logits():
    class Own(LearnedOnly):
        def loss(self, outputs, labels, num_items_in_batch=None):
            return outputs.logits.sum()

    assert not Own(made()).in_parts


def test_a_loss_that_does_not_run_is_named_at_the_start(monkeypatch):
    monkeypatch.setattr(LearnedOnly, "summed", broken)
    with pytest.raises(ConfigError, match=r"summed: AttributeError: .*no_such_name"):
        LearnedOnly(made())


@pytest.mark.parametrize("columns", [1, 7, 49, 50, 64])
@pytest.mark.parametrize("scale", [1.0, 40.0])
def test_blocks_of_any_width_give_the_loss_of_double_precision(monkeypatch, columns, scale):
    monkeypatch.setattr(head_loss, "_COLUMNS_AT_ONCE", columns)
    draw = torch.Generator().manual_seed(3)
    hidden = torch.randn(10, 8, generator=draw, dtype=torch.float64) * scale
    weight = torch.randn(50, 8, generator=draw, dtype=torch.float64)
    targets = torch.tensor([0, 49, 48, 7, 6, 24, 25, 1, 49, 0])
    found = []
    for kind, loss in (
        (torch.float32, head_loss.summed_loss),
        (torch.float64, lambda h, w, t: cross_entropy(h @ w.T, t, reduction="sum")),
    ):
        leaves = [x.to(kind).requires_grad_() for x in (hidden, weight)]
        total = loss(*leaves, targets)
        total.backward()
        found.append([total.detach(), *(leaf.grad for leaf in leaves)])
    for ours, exact in zip(*found, strict=True):
        torch.testing.assert_close(ours.double(), exact, rtol=1e-5, atol=1e-5 * scale)


def test_logits_that_no_exponential_holds_have_their_loss():
    """Known by hand: logits 1,000,000 apart, each in a block of its own."""
    hidden = torch.tensor([[1e6], [1e6], [-1e6]])
    weight = torch.tensor([[1.0], [0.0], [1.0]])
    targets, wanted = torch.tensor([0, 1, 1]), (True, True)
    total, of_hidden, of_weight = head_loss._in_parts(hidden, weight, targets, (2, 1), wanted)
    log2 = 0.6931471805599453
    assert float(total) == pytest.approx(log2 + (1e6 + log2))
    # shares: a half for 0 and 2; the same; all for 1, which is the target
    assert of_hidden[:, 0].tolist() == pytest.approx([0.0, 1.0, 0.0])
    assert of_weight[:, 0].tolist() == pytest.approx([0.0, -1e6, 1e6])
