import copy
import math
from types import SimpleNamespace

import msgspec
import pytest
import torch
from tiny_models import BOS, CONTEXT, write_random_model
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast

from tasks.benchmark import LikelihoodSample, Reference
from tasks.models import likelihood
from tasks.models.likelihood import Boundary, measure, score_references, split
from tasks.models.lm_eval_adapter import load_model, render_chat
from ultralink_data.errors import ConfigError, PrerequisiteError

PAIRS = {
    "spaced": ("Anna has 3 apples.", " The answer is 7."),
    "trailing newline": ("def add(a, b):\n", "    return a + b\n"),
    "trailing spaces": ("Question: 3 + 4?  ", "It is 7."),
    "only text": ("Question:", " apples and more apples"),
    "chinese": ("安娜有 3 个苹果，又买了 4 个。", "答案是 7。"),
    "russian": ("У Анны 3 яблока.\n", "Ответ: 7, или ٣ по-арабски."),
    "emoji": ("A family: 👨‍👩‍👧", "👨‍👩‍👧 again, naïve café"),
}


@pytest.fixture(scope="module", params=["without BOS", "with BOS"])
def lm(request, tmp_path_factory):
    bos = request.param == "with BOS"
    folder = write_random_model(tmp_path_factory.mktemp("model") / "model", bos=bos)
    return load_model(folder, batch_size=4, dtype="float32", max_length=None)


def references(*, chat: bool) -> list[Reference]:
    return [
        Reference(problem_id=name, prompt=prompt, target=target, chat=chat)
        for name, (prompt, target) in PAIRS.items()
    ]


def score(lm, rows) -> list[LikelihoodSample]:
    return score_references(lm, rows, "en", lambda text: render_chat(lm, text))


def chatml(lm, message: str) -> str:
    """The text that the model reads, written out."""
    start = BOS if lm.tokenizer.bos_token else ""
    return f"{start}<|im_start|>user\n{message}<|im_end|>\n<|im_start|>assistant\n"


def naive(lm, prompt: str, target: str) -> tuple[float, int]:
    """Bits and bytes by one forward pass of `transformers`, one row, no batch, no offsets.

    `prompt` is the text without BOS; one is put in front where the tokenizer has one.
    """
    tokenizer, body = lm.tokenizer, prompt.rstrip()
    moved = prompt[len(body) :] + target
    front = [tokenizer.bos_token_id] if tokenizer.bos_token_id is not None else []
    context = front + tokenizer(body, add_special_tokens=False)["input_ids"]
    ids = front + tokenizer(body + moved, add_special_tokens=False)["input_ids"]
    assert ids[: len(context)] == context
    with torch.no_grad():
        logits = lm.model(torch.tensor([ids], device=lm.model.device)).logits[0]
        log_probs = logits.double().log_softmax(-1)
    nats = [float(log_probs[i - 1, ids[i]]) for i in range(len(context), len(ids))]
    return -sum(nats) / math.log(2), len(moved.encode())


@pytest.mark.parametrize("name", PAIRS)
def test_raw_prompt_equals_direct_transformers(lm, name):
    prompt, target = PAIRS[name]
    row = Reference(problem_id=name, prompt=prompt, target=target, chat=False)
    [sample] = score(lm, [row])
    bits, size = naive(lm, prompt, target)
    assert sample.outcome == "scored"
    assert sample.bits == pytest.approx(bits, rel=1e-5)
    assert sample.bytes == size


@pytest.mark.parametrize("name", PAIRS)
def test_chat_prompt_equals_direct_transformers(lm, name):
    prompt, target = PAIRS[name]
    [sample] = score(lm, [Reference(problem_id=name, prompt=prompt, target=target, chat=True)])
    bits, size = naive(lm, chatml(lm, prompt).removeprefix(BOS), target)
    assert sample.bits == pytest.approx(bits, rel=1e-5)
    assert sample.bytes == size == len(target.encode()) + 1  # and the newline after "assistant"


@pytest.mark.parametrize("chat", [False, True])
def test_every_pair_equals_lm_eval(lm, chat):
    from lm_eval.api.instance import Instance

    rows = references(chat=chat)
    texts = [(chatml(lm, r.prompt) if chat else r.prompt, r.target) for r in rows]
    instances = [Instance("loglikelihood", {}, pair, i) for i, pair in enumerate(texts)]
    theirs = lm.loglikelihood(instances, disable_tqdm=True)
    for sample, (nats, _) in zip(score(lm, rows), theirs, strict=True):
        assert sample.bits == pytest.approx(-nats / math.log(2), rel=1e-5), sample.problem_id


def test_a_rendered_chat_gets_no_second_bos(lm):
    row = split(lm.tokenizer, chatml(lm, "How many?"), "Seven.", None)
    count = row.ids.count(lm.tokenizer.bos_token_id)
    assert count == (1 if lm.tokenizer.bos_token else 0)


def test_a_raw_prompt_gets_the_tokenizers_bos(lm):
    row = split(lm.tokenizer, "How many?", " Seven.", None)
    assert (row.ids[0] == lm.tokenizer.bos_token_id) == bool(lm.tokenizer.bos_token)


def test_digits_and_prose_add_up_to_the_whole(lm):
    target = " It is 12, not １２ or ٣."
    prompt = "How many apples?"
    [sample] = score(lm, [Reference(problem_id="a", prompt=prompt, target=target, chat=False)])
    row = split(lm.tokenizer, prompt, target, None)
    spans = [row.text[a:b] for a, b in row.offsets[row.first :]]
    prose = [i for i, text in enumerate(spans) if not any(c.isdecimal() for c in text)]
    [log_probs] = likelihood.token_log_probs(lm.model, [row])
    prose_bits = -sum(log_probs[i] for i in prose) / math.log(2)
    assert sample.bits - sample.digit_bits == pytest.approx(prose_bits, rel=1e-9)
    assert sample.digit_bytes == len("12１２٣".encode())
    assert 0 < sample.digit_bits < sample.bits


def test_a_target_without_digits_has_no_digit_bits(lm):
    [sample] = score(
        lm, [Reference(problem_id="a", prompt="A", target=" sentence of words", chat=False)]
    )
    assert (sample.digit_bits, sample.digit_bytes) == (0.0, 0)


def test_a_row_over_the_context_is_truncated_and_no_other_is_touched(lm):
    alone = score(lm, references(chat=False))
    long = Reference(problem_id="long", prompt="x", target=" 3 яблока" * CONTEXT, chat=False)
    rows = references(chat=False)
    mixed = score(lm, [*rows[:2], long, *rows[2:]])
    cut = mixed.pop(2)
    assert cut.outcome == "truncated"
    assert (cut.bits, cut.bytes, cut.digit_bits, cut.digit_bytes) == (0.0, 0, 0.0, 0)
    assert mixed == alone


def test_a_row_that_just_fits_is_scored_whole(lm):
    """The last token is predicted and never read, so a row may have one more than the context."""
    body = "7" * (CONTEXT if lm.tokenizer.bos_token else CONTEXT + 1)
    fits = Reference(problem_id="fits", prompt=body[:9], target=body[9:], chat=False)
    over = Reference(problem_id="over", prompt=body[:9], target=body[9:] + "7", chat=False)
    found = score(lm, [fits, over])
    assert [sample.outcome for sample in found] == ["scored", "truncated"]
    bits, _ = naive(lm, fits.prompt, fits.target)
    assert found[0].bits == pytest.approx(bits, rel=1e-5)


def test_batching_changes_no_number(lm, monkeypatch):
    rows = references(chat=True)
    together = score(lm, rows)
    monkeypatch.setattr(likelihood, "TOKENS_PER_BATCH", 1)
    for one, many in zip(score(lm, rows), together, strict=True):
        assert one.bits == pytest.approx(many.bits, rel=1e-5)
        assert one.digit_bits == pytest.approx(many.digit_bits, rel=1e-5)


def test_a_large_vocabulary_adds_no_error_of_its_own():
    """A likely token among 50,000: a softmax in float32 would be off by some 1e-5."""
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(1, 4, 50_000, generator=generator)
    logits[0, :, 7] = 15.0

    class Model:
        config = SimpleNamespace(eos_token_id=0)
        device = "cpu"

        def __call__(self, **_):
            return SimpleNamespace(logits=logits)

    row = Boundary(text="abcd", ids=[7] * 4, first=1, offsets=[(i, i + 1) for i in range(4)])
    [found] = likelihood.token_log_probs(Model(), [row])
    right = logits[0, :3].double().log_softmax(-1)[:, 7].tolist()
    assert found == pytest.approx(right, rel=1e-9)


def test_prompts_get_no_logits_and_targets_the_same(lm):
    rows = [split(lm.tokenizer, prompt, target, None) for prompt, target in PAIRS.values()]
    computed: list[int] = []
    head = lm.model.get_output_embeddings()
    hook = head.register_forward_hook(lambda _, __, out: computed.append(out[..., 0].numel()))

    class Whole:
        """The model without a layer that the pass could be told about."""

        config, device = lm.model.config, lm.model.device

        def __call__(self, **inputs):
            return lm.model(**inputs)

    try:
        found = likelihood.token_log_probs(lm.model, rows)
        few = sum(computed)
        assert found == likelihood.token_log_probs(Whole(), rows)
    finally:
        hook.remove()
    assert few == sum(len(row.ids) - row.first for row in rows)


def test_results_stand_in_the_order_of_the_references(lm):
    rows = references(chat=False)
    names = [sample.problem_id for sample in score(lm, rows[::-1])]
    assert names == [row.problem_id for row in rows[::-1]]


def test_spans_that_leave_out_the_space_still_count_its_byte():
    """Llama 3's tokenizer reports " is" as the span of "is"."""
    row = Boundary(text="It is", ids=[5, 6], first=1, offsets=[(0, 2), (3, 5)])
    assert measure(row, [-math.log(2)]) == (1.0, 3, 0.0, 0)


def test_a_merge_over_the_border_counts_in_bits_and_bytes():
    """Prompt "ab", target "cd", but the tokenizer knows "bc": it is scored, with its "b"."""

    class Merging:
        bos_token = unk_token_id = None

        def __call__(self, text, **_):
            cut = {"ab": ["a", "b"], "abcd": ["a", "bc", "d"]}[text]
            starts = [sum(map(len, cut[:i])) for i in range(len(cut))]
            return {
                "input_ids": [sum(piece.encode()) for piece in cut],
                "offset_mapping": [(s, s + len(p)) for s, p in zip(starts, cut, strict=True)],
            }

    row = split(Merging(), "ab", "cd", None)
    assert (row.first, measure(row, [-1.0, -1.0])[1]) == (1, 3)


@pytest.mark.parametrize("prompt", ["", " \n"])
def test_an_empty_prompt_is_refused(lm, prompt):
    with pytest.raises(ValueError, match="need a prompt"):
        split(lm.tokenizer, prompt, "target", None)


def test_an_empty_target_is_refused(lm):
    with pytest.raises(ValueError, match="need a target"):
        split(lm.tokenizer, "prompt", "", None)


def test_a_chat_without_a_template_is_a_users_mistake(lm, monkeypatch):
    monkeypatch.setattr(lm.tokenizer, "chat_template", None)
    with pytest.raises(ConfigError, match="no chat template"):
        score(lm, references(chat=True))


def lossy(lm, change):
    """The model's tokenizer with its pre-tokenizer, normalizer or model changed."""
    tokenizer = copy.deepcopy(lm.tokenizer)
    change(tokenizer.backend_tokenizer)
    return tokenizer


def without_blanks(backend):
    backend.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), backend.pre_tokenizer]
    )


def without_chinese(backend):
    backend.normalizer = normalizers.Replace(Regex(r"\p{Han}"), "")


def trimmed(backend):
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=True)
    backend.post_processor = processors.ByteLevel(trim_offsets=True)


@pytest.mark.parametrize(
    ("change", "prompt", "target", "lost"),
    [
        (without_blanks, "Question:", " The answer is 7.", "   "),
        (without_blanks, "def f():", "\n    return 7\n", "\\n "),
        (without_blanks, "Question:", "7", None),
        (without_chinese, "Question:", "\u7b54\u6848 7", "\u7b54\u6848"),
        (without_chinese, "Question:", "7 \u7b54", "\u7b54"),
        (without_chinese, "Question:", "\u7b54\u6848", "\u7b54\u6848"),
        (without_chinese, "\u95ee", "\u7b54\u6848", "\u7b54\u6848"),
        (without_chinese, "\u95ee:", " The answer is 7.", None),
        (trimmed, "Question:", "  The answer\n\tis 7. \n", None),
    ],
)
def test_text_of_the_target_that_no_token_stands_for_is_an_error(lm, change, prompt, target, lost):
    tokenizer = lossy(lm, change)
    if lost is None:
        assert split(tokenizer, prompt, target, False).text == prompt + target
        return
    with pytest.raises(PrerequisiteError, match="no token for") as caught:
        split(tokenizer, prompt, target, False)
    assert lost in caught.value.message
    assert "tokenizer.json" in caught.value.hint


def test_text_that_only_the_unknown_token_stands_for_is_an_error(tmp_path):
    words = {"[UNK]": 0, "the": 1, "answer": 2, "is": 3, "7": 4}
    backend = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    backend.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=backend, unk_token="[UNK]")
    with pytest.raises(PrerequisiteError, match=r"no token for .*nine'"):
        split(tokenizer, "theanswer is", "nine", False)


def test_an_unknown_token_that_only_the_stored_tokenizer_names_is_one():
    letters = {chr(code): code - 32 for code in range(32, 127)} | {"<u>": 95}
    backend = Tokenizer(models.BPE(vocab=letters, merges=[], unk_token="<u>"))
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=backend)
    assert tokenizer.unk_token is None
    assert split(tokenizer, "It is", " 7", False).first
    with pytest.raises(PrerequisiteError, match="no token for '\u00e9\u00e8'"):
        split(tokenizer, "It is", " \u00e97\u00e8", False)


def test_an_evaluation_of_a_lossy_tokenizer_ends(lm):
    mended = copy.copy(lm)
    mended.tokenizer = lossy(lm, without_chinese)
    with pytest.raises(PrerequisiteError, match="no token for"):
        score(mended, references(chat=False))


@pytest.mark.parametrize("chat", [False, True])
def test_control_tokens_that_a_reference_spells_are_text(lm, chat):
    text = " It ends.<|im_end|>\n<|im_start|>system"
    row = Reference(problem_id="p", prompt="How<|im_end|> many?", target=text, chat=chat)
    read: list[Boundary] = []

    def log_probs(model, rows):
        read.extend(rows)
        return likelihood.token_log_probs(model, rows)

    (found,) = score_references(lm, [row], "en", lambda text: render_chat(lm, text), log_probs)
    scored = "\n" * chat + text  # blanks at the end of a prompt count as the target's
    assert found.bytes == len(scored.encode())
    assert found.bits > 0
    control = {lm.tokenizer.convert_tokens_to_ids(t) for t in ("<|im_start|>", "<|im_end|>")}
    plain = msgspec.structs.replace(row, prompt="How many?", target=" It ends.")
    score_references(lm, [plain], "en", lambda text: render_chat(lm, text), log_probs)
    with_marks, without = read
    specials = [[i for i in r.ids if i in control] for r in (with_marks, without)]
    assert specials[0] == specials[1]
    assert with_marks.ids[:1] == without.ids[:1], "the same beginning, BOS or not"
    assert lm.tokenizer.decode(with_marks.ids[with_marks.first :]) == scored


@pytest.mark.parametrize("wrong", [math.nan, -math.inf])
def test_a_score_that_is_no_number_is_told_and_not_stored(lm, wrong):
    def scores(model, rows):
        found = [[-1.0] * (len(row.ids) - row.first) for row in rows]
        found[-1][-1] = wrong
        return found

    with pytest.raises(PrerequisiteError, match=f"log-probability {wrong}") as caught:
        score_references(lm, references(chat=False), "en", lambda text: text, scores)
    assert "weights are damaged" in caught.value.hint
