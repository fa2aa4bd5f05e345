"""The paper of a store: gathered, drawn and written as one folder that appears whole."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

import msgspec

from leaderboard.collection import Collection
from leaderboard.paper.answer_lengths import generated_lengths, length_figure
from leaderboard.paper.booktabs_float import PREAMBLE, float_text
from leaderboard.paper.dataset_section import dataset_section
from leaderboard.paper.experiment_sections import experiment_sections
from leaderboard.paper.judge_section import judge_section
from leaderboard.paper.main_results import result_sections
from leaderboard.paper.paper_document import FIGURES, TABLES, paper_text, readme_text
from leaderboard.paper.paper_parts import (
    FileNames,
    PaperFigure,
    PaperOptions,
    PaperSection,
    PaperTable,
)
from leaderboard.paper.print_figures import figure_files
from leaderboard.ranking import ranked_rows, rankings
from leaderboard.render import to_csv, to_markdown
from ultralink_data import atomic
from ultralink_data.errors import ConfigError, DataError

CONTENTS: Final = "contents.json"
"""The names of the files of a paper, by which a later run knows that it may replace them."""

_COMPILED: Final = ("aux", "fdb_latexmk", "fls", "log", "out", "pdf", "synctex.gz", "toc")
"""Endings of what LaTeX makes of `paper.tex`."""


def paper_sections(collection: Collection, options: PaperOptions) -> list[PaperSection]:
    """Everything that the store has for a paper, and what it lacks."""
    names = FileNames()
    runs = {run.key: run for run in collection.runs}
    main, other = result_sections(rankings(ranked_rows(collection)), runs, options, names)
    experiments = experiment_sections(collection, options, names)
    faults = tuple(f"{fault.path}: {fault.message}" for fault in collection.faults)
    return [
        main,
        dataset_section(collection.folder, options, names),
        *(section for section in experiments if not section.detail),
        judge_section(collection, options, names),
        _answers(collection, names),
        other,
        *(section for section in experiments if section.detail),
        PaperSection(title="Records", missing=faults),
    ]


def _answers(collection: Collection, names: FileNames) -> PaperSection:
    """How long the answers are that models gave."""
    title = "Answers"
    try:
        boxes = generated_lengths(collection)
    except DataError as error:
        return PaperSection(title=title, missing=(f"lengths of answers: {error.message}",))
    if not boxes:
        return PaperSection(title=title, missing=("answers of models (sample files)",))
    figure = PaperFigure(
        name=names("generated answer lengths"),
        caption="Lengths of the answers of all runs, by task and language: boxes from 25 to 75 %, "
        "whiskers from 5 to 95 %; an empty answer stands at 1. Characters of different scripts do "
        "not compare.",
        draw=lambda: length_figure(boxes),
    )
    return PaperSection(title=title, parts=(figure,))


def described(collection: Collection) -> list[str]:
    """What a paper is made from, in a sentence."""
    runs = [run for run in collection.runs if run.role == "run"]
    counts = (
        _counted(len(runs), "run"),
        _counted(len(collection.reports), "experiment"),
        _counted(len(collection.judged), "judged comparison"),
    )
    dates = sorted(run.record.started[:10] for run in runs if run.record.started)
    when = ""
    if dates:
        span = f"on {dates[0]}" if dates[0] == dates[-1] else f"{dates[0]} to {dates[-1]}"
        when = f", measured {span}"
    return [
        f"Made by ultralink-bench from {', '.join(counts)}{when}, and from published scores, which "
        "are marked as such."
    ]


def _counted(count: int, name: str) -> str:
    return f"{count} {name}{'' if count == 1 else 's'}"


def write_paper(
    collection: Collection,
    out: Path,
    options: PaperOptions,
    step: Callable[[str], None] = lambda name: None,
) -> list[PaperSection]:
    """Write the paper into `out`, whole or not at all; `step` hears of each part that is written.

    A second run on the same store writes the same bytes. Returns the sections.

    Raises:
        ConfigError: `out` holds files that no paper of ours put there.
        PrerequisiteError: the disk is full or the folder not writable.
    """
    refuse_foreign(out)
    sections = paper_sections(collection, options)
    parts = [part for section in sections for part in section.parts]
    with atomic.new_directory(out) as folder:
        for part in parts:
            _write_part(folder, part)
            step(part.name)
        _write(folder / "preamble.tex", PREAMBLE)
        _write(folder / "paper.tex", paper_text(sections, described(collection)))
        _write(folder / "README.md", readme_text(sections, described(collection)))
        names = sorted((*_files(folder), CONTENTS))
        _write(folder / CONTENTS, msgspec.json.format(msgspec.json.encode(names)).decode() + "\n")
    return sections


def _write_part(folder: Path, part: PaperTable | PaperFigure) -> None:
    if isinstance(part, PaperTable):
        head = "% needs preamble.tex\n"
        _write(folder / TABLES / f"{part.name}.tex", head + float_text(part.name, part.table))
        _write(folder / TABLES / f"{part.name}.md", to_markdown(part.table))
        _write(folder / TABLES / f"{part.name}.csv", to_csv(part.table))
        return
    for ending, content in figure_files(part.draw).items():
        atomic.write_bytes(folder / FIGURES / f"{part.name}.{ending}", content)


def _write(path: Path, text: str) -> None:
    atomic.write_text(path, text)


def _files(folder: Path) -> Iterable[str]:
    for above, _, names in os.walk(folder):
        yield from (Path(above, name).relative_to(folder).as_posix() for name in names)


def refuse_foreign(out: Path) -> None:
    """Refuse a folder with files that neither a paper of ours nor LaTeX put there.

    Raises:
        ConfigError: it has some; the first is named.
    """
    if not out.is_dir():
        return
    ours = _listed(out / CONTENTS) | {f"paper.{ending}" for ending in _COMPILED}
    foreign = sorted(name for name in _files(out) if name not in ours)
    if foreign:
        raise ConfigError(
            f"{out} holds {foreign[0]}, which no paper of this program is made of",
            hint="name a new folder (-o), or move what is there: a paper replaces its whole folder",
        )


def _listed(path: Path) -> set[str]:
    try:
        return set(msgspec.json.decode(path.read_bytes(), type=list[str]))
    except (OSError, ValueError):
        return set()
