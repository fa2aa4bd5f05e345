"""What `train --validation` adds: rows held out, and the tables of them and of their loss."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec

from harness.engine.graph import Graph, Node
from harness.engine.jobs import Artefact, Job, external, make_job
from harness.engine.stage_configs import HeldOutConfig, ImportConfig, PackConfig, WithoutConfig
from harness.experiment.folder_names import require_dataset
from leaderboard.table import Table, TableRow, label_columns, number_cell, text_cell
from train.packed import Packed
from train.step_metrics import read_steps
from train.validation import ValidationPoint
from ultralink_data.about_files import VALIDATION
from ultralink_data.errors import ConfigError
from ultralink_data.store import dataset

HELD: Final = "validation"
REST: Final = "rest"
PACK_HELD: Final = "pack/validation"
FEW: Final = 20
"""Rows of a cell below which its loss says little."""


def held_share(given: str) -> float | None:
    """The share that `--validation` names; None where it names a folder.

    Raises:
        ConfigError: a number that is no share.
    """
    try:
        share = float(given)
    except ValueError:
        return None
    if not 0 < share < 1:
        raise ConfigError(
            f"--validation {given}: a share of the rows is above 0 and below 1",
            hint="give a share such as 0.05, or the folder of a dataset",
        )
    return share


def check_held_out(given: str | None) -> None:
    """Refuse, before anything is loaded, what `--validation` cannot be.

    Raises:
        ConfigError: a number that is no share.
        DataError: a folder that is no dataset.
    """
    if given is not None and held_share(given) is None:
        require_dataset(Path(given))


def held_out_nodes(
    given: str, pack: PackConfig, model: Artefact, command: tuple[str, ...]
) -> list[Node]:
    """The nodes of rows held out of the node `data`: these, the rest, and these packed.

    `given` is as `check_held_out` lets it pass. Rows of a folder are measured in all their
    languages.
    """
    share = held_share(given)
    if share is None:
        node, of_held = _given_rows(Path(given), pack, command)
    else:
        node, of_held = _drawn_rows(share, pack, command), pack

    def rest(made: Mapping[str, Artefact]) -> Job:
        inputs = {"dataset": made["data"], "held": made[HELD]}
        return make_job("without", WithoutConfig(), inputs, command=command)

    def packed(made: Mapping[str, Artefact]) -> Job:
        inputs = {"dataset": made[HELD], "tokenizer": model}
        return make_job("pack", of_held, inputs, command=command)

    return [
        node,
        Node(name=REST, needs=("data", HELD), make=rest),
        Node(name=PACK_HELD, needs=(HELD,), make=packed),
    ]


def _drawn_rows(share: float, pack: PackConfig, command: tuple[str, ...]) -> Node:
    """The node of rows held out of the node `data`."""

    def held(made: Mapping[str, Artefact]) -> Job:
        config = HeldOutConfig(share=share, languages=pack.languages)
        return make_job("held-out", config, {"dataset": made["data"]}, command=command)

    return Node(name=HELD, needs=("data",), make=held)


def _given_rows(
    folder: Path, pack: PackConfig, command: tuple[str, ...]
) -> tuple[Node, PackConfig]:
    """The node of a folder's rows, and how all of these are packed."""
    source = external(folder)
    found = dataset.count(dataset.read_release(folder))
    languages = tuple(dict.fromkeys(cell.language for cell in found))

    def held(made: Mapping[str, Artefact]) -> Job:
        return make_job("import", ImportConfig(), {"source": source}, command=command)

    node = Node(name=HELD, needs=(), make=held)
    return node, msgspec.structs.replace(pack, languages=languages)


class HeldOut:
    """The rows of a training that are held out, once they are known."""

    def __init__(self, graph: Graph, languages: Collection[str]) -> None:
        """Of a training in these languages."""
        self._languages = languages
        self._all, self._held, self._rest = (
            _rows(graph.made[name].path) for name in ("data", HELD, REST)
        )
        self._own = self._held if graph.made[HELD].marker.stage == "held-out" else {}
        self._packed = Packed.load(graph.made[PACK_HELD].path).counts

    def table(self) -> Table:
        """How many rows are held out, and what is left to train on, by language and kind."""
        learned = {(cell.language, cell.kind): cell.loss_tokens for cell in self._packed.cells}
        rows = [
            TableRow(
                cells=(
                    *map(text_cell, cell),
                    *map(
                        number_cell,
                        (
                            self._held.get(cell, 0),
                            learned.get(cell, 0),
                            self._left_out(cell),
                            self._rest.get(cell, 0),
                        ),
                    ),
                )
            )
            for cell in sorted({*self._all, *self._held})
            if cell[0] in self._languages or cell in self._held
        ]
        names = ("language", "kind", "held out", "learned tokens", "alike", "left to train")
        return Table(
            title="Rows held out (--validation)",
            columns=label_columns(names),
            rows=tuple(rows),
            notes=(
                "numbers of dialogues; one over the length is several rows where it is split",
                "alike: say the same as one held out, and are not trained either",
            ),
        )

    def _left_out(self, cell: tuple[str, str]) -> int:
        """Rows of a cell that are neither measured nor trained."""
        return self._all.get(cell, 0) - self._rest.get(cell, 0) - self._own.get(cell, 0)

    def doubts(self) -> Iterator[str]:
        """What a person is told of cells that say nothing, or too little."""
        cells = sorted(cell for cell in self._all if cell[0] in self._languages)
        none = [c for c in cells if not self._held.get(c)]
        few = [c for c in cells if 0 < self._held.get(c, 0) < FEW]
        gone = [c for c in cells if not self._rest.get(c)]
        if none:
            yield f"no row is held out of {_listed(none, self._all)}: their loss stays unknown"
        if few:
            yield f"few rows are held out of {_listed(few, self._held)}: their loss is a rough one"
        if gone:
            yield f"no row is left to train on of {_listed(gone, self._all)}"


def _listed(cells: Iterable[tuple[str, str]], rows: Mapping[tuple[str, str], int]) -> str:
    return ", ".join(f"{' '.join(cell)} ({rows[cell]:,})" for cell in cells)


def _rows(folder: Path) -> dict[tuple[str, str], int]:
    return {(c.language, c.kind): c.rows for c in dataset.read_manifest(folder).counts}


def loss_table(model: Path) -> Table | None:
    """The loss on held-out rows before and after a training, by cell; None without such rows."""
    points = read_steps(model / VALIDATION, ValidationPoint)
    if not points:
        return None
    first, last = points[0], points[-1]
    before = {(cell.language, cell.kind): cell.loss for cell in first.cells}
    rows = [
        TableRow(
            cells=(
                text_cell(cell.language),
                text_cell(cell.kind),
                number_cell(cell.rows),
                number_cell(cell.learned_tokens),
                text_cell(f"{before[cell.language, cell.kind]:.3f}"),
                text_cell(f"{cell.loss:.3f}"),
                text_cell("" if cell.bits_per_byte is None else f"{cell.bits_per_byte:.3f}"),
            )
        )
        for cell in last.cells
    ]
    names = ("language", "kind", "rows", "learned tokens", "at first", "now", "bits per byte")
    return Table(
        title="Loss on held-out rows",
        columns=label_columns(names),
        rows=tuple(rows),
        notes=(
            "nats per learned token; bits per byte of the answers' text do not depend on the "
            "tokenizer",
            f"of all: {first.loss:.3f} at step {first.step}, {last.loss:.3f} at step {last.step}",
        ),
    )
