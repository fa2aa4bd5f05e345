"""Dataset building is a library: it draws and prints nothing that was not handed in."""

import ast
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from scripted_model import Model

from harness.building.asking_stage import ModelAccess
from harness.building.ground_stage import ground_stage
from harness.engine.source_hash import ROOT
from harness.progress.display import Display, Meter
from tests.harness.commands.test_data_ground import reply, write_pages
from tests.llm_server import refusing, serving
from ultralink_data.errors import DataError
from ultralink_data.grounding.ground_config import GroundConfig
from ultralink_data.llm.client import Endpoint

BUILDING = sorted((ROOT / "harness/building").glob("*.py"))


def names(path: Path) -> set[str]:
    """What a module imports, and the names that it uses."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Import():
                found |= {alias.name for alias in node.names}
            case ast.ImportFrom():
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
            case ast.Name():
                found.add(node.id)
            case ast.Attribute():
                found.add(node.attr)
    return found


@pytest.mark.parametrize("path", BUILDING, ids=lambda path: path.stem)
def test_no_module_of_building_draws_or_prints(path):
    used = names(path)
    assert not {"print", "stderr", "stdout", "harness.show"} & used
    assert not [name for name in used if name.split(".")[0] == "rich" or "commands" in name]


class Heard(Display, Meter):
    """A display that keeps what it is told."""

    def __init__(self) -> None:
        self.stages: list[tuple[str, int]] = []
        self.done: list[int] = []
        self.warned: list[str] = []

    @contextmanager
    def work(self, name, total=None, **_):
        self.stages.append((name, total))
        yield self

    def moved(self, done, still_open=0):
        self.done.append(done)

    def warn(self, text):
        self.warned.append(text)


def access(url: str, folder: Path) -> ModelAccess:
    return ModelAccess(Endpoint(base_url=url, model="m", backoff=0.01), folder / "runs")


def test_a_stage_is_quiet_by_itself_and_tells_all_to_what_is_handed_in(tmp_path, capsys):
    pages = write_pages(tmp_path / "pages.jsonl", 3)
    heard, config = Heard(), GroundConfig()
    with serving(refusing("seed", then=Model(reply))) as server:
        place = access(server.url, tmp_path)
        ground_stage(pages, tmp_path / "a.jsonl", config, access=place)
        told = ground_stage(pages, tmp_path / "b.jsonl", config, access=place, display=heard)
    assert capsys.readouterr() == ("", "")
    assert heard.stages == [("ground", 3)]
    assert heard.done[-1] == told.accepted == 3
    assert len(heard.warned) == 1
    assert "does not take seed" in heard.warned[0]


def test_an_empty_input_is_named_before_anything_is_asked(tmp_path):
    pages = tmp_path / "pages.jsonl"
    pages.touch()
    with pytest.raises(DataError, match=r"pages\.jsonl has no text"):
        ground_stage(
            pages,
            tmp_path / "a.jsonl",
            GroundConfig(),
            access=access("http://127.0.0.1:9", tmp_path),
        )
    assert not (tmp_path / "runs").exists()


def test_the_endpoint_s_identity_and_nothing_else_of_it_makes_a_stage_another(tmp_path):
    pages = write_pages(tmp_path / "pages.jsonl", 2)
    with serving(Model(reply)) as server:
        place = access(server.url, tmp_path)

        def key(**changes) -> str:
            other = place._replace(endpoint=msgspec.structs.replace(place.endpoint, **changes))
            out = tmp_path / f"{len(list(tmp_path.iterdir()))}.jsonl"
            return ground_stage(pages, out, GroundConfig(), access=other).stage.key

        first = key()
        assert key(concurrency=1, price_in=1.0, tries=2, timeout=9.0) == first
        assert key(extra_body={"think": False}) != first
        assert key(never_send=("seed",)) != first


class Counting(Meter):
    """A meter that adds up."""

    done = 0

    def add(self, count):
        self.done += count


def test_rows_are_told_as_they_are_done():
    meter = Counting()
    seen = [(row, meter.done) for row in meter.over("abc")]
    assert seen == [("a", 0), ("b", 1), ("c", 2)]
    assert meter.done == 3
