"""The graph: what is there is taken, what is missing is made once, what fails stops it."""

import pytest

from harness.engine.artefact_store import Store
from harness.engine.graph import Graph, Node
from harness.engine.jobs import execute, make_job
from harness.engine.stage_configs import ImportConfig
from ultralink_data.errors import DataError
from ultralink_data.starter.starter_config import StarterConfig
from ultralink_data.whole.prune_config import PruneConfig


class InProcess:
    """A pool that makes jobs here, one after the other, and remembers their names."""

    def __init__(self, store):
        self.store = store
        self.begun = []

    def run(self, jobs, done, on_progress):
        waiting = dict(jobs)
        while waiting:
            name = next(iter(waiting))
            self.begun.append(name)
            marker = execute(waiting.pop(name), self.store, lambda *_: None)
            waiting.update(done(name, marker))


def prune(name, keep):
    return Node(
        name=name,
        needs=("data",),
        make=lambda made: make_job("prune", PruneConfig(keep=keep), {"dataset": made["data"]}),
    )


NODES = [
    Node(
        name="data",
        needs=(),
        make=lambda made: make_job("starter", StarterConfig(per_template=1), {}),
    ),
    prune("none", "0"),
    prune("eighth", "1/8"),
    prune("nothing", "0"),
]
NAMES = [node.name for node in NODES]


@pytest.fixture
def build(tmp_path):
    """Runs a new graph over the one store: its pool, what it heard, its warnings, itself."""
    store = Store(tmp_path)

    def run(nodes=NODES, names=NAMES):
        heard, warnings, pool = [], [], InProcess(store)
        graph = Graph(nodes, store, warnings.append)
        graph.look_up(names)
        graph.run(names, pool, lambda event: None, lambda name, made: heard.append(name))
        return pool, heard, warnings, graph

    run.store = store
    return run


def test_needs_are_made_first_and_each_node_is_heard_of(build):
    pool, heard, warnings, graph = build()
    assert pool.begun[0] == "data"
    assert sorted(heard) == sorted(NAMES)
    assert warnings == []
    assert not any(made.cached for made in graph.made.values())


def test_nodes_with_one_key_are_made_once(build):
    pool, _, _, graph = build()
    assert len(pool.begun) == 3
    assert graph.made["none"].path == graph.made["nothing"].path


def test_a_second_graph_takes_everything(build):
    build()
    pool, heard, _, graph = build()
    assert pool.begun == heard == []
    assert all(made.cached for made in graph.made.values())


def test_what_is_missing_is_found_before_anything_is_made(build):
    build(names=["data", "none"])
    graph = Graph(NODES, build.store, lambda text: None)
    assert graph.look_up(NAMES) == ["eighth"]


def test_a_node_whose_need_is_missing_is_missing(build):
    graph = Graph(NODES, build.store, lambda text: None)
    assert graph.look_up(NAMES) == NAMES


def test_a_damaged_artefact_is_warned_of_once_and_made_again(build):
    _, _, _, graph = build()
    path = graph.made["eighth"].path / "zh_math.jsonl"
    path.write_text("x")
    pool, heard, warnings, again = build()
    assert pool.begun == heard == ["eighth"]
    assert len(warnings) == 1
    assert str(path) in warnings[0]
    assert again.made["eighth"].marker.fingerprint == graph.made["eighth"].marker.fingerprint


def test_an_unchanged_output_takes_what_follows_from_the_store(build, tmp_path):
    _, _, _, graph = build()
    source = graph.made["data"].artefact
    imported = Node(
        name="data",
        needs=(),
        make=lambda made: make_job("import", ImportConfig(), {"source": source}),
    )
    pool, _, _, again = build([imported, *NODES[1:]])
    assert pool.begun == ["data"]
    assert again.made["eighth"].cached


def test_the_error_of_a_stage_comes_out(build, tmp_path):
    folder = tmp_path / "bad"
    folder.mkdir()
    (folder / "en_math.jsonl").write_text("{}\n")
    from harness.engine.jobs import external

    node = Node(
        name="data",
        needs=(),
        make=lambda made: make_job("import", ImportConfig(), {"source": external(folder)}),
    )
    with pytest.raises(DataError, match=r"en_math\.jsonl:1: "):
        build([node], ["data"])


def test_what_nodes_would_make_twice_has_one_maker_before_anything_is_made(tmp_path):
    graph = Graph(NODES, Store(tmp_path), print)
    assert graph.makers(NAMES) == {
        "data": "data",
        "none": "none",
        "eighth": "eighth",
        "nothing": "none",
    }


def test_what_is_made_needs_no_maker(build):
    graph = build()[-1]
    assert graph.makers(NAMES) == {}


def test_what_reads_a_stored_artefact_shares_its_maker_too(build):
    build(names=["data"])
    graph = Graph(NODES, build.store, print)
    assert graph.makers(NAMES) == {"none": "none", "eighth": "eighth", "nothing": "none"}


def after(name, *, of):
    """The node `eighth`, which is to be made only after another."""
    node = prune(name, "1/8")
    return Node(name=name, needs=node.needs, make=node.make, after=(of,))


def test_what_comes_after_another_waits_for_it(build):
    later = [NODES[0], after("eighth", of="none"), NODES[1]]
    pool, _, _, _ = build(later, ["data", "eighth", "none"])
    assert pool.begun == ["data", "none", "eighth"]


def test_what_is_stored_waits_for_nothing(build):
    build(names=["data", "eighth"])
    graph = Graph([*NODES[:2], after("eighth", of="none")], build.store, lambda text: None)
    assert graph.look_up(["data", "none", "eighth"]) == ["none"]
