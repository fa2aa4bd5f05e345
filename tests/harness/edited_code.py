"""Edits of a copy of the code, for tests of what gets a new key."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.engine import deciding_packages, source_hash, stage_code


def forget() -> None:
    """Forget all that was read of the code and of the packages, so that it is read again."""
    source_hash.forget()
    stage_code.code_of.cache_clear()
    deciding_packages._version.cache_clear()


@contextmanager
def edited(copy: Path, path: str, old: str, new: str) -> Iterator[None]:
    """`new` in place of `old` in a file of the copy (at its end if `old` is empty) in the block."""
    file = copy / path
    text = file.read_text() if file.exists() else None
    changed = (text or "") + new if not old else (text or "").replace(old, new, 1)
    assert changed != text, f"{path} does not say {old!r}"
    file.parent.mkdir(exist_ok=True)
    file.write_text(changed)
    try:
        yield
    finally:
        if text is None:
            file.unlink()
        else:
            file.write_text(text)
