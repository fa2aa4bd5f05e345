"""What a GGUF file says of its tokenizer, and what holds where it says nothing."""

import struct

import pytest

from tests.small_gguf import write_gguf
from ultralink_data.errors import PrerequisiteError
from ultralink_data.gguf_fields import adds_bos, adds_space, read_fields

MODEL, SPLIT, BOS = (f"tokenizer.ggml.{name}" for name in ("model", "pre", "add_bos_token"))
SPACE = "tokenizer.ggml.add_space_prefix"


def test_fields_are_read_past_arrays_and_the_arrays_left_out(tmp_path):
    fields = read_fields(write_gguf(tmp_path / "x.gguf", "{{ bos }}", add_bos_token=False))
    assert fields["general.architecture"] == "llama"
    assert fields["llama.block_count"] == 1
    assert fields["llama.attention.layer_norm_rms_epsilon"] == pytest.approx(1e-5)
    assert fields[BOS] is False
    assert fields["tokenizer.chat_template"] == "{{ bos }}"
    assert not any(name.endswith((".tokens", ".scores", ".token_type")) for name in fields)


@pytest.mark.parametrize(
    ("fields", "added"),
    [
        ({MODEL: "llama"}, True),
        ({MODEL: "llama", BOS: False}, False),
        ({MODEL: "llama", BOS: True}, True),
        ({MODEL: "gpt2", SPLIT: "smollm"}, False),
        ({MODEL: "gpt2", SPLIT: "qwen2"}, False),
        ({MODEL: "gpt2", SPLIT: "qwen2", BOS: True}, True),
        ({MODEL: "gpt2", SPLIT: "llama-bpe"}, True),
        ({MODEL: "gpt2", SPLIT: "llama-bpe", BOS: False}, False),
        ({MODEL: "gpt2", SPLIT: "tekken"}, True),
        ({MODEL: "gpt2"}, False),
        ({MODEL: "gemma4", BOS: False}, True),
        ({MODEL: "t5"}, False),
        ({}, False),
    ],
)
def test_a_bos_is_added_as_llama_cpp_adds_it(fields, added):
    assert adds_bos(fields) is added


@pytest.mark.parametrize(
    ("fields", "added"), [({}, True), ({SPACE: False}, False), ({SPACE: True}, True)]
)
def test_a_space_is_put_in_front_unless_the_file_says_no(fields, added):
    assert adds_space(fields) is added


def text(value: bytes) -> bytes:
    return struct.pack("<Q", len(value)) + value


def header(*fields: bytes, version: int = 3) -> bytes:
    return b"GGUF" + struct.pack("<IQQ", version, 0, len(fields)) + b"".join(fields)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"PK\x03\x04 and more", "does not begin with GGUF"),
        (header(version=1), "version 1"),
        (header()[:12], "requires a buffer"),
        (header(text(b"a") + struct.pack("<I", 99)), "unknown type 99"),
        (header(struct.pack("<Q", 10**9) + b"a"), "ends within"),
        (header(text(b"\xff")), "decode"),
    ],
)
def test_what_is_no_gguf_file_is_a_two_line_error(tmp_path, content, said):
    (tmp_path / "x.gguf").write_bytes(content)
    with pytest.raises(PrerequisiteError, match=rf"x\.gguf as a GGUF file: .*{said}"):
        read_fields(tmp_path / "x.gguf")


def test_every_type_of_field_is_read(tmp_path):
    kinds = {0: ("B", 7), 1: ("b", -7), 2: ("H", 7), 3: ("h", -7), 4: ("I", 7), 5: ("i", -7)}
    kinds |= {6: ("f", 0.5), 7: ("?", True), 10: ("Q", 2**40), 11: ("q", -(2**40)), 12: ("d", 0.1)}
    single = [
        text(f"f{kind}".encode()) + struct.pack(f"<I{form}", kind, value)
        for kind, (form, value) in kinds.items()
    ]
    several = [
        text(f"a{kind}".encode()) + struct.pack(f"<IIQ2{form}", 9, kind, 2, value, value)
        for kind, (form, value) in kinds.items()
    ]
    words = text(b"s") + struct.pack("<IIQ", 9, 8, 2) + text(b"one") + text(b"two")
    last = text(b"end") + struct.pack("<I", 8) + text(b"here")
    (tmp_path / "x.gguf").write_bytes(header(*single, *several, words, last, version=2))
    expected = {f"f{kind}": value for kind, (_, value) in kinds.items()}
    assert read_fields(tmp_path / "x.gguf") == expected | {"end": "here"}
