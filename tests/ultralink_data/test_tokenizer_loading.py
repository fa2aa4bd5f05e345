"""A tokenizer reads text as the model's own files say, or is not loaded."""

import json
from pathlib import Path

import pytest
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers
from tokenizers.processors import TemplateProcessing

from tests.small_gguf import write_gguf
from train.chat_templates import CHATML
from train.micro_tokenizer import train_tokenizer
from ultralink_data.errors import PrerequisiteError
from ultralink_data.tokenizer_loading import PROBES, load_tokenizer

TEXTS = ("The answer is 7.\n", "def add(a, b):\n    return a + b\n") * 20


def stored_folder(root: Path, named: str | None, model_type: str = "llama", **config) -> Path:
    """A model folder with the starter's byte-level tokenizer.json, which names class `named`."""
    folder = root / "model"
    train_tokenizer(TEXTS, 320, folder)
    write_config(folder, model_type)
    file = folder / "tokenizer_config.json"
    settings = json.loads(file.read_text()) | config
    del settings["tokenizer_class"]
    if named is not None:
        settings["tokenizer_class"] = named
    file.write_text(json.dumps(settings))
    return folder


def write_config(folder: Path, model_type: str) -> None:
    (folder / "config.json").write_text(json.dumps({"model_type": model_type}))


def stored(folder: Path) -> Tokenizer:
    return Tokenizer.from_file(str(folder / "tokenizer.json"))


@pytest.mark.parametrize("probe", PROBES)
@pytest.mark.parametrize(
    ("named", "model_type"),
    [
        ("LlamaTokenizerFast", "llama"),
        ("LlamaTokenizer", "llama"),
        ("LlamaTokenizerFast", "mistral"),
        ("LlamaTokenizerFast", "qwen2"),
        ("GPT2TokenizerFast", "gpt2"),
        ("GemmaTokenizerFast", "gemma3_text"),
        ("PreTrainedTokenizerFast", "llama"),
        (None, "llama"),
        (None, "gpt2"),
    ],
)
def test_text_is_read_as_the_stored_tokenizer_reads_it(tmp_path, named, model_type, probe):
    folder = stored_folder(tmp_path, named, model_type)
    loaded, _ = load_tokenizer(folder)
    text = PROBES[probe]
    assert loaded(text)["input_ids"] == stored(folder).encode(text).ids
    assert loaded.decode(loaded(text)["input_ids"]) == text
    assert (loaded.chat_template, loaded.eos_token) == (CHATML, "<|im_end|>")


@pytest.mark.parametrize(
    ("named", "noted"),
    [
        ("LlamaTokenizerFast", ["LlamaTokenizer", *PROBES]),
        ("GemmaTokenizerFast", ["GemmaTokenizer", *PROBES]),
        ("PreTrainedTokenizerFast", []),
    ],
)
def test_the_note_names_the_class_and_what_it_reads_otherwise(tmp_path, named, noted):
    _, note = load_tokenizer(stored_folder(tmp_path, named))
    assert bool(note) == bool(noted)
    assert all(word in note for word in noted)
    assert "tokenizer.json is used" in note or not noted
    assert str(tmp_path) not in note


@pytest.mark.parametrize(
    "named",
    [
        *("T5Tokenizer", "XLMRobertaTokenizerFast", "AlbertTokenizer", "PegasusTokenizer"),
        *("BigBirdTokenizer", "CamembertTokenizer", "MBartTokenizer", "DebertaV2Tokenizer"),
    ],
)
def test_a_class_that_cannot_take_the_stored_file_is_passed_over(tmp_path, named):
    folder = stored_folder(tmp_path, named)
    loaded, note = load_tokenizer(folder)
    for text in PROBES.values():
        assert loaded(text)["input_ids"] == stored(folder).encode(text).ids
    assert "cannot make the class of it that the folder names (" in note
    assert str(tmp_path) not in note


def test_a_class_that_fails_without_a_stored_file_is_a_two_line_error(tmp_path):
    folder = stored_folder(tmp_path, "T5Tokenizer")
    (folder / "tokenizer.json").unlink()
    with pytest.raises(PrerequisiteError):
        load_tokenizer(folder)


def test_a_tokenizer_that_was_saved_again_needs_no_note(tmp_path):
    loaded, note = load_tokenizer(stored_folder(tmp_path, "LlamaTokenizerFast"))
    loaded.save_pretrained(tmp_path / "again")
    write_config(tmp_path / "again", "llama")
    again, second = load_tokenizer(tmp_path / "again")
    assert note
    assert not second
    assert all(again(text) == loaded(text) for text in PROBES.values())


@pytest.mark.parametrize("space", [True, False])
def test_a_space_in_front_that_the_folder_asks_for_is_no_difference(tmp_path, space):
    folder = stored_folder(tmp_path, "GPT2TokenizerFast", "gpt2", add_prefix_space=space)
    file = folder / "tokenizer.json"
    content = json.loads(file.read_text())
    content["pre_tokenizer"] = {"type": "ByteLevel", "add_prefix_space": not space}
    content["pre_tokenizer"] |= {"trim_offsets": True, "use_regex": True}
    file.write_text(json.dumps(content))
    loaded, note = load_tokenizer(folder)
    assert not note
    assert loaded.tokenize("a")[0] == ("\u0120a" if space else "a")


def test_a_folder_without_any_vocabulary_is_refused(tmp_path):
    write_config(tmp_path, "llama")
    (tmp_path / "tokenizer_config.json").write_text('{"tokenizer_class": "LlamaTokenizerFast"}')
    with pytest.raises(PrerequisiteError) as caught:
        load_tokenizer(tmp_path)
    assert str(tmp_path) in caught.value.message


@pytest.mark.parametrize("named", ["LlamaTokenizerFast", "GemmaTokenizerFast"])
@pytest.mark.parametrize("version", ["4.57.0", "5.1.0", None])
@pytest.mark.parametrize("model_type", ["llama", "mistral"])
def test_a_switch_for_the_split_hides_no_text_that_is_lost(tmp_path, named, version, model_type):
    folder = stored_folder(tmp_path, named, model_type, fix_mistral_regex=True)
    config = {"model_type": model_type} | ({"transformers_version": version} if version else {})
    (folder / "config.json").write_text(json.dumps(config))
    if version is None:
        enlarge(folder)
    loaded, _ = load_tokenizer(folder)
    for text in PROBES.values():
        assert loaded.decode(loaded(text)["input_ids"]) == text


def enlarge(folder: Path) -> None:
    """Add unused words: only from 100,001 on does `transformers` look at the switch."""
    file = folder / "tokenizer.json"
    content = json.loads(file.read_text())
    first = stored(folder).get_vocab_size()
    content["model"]["vocab"] |= {f"unused{n}": first + n for n in range(100_001)}
    file.write_text(json.dumps(content))


def split_folder(root: Path, pattern: str) -> Path:
    """A Mistral folder whose file splits text by `pattern`, which the switch puts right."""
    folder = stored_folder(root, "PreTrainedTokenizerFast", "mistral", fix_mistral_regex=True)
    file = folder / "tokenizer.json"
    content = json.loads(file.read_text())
    split = {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated"}
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True}
    parts = [split | {"invert": False}, byte_level | {"use_regex": False}]
    content["pre_tokenizer"] = {"type": "Sequence", "pretokenizers": parts}
    file.write_text(json.dumps(content))
    enlarge(folder)
    return folder


def test_the_split_that_the_switch_changes_is_no_difference(tmp_path):
    folder = split_folder(tmp_path, ".")
    loaded, note = load_tokenizer(folder)
    text = PROBES["code"]
    assert not note
    assert loaded(text)["input_ids"] != stored(folder).encode(text).ids
    assert loaded.decode(loaded(text)["input_ids"]) == text


@pytest.mark.parametrize("content", ["", "{}", '{"model": {"type": "None such"}}'])
def test_a_damaged_tokenizer_file_is_a_two_line_error(tmp_path, content):
    folder = stored_folder(tmp_path, "PreTrainedTokenizerFast")
    (folder / "tokenizer.json").write_text(content)
    with pytest.raises(PrerequisiteError) as caught:
        load_tokenizer(folder)
    assert "again" in caught.value.hint


def english_only(folder: Path) -> Path:
    """A tokenizer that knows English letters and has no token for anything else."""
    letters = {chr(code): code - 32 for code in range(32, 127)}
    tokenizer = Tokenizer(models.BPE(vocab=letters, merges=[]))
    tokenizer.decoder = decoders.Fuse()
    folder.mkdir()
    tokenizer.save(str(folder / "tokenizer.json"))
    write_config(folder, "llama")
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "PreTrainedTokenizerFast"}')
    return folder


def test_a_tokenizer_of_one_script_is_loaded_as_it_is(tmp_path):
    loaded, note = load_tokenizer(english_only(tmp_path / "model"))
    assert not note
    assert loaded.decode(loaded("a b")["input_ids"]) == "a b"


@pytest.mark.parametrize(
    ("said", "first"),
    [({}, True), ({"add_bos_token": True}, True), ({"add_bos_token": False}, False)],
)
def test_a_bos_starts_text_where_the_gguf_file_says_so(tmp_path, said, first):
    loaded, note = load_tokenizer(write_gguf(tmp_path / "x.gguf", **said))
    ids = loaded("the answer")["input_ids"]
    assert (ids[0] == loaded.bos_token_id) is first
    assert loaded("the answer", add_special_tokens=False)["input_ids"] == ids[first:]
    assert not note
    loaded.save_pretrained(tmp_path / "saved")
    write_config(tmp_path / "saved", "llama")
    saved, _ = load_tokenizer(tmp_path / "saved")
    assert saved("the answer")["input_ids"] == ids


@pytest.mark.parametrize(
    ("said", "piece"), [({}, "\u2581the"), ({"add_space_prefix": False}, "the")]
)
def test_a_space_starts_text_unless_the_gguf_file_says_no(tmp_path, said, piece):
    loaded, _ = load_tokenizer(write_gguf(tmp_path / "x.gguf", **said))
    assert loaded.tokenize("the answer") == [piece, "\u2581answer"]
    assert (
        loaded.decode(loaded("the answer")["input_ids"], skip_special_tokens=True) == "the answer"
    )
    loaded.save_pretrained(tmp_path / "saved")
    write_config(tmp_path / "saved", "llama")
    saved, _ = load_tokenizer(tmp_path / "saved")
    assert saved.tokenize("the answer") == [piece, "\u2581answer"]


@pytest.mark.parametrize("said", [{"add_bos_token": True}, {"add_bos_token": False}, {}])
@pytest.mark.parametrize("bos", [True, False])
def test_a_bos_that_the_gguf_file_wants_is_there_or_noted(tmp_path, said, bos):
    loaded, note = load_tokenizer(write_gguf(tmp_path / "x.gguf", bos=bos, **said))
    wanted = said.get("add_bos_token", True)  # of sentencepiece by default
    there = loaded("the")["input_ids"][0] == loaded.bos_token_id
    assert there + bool(note) == wanted
    assert not note or "BOS" in note


def test_no_gguf_file_ends_text_with_eos(tmp_path):
    loaded, _ = load_tokenizer(write_gguf(tmp_path / "x.gguf", add_eos_token=True))
    assert loaded("the")["input_ids"][-1] != loaded.eos_token_id


@pytest.mark.parametrize("bos", [True, False])
def test_an_eos_after_every_text_is_left_out_with_a_note(tmp_path, bos):
    folder = stored_folder(tmp_path, "PreTrainedTokenizerFast", bos_token="<|endoftext|>")
    tokenizer = stored(folder)
    start, end = "<|endoftext|> " if bos else "", "<|im_end|>"
    tokenizer.post_processor = TemplateProcessing(
        single=f"{start}$A {end}", special_tokens=[("<|endoftext|>", 0), (end, 2)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    loaded, note = load_tokenizer(folder)
    assert "EOS" in note
    assert (
        loaded("a")["input_ids"] == [0] * bos + tokenizer.encode("a", add_special_tokens=False).ids
    )


def test_what_the_stored_tokenizer_adds_or_normalises_is_kept(tmp_path):
    folder = stored_folder(tmp_path, "LlamaTokenizerFast")
    tokenizer = stored(folder)
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.add_tokens([AddedToken("<tool>", normalized=False)])
    tokenizer.save(str(folder / "tokenizer.json"))
    loaded, _ = load_tokenizer(folder)
    for text in ("e\u0301 <tool>x", "12 34"):
        assert loaded(text)["input_ids"] == tokenizer.encode(text).ids


@pytest.mark.parametrize("named", ["LlamaTokenizerFast", "PreTrainedTokenizerFast"])
@pytest.mark.parametrize("said", [{}, {"add_bos_token": True}])
def test_the_bos_that_the_folder_names_stands_once(tmp_path, named, said):
    """As R1-Distill has it: in the post-processor, and by a field of the folder."""
    folder = stored_folder(tmp_path, named, bos_token="<|endoftext|>", **said)
    tokenizer = stored(folder)
    tokenizer.post_processor = TemplateProcessing(
        single="<|endoftext|> $A", special_tokens=[("<|endoftext|>", 0)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    loaded, _ = load_tokenizer(folder)
    assert loaded("a b")["input_ids"].count(0) == 1


@pytest.mark.parametrize("named", ["LlamaTokenizerFast", "PreTrainedTokenizerFast"])
def test_a_file_that_was_saved_with_padding_and_truncation_is_no_difference(tmp_path, named):
    folder = stored_folder(tmp_path, named)
    tokenizer = stored(folder)
    expected = {name: tokenizer.encode(text).ids for name, text in PROBES.items()}
    tokenizer.enable_padding(length=64, pad_id=0, pad_token="<|endoftext|>")
    tokenizer.enable_truncation(max_length=3)
    tokenizer.save(str(folder / "tokenizer.json"))
    loaded, note = load_tokenizer(folder)
    assert bool(note) == (named == "LlamaTokenizerFast")
    for name, text in PROBES.items():
        assert loaded(text)["input_ids"] == expected[name]
