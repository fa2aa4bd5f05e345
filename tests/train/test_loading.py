"""Where models come from, what is said where there is none, and what identifies one."""

import torch

from train import loading


def test_weights_are_float32_whatever_the_files_hold(base, tmp_path):
    model = loading.load_model(base)
    model.to(torch.bfloat16).save_pretrained(tmp_path)
    assert loading.load_model(tmp_path).dtype == torch.float32
    assert loading.load_model(str(tmp_path)).dtype == torch.float32


def test_a_fingerprint_is_of_names_and_contents(tmp_path):
    def folder(name, **files):
        for file, content in files.items():
            path = tmp_path / name / file.replace("__", "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        return loading.fingerprint(tmp_path / name)

    first = folder("a", x="1", y="2")
    assert first == folder("b", y="2", x="1")
    assert len(first) == 64
    others = [
        folder("c", x="2", y="1"),
        folder("d", x="1", z="2"),
        folder("e", x="1"),
        folder("f", x="1", y="2", sub__z="3"),
    ]
    assert len({first, *others}) == 5
    assert loading.fingerprint(tmp_path / "e" / "x") == folder("e", x="1")


def test_a_hub_name_is_its_own_fingerprint():
    assert loading.fingerprint("org/model") == loading.fingerprint("org/model")
    assert loading.fingerprint("org/model") != loading.fingerprint("org/other")
