"""Fixtures that tests of benchmarks share."""

from pathlib import Path

import pytest
from mutation_map import NOTING, forget


@pytest.fixture(autouse=NOTING)
def _nothing_remembered() -> None:
    """While mutmut is noting, each test makes its regular expressions itself."""
    forget("tasks.grading")


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A benchmark folder: four MGSM problems in two languages; 7 answers the first and the last."""
    root = tmp_path_factory.mktemp("benchmarks")
    (root / "mgsm").mkdir()
    for language, question in (("en", "How many?"), ("zh", "有多少？")):
        rows = "".join(f"{i}: {question}\t{answer}\n" for i, answer in enumerate((7, 8, 9, 7)))
        (root / "mgsm" / f"mgsm_{language}.tsv").write_text(rows, encoding="utf-8")
    return root
