"""The notebook of the docs runs from top to bottom on a small store; it is kept without outputs."""

import os
import sys
from pathlib import Path

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parents[2] / "docs" / "notebook.ipynb"


@pytest.fixture(scope="module")
def page():
    return nbformat.read(NOTEBOOK, as_version=4)


class ThisPython(AsyncKernelManager):
    """A kernel of this interpreter, whatever kernels the user has."""

    @property
    def kernel_spec(self):
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name="this", language="python")


def test_it_is_kept_without_outputs(page):
    code = [cell for cell in page.cells if cell.cell_type == "code"]
    assert len(code) > 8
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)


def test_it_runs_and_shows_tables_a_pivot_a_figure_and_samples(page, finished, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(finished.code))
    monkeypatch.setenv("IPYTHONDIR", str(finished.home / "ipython"))
    manager = ThisPython()
    resources = {"metadata": {"path": str(finished.home)}}
    done = NotebookClient(page, km=manager, resources=resources, timeout=120).execute(
        env=dict(os.environ)
    )
    shown = {}
    for cell in done.cells:
        for output in cell.get("outputs", ()):
            assert output.output_type != "error"
            if output.get("name") == "stderr":
                assert output.text.startswith("Matplotlib is building the font cache")
            for kind, data in output.get("data", {}).items():
                shown.setdefault(kind, []).append(data)
    assert len(shown["image/png"]) == 1
    html = "".join(shown["text/html"])
    assert "prune: primary endpoints" in html
    for text in ("starter_math", "keep-all", "log-ratio", "published", "extracted_second"):
        assert text in html
