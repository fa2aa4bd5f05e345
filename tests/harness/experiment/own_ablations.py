"""Ablation files as a user writes them, and folders of rows for them."""

from pathlib import Path

from ultralink_data.starter.dialogues import starter_dialogues
from ultralink_data.store import dataset

FOLDERS = '''
"""Two folders of rows."""
import msgspec

from harness.experiment.ablation import Ablation, Variant


def folder(name):
    def change(config):
        return msgspec.structs.replace(
            config, data=msgspec.structs.replace(config.data, folder=name)
        )

    return change


ABLATION = Ablation(
    name="folders",
    question="Which folder is better?",
    reference="one",
    variants=(
        Variant(name="one", label="the first", change=folder("one")),
        Variant(name="two", label="the second", change=folder("two")),
    ),
)
'''

SHORTEST = '''
"""A stage of its own: only the rows with the shortest questions go on."""
import msgspec

from harness.experiment.ablation import Ablation, DataStage, Variant
from ultralink_data.dialogue import Dialogue


class Share(msgspec.Struct, frozen=True):
    """How much of each language and kind stays."""

    share: float = 0.5


def shortest(rows: list[Dialogue], config: Share) -> list[Dialogue]:
    """The rows with the shortest questions."""
    cells = {}
    for row in rows:
        cells.setdefault((row.language, row.kind), []).append(row)
    kept = []
    for cell in cells.values():
        cell.sort(key=lambda row: (len(row.turns[0]), row.id))
        kept += cell[: int(len(cell) * config.share)]
    return kept


ABLATION = Ablation(
    name="shortest",
    question="Do short questions do?",
    reference="whole",
    variants=(
        Variant(name="half", label="the shorter half", stages={"shortest": Share()}),
        Variant(name="whole", label="all rows"),
    ),
    stages=(DataStage(name="shortest", config_type=Share, run=shortest),),
)
'''


def write_rows(folder: Path, *, seed: int = 0, per_template: int = 1) -> str:
    """A folder of release files of the starter set; returns the fingerprint of its rows."""
    rows = starter_dialogues(seed, per_template)
    return dataset.write(folder, rows, recipe="test").fingerprint
