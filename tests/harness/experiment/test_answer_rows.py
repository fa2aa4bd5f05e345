"""Rows of one answer each are told in the plan, by variant."""

from types import SimpleNamespace

from published_templates import CASES, rows, tokenizer_of

from harness.experiment.answer_rows import answer_notes
from train.packing import pack

QWEN, LLAMA = (next(c for c in CASES if c["name"] == name) for name in ("Qwen3", "Llama 3"))


def packed(folder, case):
    """Packed data as a stage has made them."""
    pack([*rows()], tokenizer_of(case), max_tokens=512, template="auto").save(folder)
    return SimpleNamespace(path=folder, marker=SimpleNamespace(fingerprint=case["name"]))


def test_the_plan_names_variants_with_more_rows_than_dialogues(tmp_path):
    made = {f"pack/{c['name']}": packed(tmp_path / c["name"], c) for c in (QWEN, LLAMA)}

    def said(*names):
        variants = [SimpleNamespace(name=name) for name in names]
        return answer_notes(SimpleNamespace(variants=variants), made)

    assert said("Llama 3") == ()
    told = "rows that are another answer of their dialogue: Qwen3: 5 of 15"
    assert said("Llama 3", "Qwen3") == (told,)
