"""A small baseline, and candidates made of it."""

from pathlib import Path

import pytest

from ultralink_data.starter.dialogues import starter_dialogues
from ultralink_data.store import dataset


@pytest.fixture(scope="session")
def baseline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A starter set with one problem a template."""
    folder = tmp_path_factory.mktemp("gate") / "baseline"
    dataset.write(folder, starter_dialogues(1, 1), recipe="starter")
    return folder
