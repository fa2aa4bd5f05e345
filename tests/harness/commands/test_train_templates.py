"""What `train` says and keeps of a chat template: rows of one answer each, ChatML where none is."""

import json
from pathlib import Path

import msgspec
import pytest
from published_templates import CASES, rows, tokenizer_of, write_small

from harness import cli
from harness.commands.train import gguf_note, said_of_rows
from harness.engine.pack_stage import make_packed
from harness.engine.provenance import read_provenance
from harness.engine.stage_configs import PackConfig
from harness.engine.stages import Folders
from train.chat_templates import NO_END, NO_TEMPLATE
from train.lora_config import LoraConfig
from train.packed import Packed
from train.packing import pack
from train.train_config import TrainConfig
from ultralink_data.store import dataset, release

QWEN = next(case for case in CASES if case["name"] == "Qwen3")


def test_rows_that_are_trained_otherwise_than_they_stand_are_counted():
    counts = pack([*rows()], tokenizer_of(QWEN), max_tokens=512, template="auto").counts
    (told,) = said_of_rows(counts)
    assert told.startswith("5 of 15 rows are another answer of their dialogue: the chat template")
    spelled = msgspec.structs.replace(counts.cells[0], again=0, spelled=3)
    (told,) = said_of_rows(msgspec.structs.replace(counts, cells=(spelled,)))
    assert told.startswith("3 rows spell control tokens such as <|im_end|>: they are learned as")


@pytest.mark.parametrize(
    ("base", "rank", "merges", "notes"),
    [("m.gguf", 4, False, 1), ("m.gguf", 4, True, 0), ("m.gguf", 0, False, 0), ("m", 4, False, 0)],
)
def test_adapters_of_a_gguf_file_say_how_others_load_it(base, rank, merges, notes):
    config = TrainConfig(lora=LoraConfig(rank=rank))
    told = [*gguf_note(Path("models") / base, config, merges=merges)]
    assert len(told) == notes
    assert all("gguf_file='m.gguf'" in text for text in told)


@pytest.mark.slow  # a whole command with its worker
def test_rows_of_one_answer_each_are_told_beside_the_plan_and_kept(tmp_path, capsys):
    write_small(tokenizer_of(QWEN), tmp_path / "model")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "en_math.jsonl").write_bytes(release.encode([*rows()][:4])[0])
    words = ["train", "--data", "data", "--model", "model", "-o", "out", "--runs", "runs"]
    for setting in ("steps=1", "sequences_per_step=1", "max_tokens=512"):
        words += ["--set", setting]
    paths = {"data", "model", "out", "runs"}
    before = words.index("--data") - 1
    words = [str(tmp_path / w) if w in paths and at > before else w for at, w in enumerate(words)]
    assert cli.main(words) == 0
    assert "2 of 6 rows are another answer of their dialogue" in " ".join(
        capsys.readouterr().err.split()
    )
    told = read_provenance(tmp_path / "out")
    assert told is not None
    assert told.dataset.again == 2
    ends = json.loads((tmp_path / "out" / "generation_config.json").read_text())["eos_token_id"]
    assert ends == tokenizer_of(QWEN).convert_tokens_to_ids("<|im_end|>")


WITHOUT_END = (
    "{% for m in messages %}{{ m['role'] + ': ' + m['content'] + ' ###\n' }}{% endfor %}"
    "{% if add_generation_prompt %}assistant:{% endif %}"
)
"""A template whose end of turn is text, which ends no generation."""


@pytest.mark.parametrize(
    ("own", "template", "note"),
    [
        (None, "auto", NO_TEMPLATE),
        (None, "chatml", ""),
        (WITHOUT_END, "auto", NO_END),
        (WITHOUT_END, "chatml", ""),
    ],
)
def test_a_person_is_told_of_a_template_that_is_another_than_expected(
    tmp_path, own, template, note
):
    tokenizer = tokenizer_of(QWEN)
    tokenizer.chat_template = own
    tokenizer.save_pretrained(tmp_path / "model")
    dataset.write(tmp_path / "data", rows(), recipe="made here", parents=())
    (tmp_path / "out").mkdir()
    inputs = {"dataset": tmp_path / "data", "tokenizer": tmp_path / "model"}
    config = PackConfig(
        languages=("en",),
        max_tokens=512,
        template=template,
        packing=True,
        overlong="split",
        packing_order="length",
    )
    make_packed(
        Folders(inputs=inputs, out=tmp_path / "out", work=tmp_path / "work"), config, None, print
    )
    assert Packed.load(tmp_path / "out").counts.note == note
