"""`data build`: from a dump and published files to a dataset, through faults and kills."""

import json
import random
import re
import time
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from scripted_model import FAULTS, WRONG, Model, killed, river_answer, stored

from harness.cli import main
from tests.llm_server import Server, serving
from ultralink_data.culture.criteria import CRITERIA
from ultralink_data.stage.outcome import StageManifest
from ultralink_data.store import dataset

PAIRS = [
    (
        "How can people keep loaf number {} soft for many days?",
        "¿Cómo se puede mantener blanda la hogaza número {} durante muchos días?",
    ),
    (
        "Put loaf number {} into a closed box and warm it a little before you eat it.",
        "Guarda la hogaza número {} en una caja cerrada y caliéntala un poco antes de comerla.",
    ),
    (
        "A box holds {} pencils and a child adds 7 more. How many pencils are in the box?",
        "Una caja contiene {} lápices y una niña añade 7 más. ¿Cuántos lápices hay en la caja?",
    ),
    (
        "The box holds {} pencils and 7 more are added, so we add both.\nThe answer is: {}",
        "La caja contiene {} lápices y se añaden 7 más, así que sumamos los dos.\n"
        "La respuesta es: {}",
    ),
]
"""What the scripted model can translate; the braces stand for numbers."""

NOT_CULTURE_FREE = 5
"""Every fifth conversation is said to show a criterion."""


def reply(messages: list[dict[str, str]]) -> str:
    """A question, an answer, a verdict or a translation, by what is asked for."""
    first = messages[0]["content"]
    if first.startswith("You sort conversations"):
        return verdict(messages[1]["content"])
    texts = [m["content"] for m in messages if m["role"] == "user" and "<text>" in m["content"]]
    if texts:
        return translated(texts[-1].partition("<text>\n")[2].partition("\n</text>")[0])
    if any("Write only the question" in m["content"] for m in messages):
        mark = random.Random(json.dumps(messages)).randrange(10**9)
        return f"What do people who live near river {mark} say about its water?"
    return river_answer(messages)


def verdict(asked: str) -> str:
    found = re.search(r"loaf number (\d+)", asked)
    assert found is not None
    judged = {criterion: {"evidence": "", "score": 0} for criterion in CRITERIA}
    if not int(found.group(1)) % NOT_CULTURE_FREE:
        judged["daily_life"] = {"evidence": found.group(), "score": 1}
    return json.dumps(judged)


def translated(text: str) -> str:
    for english, spanish in PAIRS:
        pattern = re.escape(english).replace(r"\{\}", r"(\d+)")
        match = re.fullmatch(pattern, text)
        if match is not None:
            return spanish.format(*match.groups())
    raise AssertionError(f"not scripted: {text!r}")


def write_inputs(folder: Path, server: Server, count: int) -> Path:
    """A dump, ShareGPT and MetaMathQA rows, `count` of each, and the recipe of all."""
    page = (
        "<page><title>River {0}</title><ns>0</ns><id>{0}</id><revision><id>1</id>"
        "<text>{1}</text></revision></page>"
    )
    text = "The river number {} rises in the hills and flows to the sea. " * 5
    pages = "".join(page.format(n, text.replace("{}", str(n))) for n in range(count))
    (folder / "dump.xml").write_text(f"<mediawiki>{pages}</mediawiki>")
    chats = [
        {
            "id": f"c{n}_0",
            "conversations": [
                {"from": "human", "value": PAIRS[0][0].format(n)},
                {"from": "gpt", "value": PAIRS[1][0].format(n)},
            ],
        }
        for n in range(count)
    ]
    (folder / "chats.json").write_text(json.dumps(chats))
    problems = [
        {
            "query": PAIRS[2][0].format(n + 10),
            "response": PAIRS[3][0].format(n + 10, n + 17),
            "type": "GSM_Rephrased",
            "original_question": f"pencils {n}",
        }
        for n in range(count)
    ]
    (folder / "math.json").write_text(json.dumps(problems))
    (folder / "recipe.toml").write_text(
        f"""
[models.m]
base_url = "{server.url}"
model = "m"
concurrency = 8
timeout = 9.0
[[articles]]
file = "dump.xml"
language = "en"
bounds = {{ min_tokens = 5 }}
[ground]
model = "m"
config = {{ max_rounds = 2, asking = {{ tries = 2 }} }}
[[sources]]
file = "chats.json"
source = "sharegpt"
[[sources]]
file = "math.json"
source = "metamath"
[filter]
model = "m"
config = {{ structured = false, asking = {{ tries = 2, temperature = 0.0 }} }}
[translate]
model = "m"
languages = ["es"]
config = {{ asking = {{ tries = 2, temperature = 0.3 }} }}
"""
    )
    return folder / "recipe.toml"


def command(recipe: Path, out: Path, *more: str) -> list[str]:
    words = ["data", "build", "--recipe", str(recipe), "-o", str(out / "built")]
    return [*words, "--runs", str(out / "runs"), *more]


def manifests(out: Path) -> dict[str, StageManifest]:
    found = sorted((out / "built" / "stages").glob("*.manifest.json"))
    return {
        path.name.removesuffix(".manifest.json"): msgspec.json.decode(
            path.read_bytes(), type=StageManifest
        )
        for path in found
    }


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits after a fault are as short as a test wants them."""
    monkeypatch.setattr("ultralink_data.llm.client.Client._pause", lambda *_: 0.01)


def test_a_recipe_becomes_a_dataset_and_a_second_run_asks_nothing(tmp_path, capsys):
    with serving(Model(reply)) as server:
        recipe = write_inputs(tmp_path, server, 10)
        assert main(command(recipe, tmp_path)) == 0
        asked = len(server.requests)
        before = files(tmp_path / "built" / "dataset")
        assert main(command(recipe, tmp_path)) == 0
        assert len(server.requests) == asked
    assert files(tmp_path / "built" / "dataset") == before
    rows = dataset.read(tmp_path / "built" / "dataset")
    assert Counter((row.language, row.kind) for row in rows) == {
        ("en", "chat_specific"): 10,
        ("en", "chat_agnostic"): 10,
        ("en", "math"): 10,
        ("es", "chat_agnostic"): 8,
        ("es", "math"): 10,
    }
    shown = capsys.readouterr().out
    assert "translate sharegpt to es" in shown
    assert "fingerprint" in shown


def test_a_folder_that_is_no_dataset_stays_and_nothing_is_asked(tmp_path, capsys):
    mine = tmp_path / "built" / "dataset" / "thesis.txt"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    with serving(Model(reply)) as server:
        recipe = write_inputs(tmp_path, server, 2)
        assert main(command(recipe, tmp_path)) == 2
        assert server.requests == []
    assert mine.read_text() == "mine"
    assert "is not a dataset" in capsys.readouterr().err


def test_a_check_that_cannot_be_made_is_an_error_before_anything_is_asked(tmp_path, capsys):
    with serving(Model(reply)) as server:
        recipe = write_inputs(tmp_path, server, 2)
        recipe.write_text(recipe.read_text() + '[check]\nagainst = ["mgms"]\n')
        assert main(command(recipe, tmp_path)) == 2
        assert server.requests == []
    assert "mgms" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("part", "added"),
    [
        ("[ground]", '[[articles]]\nfile = "dump.xml"\nlanguage = "en"\n'),
        ("[filter]", '[[sources]]\nfile = "chats.json"\nsource = "sharegpt"\n'),
    ],
)
def test_what_stands_in_two_files_is_an_error_before_it_is_asked_about(
    tmp_path, capsys, part, added
):
    with serving(Model(reply)) as server:
        recipe = write_inputs(tmp_path, server, 5)
        added += "bounds = { min_tokens = 5 }\n" if "articles" in added else ""
        recipe.write_text(recipe.read_text().replace(part, added + part))
        assert main(command(recipe, tmp_path)) == 3
        kinds = {body["messages"][0]["content"][:20] for body in server.requests}
    assert not any(kind.startswith("You sort") for kind in kinds)
    assert (part == "[filter]") == bool(kinds)
    said = capsys.readouterr().err
    assert "occurs twice" in said
    assert ":1 and " in said


def test_another_setting_makes_anew_what_it_touches_and_keeps_replies(tmp_path):
    with serving(Model(reply)) as server:
        recipe = write_inputs(tmp_path, server, 10)
        assert main(command(recipe, tmp_path)) == 0
        asked = len(server.requests)
        assert main(command(recipe, tmp_path, "--set", "filter.config.threshold=1")) == 0
        made = server.requests[asked:]
    assert len(made) == 4  # the two chats that fell out before, two turns each
    assert all("<text>" in body["messages"][0]["content"] for body in made)
    assert len(dataset.read(tmp_path / "built" / "dataset")) == 50


@pytest.mark.parametrize("count", [25, pytest.param(334, marks=pytest.mark.slow)])
def test_every_row_ends_accepted_or_rejected_whatever_the_endpoint_does(tmp_path, count):
    model = Model(reply, faults=0.2)
    with serving(model) as server:
        recipe = write_inputs(tmp_path, server, count)
        assert main(command(recipe, tmp_path, "--set", "models.m.timeout=0.5")) == 0
    assert set(model.kinds) == {name for name, _ in (*FAULTS, *WRONG)}
    found = manifests(tmp_path)
    assert len(found) == 8
    for manifest in found.values():
        assert manifest.rows_in == manifest.accepted + manifest.rejected
    asking = [m for name, m in found.items() if not name.startswith(("pages", "source"))]
    assert sum(m.rejected for m in asking) > 0
    assert sum(m.spent.replies for m in asking) == stored(tmp_path)
    kept = [m for n, m in found.items() if n.startswith(("grounded", "source", "translated"))]
    rows = dataset.read(tmp_path / "built" / "dataset")
    assert len(rows) == sum(m.accepted for m in kept)


@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=pytest.mark.slow)])
def test_a_killed_build_ends_with_the_same_bytes_and_asks_nothing_stored_again(tmp_path, kills):
    # Without time-outs: on a busy machine an answer that counts as sent could miss a short one.
    model = Model(reply, faults=0.05, wait=0.01, leave_out=("time-out",))
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    with serving(model) as server:
        recipe = write_inputs(tmp_path, server, 6 * kills)
        assert main(command(recipe, whole)) == 0
        asked = sum(model.answered.values())
        model.seen.clear()
        model.answered.clear()
        words = command(recipe, broken)
        dice = random.Random(kills)
        lost = 0
        for _ in range(kills):
            assert killed(words, server, dice.randint(1, asked // (kills + 2)))
            time.sleep(0.2)  # what was under way at the server comes to its end
            now_lost = sum(model.answered.values()) - stored(broken)
            assert lost <= now_lost <= lost + 8  # at most what was in flight
            lost = now_lost
        assert main(words) == 0
        assert sum(model.answered.values()) - stored(broken) == lost
    for folder in ("dataset", "stages"):
        assert files(whole / "built" / folder) == files(broken / "built" / folder)


def test_a_budget_bounds_all_steps_together(tmp_path, capsys):
    prices = ("--set", "models.m.price_in=1000", "--set", "models.m.price_out=1000")
    with serving(Model(reply)) as server:
        recipe = write_inputs(tmp_path, server, 10)
        assert main(command(recipe, tmp_path, *prices, "--set", "max_cost=7")) == 4
        assert 0 < len(server.requests) * 0.11 <= 7
        assert "could exceed the budget of 7" in capsys.readouterr().err
        assert not (tmp_path / "built" / "dataset").exists()
        asked = len(server.requests)
        assert main(command(recipe, tmp_path, *prices)) == 0
        assert "max_cost" not in capsys.readouterr().err
        assert len(server.requests) > asked


def test_a_cut_dump_is_built_whole_pages_only_and_said(tmp_path, capsys):
    with serving(Model(reply)) as server:
        recipe = write_inputs(tmp_path, server, 3)
        dump = tmp_path / "dump.xml"
        dump.write_text(dump.read_text()[:-200])
        assert main(command(recipe, tmp_path)) == 3
    assert "ends within a page" in capsys.readouterr().err
    rows = dataset.read(tmp_path / "built" / "dataset")
    assert sum(row.kind == "chat_specific" for row in rows) == 2


def test_a_dry_run_prints_the_plan_and_writes_nothing(tmp_path, capsys):
    with serving(Model(reply)) as server:
        recipe = write_inputs(tmp_path, server, 1)
        assert main(command(recipe, tmp_path, "--dry-run")) == 0
        assert not server.requests
    assert not (tmp_path / "built").exists()
    shown = capsys.readouterr().out
    for name in ("extract en", "ground en", "judge sharegpt", "translate metamath to es"):
        assert name in shown


def test_a_dry_run_refuses_a_benchmark_that_is_none(tmp_path, capsys):
    with serving(Model(reply)) as server:
        recipe = write_inputs(tmp_path, server, 1)
        words = ("--dry-run", "--set", 'check.against=["mgms"]')
        assert main(command(recipe, tmp_path, *words)) == 2
    said = capsys.readouterr()
    assert "unknown task 'mgms'" in said.err
    assert "extract en" not in said.out


def test_stages_after_one_that_accepts_nothing_are_left_out(tmp_path, capsys):
    with serving(Model(reply)) as server:
        recipe = write_inputs(tmp_path, server, 3)
        (tmp_path / "chats.json").write_text(json.dumps([{"id": "a", "conversations": []}]))
        assert main(command(recipe, tmp_path)) == 3
    said = capsys.readouterr().err
    assert "none of 1 rows was accepted (1 " in " ".join(said.split())
    rows = dataset.read(tmp_path / "built" / "dataset")
    assert {row.kind for row in rows} == {"chat_specific", "math"}
    assert "judge_sharegpt" not in "".join(manifests(tmp_path))


def test_nothing_accepted_at_all_is_an_error_that_names_the_rejects(tmp_path, capsys):
    with serving(Model(lambda messages: "I'm sorry, but I cannot help with that.")) as server:
        recipe = write_inputs(tmp_path, server, 2)
        assert main(command(recipe, tmp_path, "--set", "keep_english=false")) == 3
    assert "no stage accepted a row" in capsys.readouterr().err
