"""`paper.tex` with Debian's TeX Live: nothing is too wide, undefined or without a glyph."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from paper_examples import HOSTILE_NAMES, write_store

from leaderboard.collection import load
from leaderboard.paper.paper_parts import PaperOptions
from leaderboard.paper.write_paper import write_paper

FAULTS = re.compile(
    r"^!.*|Overfull \\[hv]box.*|.*[Uu]ndefined.*|Missing character.*|.*multiply defined.*"
    r"|.*Float too large.*|LaTeX (?:Font )?Warning.*|Package \w+ Warning.*",
    re.MULTILINE,
)


def compiled(engine: str, folder: Path) -> str:
    """What an engine says in its last of three runs."""
    for _ in range(3):
        done = subprocess.run(
            [engine, "-interaction=nonstopmode", "-no-shell-escape", "paper.tex"],
            cwd=folder,
            capture_output=True,
            timeout=300,
            check=False,
        )
    return done.stdout.decode("utf-8", "replace")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("engine", "names", "intervals"),
    [
        pytest.param("pdflatex", ("Ours-7b",), True, id="usual"),
        pytest.param("pdflatex", ("Ours-7b",), False, id="bare"),
        pytest.param("pdflatex", HOSTILE_NAMES, True, id="hostile"),
        pytest.param("lualatex", HOSTILE_NAMES, True, id="hostile-lualatex"),
    ],
)
def test_the_paper_compiles_without_a_fault(engine, names, intervals, tmp_path):
    if shutil.which(engine) is None:
        pytest.skip(f"{engine} is not installed (Debian: texlive-latex-recommended, -science)")
    for number, name in enumerate(names):
        write_store(tmp_path / "runs" / "stores" / str(number), name)
    options = PaperOptions(intervals=intervals)
    write_paper(load(tmp_path / "runs" / "stores"), tmp_path / "paper", options)
    said = compiled(engine, tmp_path / "paper")
    assert FAULTS.findall(said) == []
    assert "Output written on paper.pdf" in said
    fonts = subprocess.run(
        ["pdffonts", "paper.pdf"],
        cwd=tmp_path / "paper",
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Type 3" not in fonts.stdout


@pytest.mark.slow
def test_a_table_compiles_in_a_document_of_somebody_else(tmp_path):
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed (Debian: texlive-latex-recommended, -science)")
    write_paper(load(write_store(tmp_path / "runs")), tmp_path / "paper", PaperOptions())
    (tmp_path / "paper" / "paper.tex").write_text(
        r"\documentclass[twocolumn]{article}\input{preamble}\begin{document}"
        r"\input{tables/results-mgsm-exact-match}\end{document}"
    )
    said = compiled("pdflatex", tmp_path / "paper")
    assert FAULTS.findall(said) == []
