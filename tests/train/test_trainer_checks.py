"""What is checked and set before training, and what is written after it."""

import shutil
import stat
from types import SimpleNamespace

import msgspec
import pytest
import torch
from train_samples import dialogues

from train import loading, trainer
from train.chat_templates import IM_END
from train.packed import Packed
from train.packing import pack
from train.plan import plan
from train.train_config import TrainConfig
from train.trainer import train
from ultralink_data.errors import ConfigError, DataError, PrerequisiteError


@pytest.fixture
def data(packed_folder):
    return Packed.load(packed_folder)


def with_config(base, folder, *changes):
    """A copy of the model whose config.json has these texts replaced."""
    shutil.copytree(base, folder)
    text = (folder / "config.json").read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / "config.json").write_text(text)
    return folder


def test_data_of_another_tokenizer_say_what_to_do(base, data, config):
    counts = msgspec.structs.replace(data.counts, tokenizer="other")
    other = Packed(**{**vars(data), "counts": counts})
    with pytest.raises(DataError, match=rf"{base}$") as caught:
        trainer._load(base, other, config)
    assert "pack the dataset again" in caught.value.hint


def test_a_dialogue_over_the_context_names_both_numbers(base, data, config, tmp_path):
    longest = int(data.segment_tokens.max())
    for context in (longest - 1, longest):
        folder = tmp_path / f"m{context}"
        model = with_config(base, folder, ('_embeddings": 512', f'_embeddings": {context}'))
        if context == longest:
            trainer._load(model, data, config)
            continue
        with pytest.raises(ConfigError) as caught:
            trainer._load(model, data, config)
        said = f"a dialogue has {longest} tokens, the context of {model} is {context}"
        assert caught.value.message == said
        assert f"--set train.max_tokens={context}" in caught.value.hint


def test_a_model_without_a_stated_context_takes_any_length(base, data, config, monkeypatch):
    model = loading.load_model(base)
    del model.config.max_position_embeddings
    monkeypatch.setattr(loading, "load_model", lambda *_: model)
    assert trainer._load(base, data, config)[0] is model


def test_only_packed_data_need_a_model_that_keeps_dialogues_apart(base, data, config, monkeypatch):
    probed = []
    monkeypatch.setattr(trainer, "check_isolation", probed.append)
    trainer._load(base, data, msgspec.structs.replace(config, packing=False))
    assert probed == []
    model, _, _ = trainer._load(base, data, config)
    assert probed == [model]


def test_chatml_ends_generation_at_its_own_token_and_auto_changes_nothing(
    base, data, config, tmp_path
):
    model, tokenizer, _ = trainer._load(base, data, config)
    assert tokenizer.eos_token == IM_END
    ends = model.config.eos_token_id, model.generation_config.eos_token_id
    assert ends == (tokenizer.eos_token_id,) * 2
    folder = with_config(base, tmp_path / "m", ('"eos_token_id": 2', '"eos_token_id": 5'))
    (folder / "generation_config.json").unlink()
    auto = msgspec.structs.replace(config, template="auto")
    assert trainer._load(folder, data, auto)[0].config.eos_token_id == 5
    assert trainer._load(folder, data, config)[0].config.eos_token_id == 2


def ends_of(model):
    return model.config.eos_token_id, model.generation_config.eos_token_id


@pytest.mark.parametrize(
    ("known", "expected"), [(5, [5, 2]), ([5, 7], [5, 7, 2]), (None, 2), ([2, 5], [2, 5])]
)
def test_a_template_s_own_end_of_turn_ends_generation_too(base, data, config, known, expected):
    model = loading.load_model(base)
    model.generation_config.eos_token_id = known
    trainer._end_at_turns(model.generation_config, loading.load_tokenizer(base))
    assert ends_of(model) == (2, expected)


def test_a_base_without_a_template_is_saved_with_chatml_and_ends_there(
    base, packed_folder, config, tmp_path
):
    from transformers import AutoTokenizer, GenerationConfig

    bare = with_config(base, tmp_path / "m", ('"eos_token_id": 2', '"eos_token_id": 0'))
    (bare / "chat_template.jinja").unlink()
    (bare / "generation_config.json").unlink()
    recipe = msgspec.structs.replace(config, template="auto", steps=1)
    out = tmp_path / "o"
    train(model=bare, packed=packed_folder, config=recipe, seed=0, out=out, work=tmp_path / "w")
    saved = AutoTokenizer.from_pretrained(out)
    chat = [{"role": "user", "content": "Hi"}]
    text = saved.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
    assert text == "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"
    end = saved.convert_tokens_to_ids(IM_END)
    assert saved.eos_token_id == end
    assert GenerationConfig.from_pretrained(out).eos_token_id == end
    assert loading.load_model(out).config.eos_token_id == end


def test_new_tokens_get_rows_that_are_the_same_in_every_run(base, tokenizer, config, tmp_path):
    folder = tmp_path / "small"
    model = loading.load_model(base)
    size = len(tokenizer)
    model.resize_token_embeddings(size - 1, mean_resizing=False)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    data = pack(dialogues()[:3], tokenizer, max_tokens=400, template="chatml")
    weights = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        before = torch.get_rng_state()
        loaded, _, _ = trainer._load(folder, data, config)
        assert torch.equal(torch.get_rng_state(), before)
        weights.append(loaded.get_input_embeddings().weight)
    assert weights[0].shape[0] == size
    assert torch.equal(weights[0], weights[1])
    old = model.get_input_embeddings().weight[: size - 1]
    assert torch.equal(weights[0][: size - 1], old)


def test_a_model_with_room_to_spare_keeps_its_size(base, data, config):
    model, tokenizer, _ = trainer._load(base, data, config)
    assert model.get_input_embeddings().num_embeddings == 512 > len(tokenizer)


@pytest.mark.parametrize(
    ("pad", "eos", "expected"), [(7, 5, 7), (None, 5, 5), (None, None, 0), (0, 5, 0)]
)
def test_padding_is_the_tokenizer_s_own_else_the_end_else_anything(pad, eos, expected):
    tokens = SimpleNamespace(pad_token_id=pad, eos_token_id=eos)
    assert trainer._padding(tokens) == expected


def test_the_result_counts_what_the_plan_says(data, config):
    seen = plan(data, config, 1)
    trained = SimpleNamespace(losses=[2.0, 1.0], damaged=(6,))
    result = trainer._result(seen, trained, 4, "by row")
    assert (result.steps, result.rows) == (seen.steps, seen.rows)
    assert (result.tokens, result.loss_tokens) == (seen.tokens, seen.loss_tokens)
    assert (result.losses, result.resumed_from) == ((2.0, 1.0), 4)
    assert (result.damaged, result.attention) == ((6,), "by row")
    assert len({result.steps, result.rows, result.tokens, result.loss_tokens}) == 4


def test_where_the_folder_is_taken_nothing_starts(base, packed_folder, config, tmp_path):
    out = tmp_path / "out"
    out.touch()
    options = {"model": base, "packed": packed_folder, "config": config, "seed": 0}
    with pytest.raises(ConfigError, match=rf"^{out} exists and is not empty$") as caught:
        train(**options, out=out, work=tmp_path / "w")
    assert caught.value.hint.startswith("delete it or ")
    assert not (tmp_path / "w").exists()


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_what_is_written_has_the_run_s_precision_and_can_be_read_by_others(
    base, packed_folder, config, tmp_path, precision
):
    recipe = msgspec.structs.replace(config, steps=1, precision=precision)
    out = tmp_path / "out"
    out.mkdir()  # an empty folder is free
    evaluated = []
    train(
        model=base,
        packed=packed_folder,
        config=recipe,
        seed=0,
        out=out,
        work=tmp_path / "w",
        on_evaluate=lambda step, model: evaluated.append((step, model.training)),
    )
    from safetensors import safe_open

    with safe_open(out / "model.safetensors", "pt") as file:
        kinds = {file.get_tensor(name).dtype for name in file.keys()}  # noqa: SIM118
    assert kinds == {getattr(torch, precision)}
    assert {stat.S_IMODE(path.stat().st_mode) for path in out.iterdir()} == {0o644}
    assert (out / "tokenizer.json").is_file()
    assert evaluated == [(1, False)]


def test_evaluation_comes_at_each_checkpoint_and_once_at_the_end(
    base, packed_folder, config, tmp_path
):
    for every, expected in ((2, [2, 4]), (3, [3, 4]), (0, [4])):
        steps = []
        recipe = msgspec.structs.replace(config, steps=4, checkpoint_every=every)
        train(
            model=base,
            packed=packed_folder,
            config=recipe,
            seed=0,
            out=tmp_path / f"o{every}",
            work=tmp_path / f"w{every}",
            on_evaluate=lambda step, model, steps=steps: steps.append(step),
        )
        assert steps == expected


def test_defaults_train_without_chatml(base, packed_folder, tmp_path):
    recipe = TrainConfig(steps=1, sequences_per_step=1, max_tokens=400)
    result = train(
        model=str(base),
        packed=packed_folder,
        config=recipe,
        seed=0,
        out=tmp_path / "o",
        work=tmp_path,
    )
    assert (result.steps, result.resumed_from) == (1, None)


def test_a_disk_that_is_full_at_the_end_names_the_folder_of_the_model(
    base, packed_folder, config, tmp_path, monkeypatch
):
    from safetensors import SafetensorError

    def full(*_):
        raise SafetensorError("No space left on device")

    monkeypatch.setattr(trainer, "_save", full)
    recipe = msgspec.structs.replace(config, steps=1)
    options = {"model": base, "packed": packed_folder, "config": recipe, "seed": 0}
    with pytest.raises(PrerequisiteError, match=rf"^cannot write {tmp_path / 'o'}: No space left"):
        train(**options, out=tmp_path / "o", work=tmp_path / "w")
