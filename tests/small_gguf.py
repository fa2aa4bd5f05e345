"""A small Llama as a GGUF file, with a sentencepiece vocabulary that knows every byte."""

from pathlib import Path
from typing import Any

import gguf
import numpy as np

WORDS = ("\u2581the", "\u2581answer", "\u2581is", "the", "answer")
SIZE = 16


def vocabulary() -> list[tuple[str, float, gguf.TokenType]]:
    """Tokens, scores and types: special ones, bytes, letters, what merges make of them."""
    kinds = gguf.TokenType
    rows = [
        ("<unk>", 0.0, kinds.UNKNOWN),
        ("<s>", 0.0, kinds.CONTROL),
        ("</s>", 0.0, kinds.CONTROL),
    ]
    rows += [(f"<0x{byte:02X}>", 0.0, kinds.BYTE) for byte in range(256)]
    # A word is reached by merges only if each of its beginnings is a token too.
    parts = {word[:end] for word in WORDS for end in range(2, len(word) + 1)}
    pieces = sorted(parts, key=lambda part: (-len(part), part))
    letters = ["\u2581", *map(chr, range(33, 127))]
    rows += [(piece, -float(place), kinds.NORMAL) for place, piece in enumerate(pieces)]
    rows += [(letter, -1000.0, kinds.NORMAL) for letter in letters]
    return rows


def write_gguf(path: Path, template: str = "", *, bos: bool = True, **fields: Any) -> Path:
    """Random weights; `fields` are tokenizer fields (`add_bos_token=True`, `eot_token_id=7`).

    Without `bos` the file names no such token.
    """
    rows = vocabulary()
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(512)
    writer.add_embedding_length(SIZE)
    writer.add_block_count(1)
    writer.add_feed_forward_length(SIZE)
    writer.add_head_count(2)
    writer.add_head_count_kv(2)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(rows))
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list([token for token, _, _ in rows])
    writer.add_token_scores([score for _, score, _ in rows])
    writer.add_token_types([kind for _, _, kind in rows])
    if bos:
        writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    for name, value in fields.items():
        write = writer.add_bool if isinstance(value, bool) else writer.add_uint32
        write(f"tokenizer.ggml.{name}", value)
    if template:
        writer.add_chat_template(template)
    random = np.random.default_rng(0)
    square, table = (SIZE, SIZE), (len(rows), SIZE)
    shapes = {"token_embd": table, "output": table, "output_norm": (SIZE,)}
    shapes |= {f"blk.0.{name}": (SIZE,) for name in ("attn_norm", "ffn_norm")}
    names = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")
    shapes |= {f"blk.0.{name}": square for name in names}
    for name, shape in shapes.items():
        writer.add_tensor(f"{name}.weight", random.normal(0, 0.5, shape).astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
