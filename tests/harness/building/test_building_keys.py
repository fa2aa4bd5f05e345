"""Which edits and which packages give which building stages a new key, on a copy of the code."""

import json

import msgspec
import pytest
from command_line import copy_code
from dialogue_samples import dialogue
from edited_code import edited, forget
from scripted_model import Model

from harness.building.asking_stage import ModelAccess
from harness.building.assemble import assemble
from harness.building.check_stage import check_code
from harness.building.check_step import CheckStep
from harness.building.extract_stage import extract_stage
from harness.building.filter_stage import decide_stage, judge_stage, verdicts_path
from harness.building.finish import finish_code
from harness.building.ground_stage import ground_stage
from harness.building.prune_stage import prune_code
from harness.building.quality_stage import quality_stage
from harness.building.recipe_parts import Recipe, RecipeSource
from harness.building.sources_stage import sources_stage
from harness.building.translate_stage import translate_stage
from harness.cli import main
from harness.engine import deciding_packages, source_hash
from tests.harness.commands.test_data_ground import command, reply, write_pages
from tests.llm_server import serving
from ultralink_data.culture.filter_config import FilterConfig
from ultralink_data.documents import Page
from ultralink_data.grounding.ground_config import GroundConfig
from ultralink_data.llm.endpoint import Endpoint
from ultralink_data.stage import drive
from ultralink_data.stage.outcome import StageManifest, stage_paths
from ultralink_data.store import dataset
from ultralink_data.translation.quality import QualityTask
from ultralink_data.translation.translate_config import TranslateConfig
from ultralink_data.whole.prune_config import PruneStep
from ultralink_data.wiki.extract_config import ExtractConfig

CHECKED = CheckStep(against=("mgsm",))
RECIPE = Recipe(sources=(RecipeSource(file="a", source="metamath"),))


class Asked(Exception):
    """Ends a stage that looks whether its output is there; `key` is what it looks for."""

    def __init__(self, key):
        super().__init__(key)
        self.key = key


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    return copy_code(tmp_path_factory.mktemp("code"))


def write(path, rows):
    path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
    return path


@pytest.fixture(scope="module")
def stages(tmp_path_factory):
    """By name, what looks for the output of a stage."""
    home = tmp_path_factory.mktemp("home")
    out = home / "out.jsonl"
    access = ModelAccess(Endpoint(base_url="http://127.0.0.1:1/v1", model="m"), home / "runs")
    page = {"title": "T", "revision": None, "text": "Una vez había un río. " * 9}
    articles = [Page(id=f"{code}:1", language=code, **page) for code in ("es", "ru")]
    pages = {
        "es": write(home / "es.pages", articles[:1]),
        "ru": write(home / "ru.pages", articles[1:]),
        "both": write(home / "both.pages", articles),
    }
    chats = write(home / "chats", [dialogue(kind="chat_agnostic")])
    verdicts = stage_paths(verdicts_path(out))
    for path in (verdicts.rows, verdicts.rejected):
        path.write_text("")
    published = home / "metamath.json"
    published.write_text(json.dumps([]))
    measured = QualityTask(
        id="1", language="es", measure="human", kind="math", text="One.", into="es", reference="Uno"
    )
    dumps = {code: home / f"{code}.jsonl" for code in ("es", "zh")}
    for code, dump in dumps.items():
        dump.write_text(json.dumps({"id": "1", "title": "T", "text": code}) + "\n")
    translate, culture = TranslateConfig(), FilterConfig()
    return {
        "extract es": lambda: extract_stage(dumps["es"], "es", out, ExtractConfig()),
        "extract zh": lambda: extract_stage(dumps["zh"], "zh", out, ExtractConfig()),
        "ground es": lambda: ground_stage(pages["es"], out, GroundConfig(), access=access),
        "ground ru": lambda: ground_stage(pages["ru"], out, GroundConfig(), access=access),
        "ground both": lambda: ground_stage(pages["both"], out, GroundConfig(), access=access),
        "translate es": lambda: translate_stage(chats, ["es"], out, translate, access=access),
        "translate ru": lambda: translate_stage(chats, ["ru"], out, translate, access=access),
        "quality es": lambda: quality_stage([measured], out, translate, access=access),
        "culture": lambda: judge_stage(chats, out, culture, access=access),
        "filter": lambda: decide_stage(chats, out, culture),
        "metamath": lambda: sources_stage(published, "metamath", out),
        "sharegpt": lambda: sources_stage(published, "sharegpt", out),
        "convert": lambda: assemble([chats], home / "set"),
        "prune": lambda: found(prune_code("source")),
        "prune similar": lambda: found(prune_code("similarity")),
        "check es": lambda: found(check_code({"en", "es"})),
        "finish": lambda: found(*finish_code(RECIPE, {"es"})),
        "finish checked": lambda: found(
            *finish_code(msgspec.structs.replace(RECIPE, check=CHECKED), {"en", "es"})
        ),
        "finish pruned": lambda: found(
            *finish_code(msgspec.structs.replace(RECIPE, prune=PruneStep(keep="1")), {"es"})
        ),
    }


def found(*code):
    raise Asked(msgspec.json.encode(code))


@pytest.fixture
def keys(copy, stages, monkeypatch):
    """Call it for the key of each stage, as the copy of the code stands."""

    def look(out, made_of, **_):
        raise Asked(getattr(made_of, "key", made_of))

    monkeypatch.setattr(source_hash, "ROOT", copy)
    monkeypatch.setattr(drive, "finished", look)
    monkeypatch.setattr(dataset, "look_at", look)

    def all_keys():
        forget()
        found = {}
        for name, stage in stages.items():
            with pytest.raises(Asked) as asked:
                stage()
            found[name] = asked.value.key
        return found

    yield all_keys
    forget()


GROUND = {"ground es", "ground ru", "ground both"}
TRANSLATE = {"translate es", "translate ru", "quality es"}
ASKING = GROUND | TRANSLATE | {"culture"}
EXTRACT = {"extract es", "extract zh"}
CHECKING = {"check es", "finish checked"}
PRUNING = {"prune", "prune similar", "finish pruned"}
IDENTIFYING = EXTRACT | GROUND | TRANSLATE | CHECKING | {"sharegpt"}
"""Stages that tell the language of a text, by py3langid and numpy."""
DATASETS = {"convert", "finish"} | PRUNING | CHECKING
SPANISH = {"extract es", "ground es", "ground both", "translate es", "quality es"}
CULTURE = {"culture", "filter"}
SOURCES = {"metamath", "sharegpt"}
ES, RU, ZH = (f"ultralink_data/languages/{code}.py" for code in ("es", "ru", "zh"))
EDITS = {
    "a Russian translation bound, in one section with a name that grounding reads": (
        RU,
        "length=(0.5,",
        "length=(0.4,",
        {"ground ru", "ground both", "translate ru"},
    ),
    "a Russian prompt about documents": (
        RU,
        "Ниже приведена",
        "Ниже дана",
        {"ground ru", "ground both", "translate ru"},
    ),
    "a Russian refusal": (
        RU,
        "        refusals=(\n",
        '        refusals=(\n            "нет",\n',
        {"ground ru", "ground both", "translate ru"},
    ),
    "a Spanish word of articles that are left out": (
        ES,
        "        excluded_words=(\n",
        '        excluded_words=(\n            "nada",\n',
        SPANISH,
    ),
    "a Spanish MGSM prompt": (ES, "Da solo la respuesta", "Di solo la respuesta", set()),
    "a constant of the Spanish file": (
        ES,
        "",
        "X = 1\n",
        SPANISH | CHECKING,
    ),
    "spellings of Russian, which all texts are folded by": (
        RU,
        'alike=""',
        'alike="её"',
        GROUND | TRANSLATE,
    ),
    "how Chinese writes numbers, which is read in every language": (
        ZH,
        "numbers=NumberWords(\n",
        "numbers=NumberWords(extra=1,\n",
        TRANSLATE | CHECKING,
    ),
    "a new language, with spellings of its own": (
        "ultralink_data/languages/xx.py",
        "",
        "LANGUAGE = Language(writing=1)\n",
        GROUND | TRANSLATE,
    ),
    "how wikitext is cleaned": ("ultralink_data/wiki/wikitext.py", "", "X = 1\n", EXTRACT),
    "how parquet pages are read": ("ultralink_data/wiki/parquet_pages.py", "", "X = 1\n", EXTRACT),
    "how a multistream is read": ("ultralink_data/wiki/multistream.py", "", "X = 1\n", EXTRACT),
    "how articles are split": (
        "ultralink_data/grounding/passages.py",
        "",
        "X = 1\n",
        GROUND | CULTURE,
    ),
    "a check of questions": (
        "ultralink_data/grounding/reply_checks.py",
        "_OPENING = 120",
        "_OPENING = 121",
        GROUND,
    ),
    "a check of translated values": (
        "ultralink_data/translation/values.py",
        "",
        "X = 1\n",
        TRANSLATE,
    ),
    "how a round trip is measured": (
        "ultralink_data/translation/quality.py",
        "",
        "X = 1\n",
        {"quality es"},
    ),
    "a keyword of culture": ("ultralink_data/culture/keywords.py", "", "X = 1\n", CULTURE),
    "a source": ("ultralink_data/sources/metamath.py", "", "X = 1\n", {"metamath"}),
    "a source that is not read": ("ultralink_data/sources/magicoder.py", "", "X = 1\n", set()),
    "how published files are read": (
        "ultralink_data/sources/reading.py",
        "",
        "X = 1\n",
        SOURCES,
    ),
    "how requests are written": ("ultralink_data/llm/wire.py", "", "X = 1\n", ASKING | {"filter"}),
    "near duplicates": ("ultralink_data/checking/dedup.py", "", "X = 1\n", CHECKING),
    "pruning": ("ultralink_data/whole/prune.py", "", "X = 1\n", PRUNING),
    "how rows are read": (
        "ultralink_data/store/release.py",
        "",
        "X = 1\n",
        ASKING | DATASETS | {"filter"},
    ),
    "how a dataset is written": ("ultralink_data/store/dataset.py", "", "X = 1\n", DATASETS),
    "tables of a check": ("leaderboard/check_tables.py", "", "X = 1\n", {"finish checked"}),
    "the last step of a build": (
        "harness/building/finish.py",
        "",
        "X = 1\n",
        {"finish", "finish checked", "finish pruned"},
    ),
    "a reject of the drive": (
        "ultralink_data/stage/drive.py",
        "_PASSES = 2",
        "_PASSES = 3",
        ASKING | EXTRACT | DATASETS | SOURCES | {"filter"},
    ),
    "a comment and a docstring": (
        "ultralink_data/stage/drive.py",
        '"""Drives a stage',
        '"""Runs a stage',
        set(),
    ),
    "how a stage is shown": ("harness/progress/reporting.py", "", "X = 1\n", set()),
    "the commands": ("harness/commands/data_ground.py", "", "X = 1\n", set()),
    "the loss": ("train/loss.py", "", "X = 1\n", set()),
    "a benchmark": ("tasks/benchmarks/humaneval.py", "", "X = 1\n", set()),
}


def changed(before, after):
    return {name for name, key in after.items() if before[name] != key}


@pytest.mark.parametrize(("path", "old", "new", "expected"), EDITS.values(), ids=EDITS)
def test_an_edit_gives_a_new_key_to_what_uses_it(copy, keys, path, old, new, expected):
    before = keys()
    with edited(copy, path, old, new):
        assert changed(before, keys()) == expected


@pytest.mark.parametrize(
    ("package", "expected"),
    [
        ("py3langid", IDENTIFYING),
        ("regex", GROUND),
        ("sacrebleu", {"quality es"}),
        ("mwparserfromhell", EXTRACT),
        ("opencc", {"extract zh"}),
        ("numpy", IDENTIFYING | {"prune similar"}),
        ("openai", set()),
        ("aiohttp", set()),
        ("pyarrow", set()),
        ("torch", set()),
    ],
)
def test_a_package_gives_a_new_key_to_what_it_decides(keys, monkeypatch, package, expected):
    before, installed = keys(), deciding_packages.version
    monkeypatch.setattr(
        deciding_packages, "version", lambda name: "0+new" if name == package else installed(name)
    )
    assert changed(before, keys()) == expected


def test_a_half_done_stage_goes_on_under_a_new_key_and_pays_for_nothing_twice(
    tmp_path, capsys, monkeypatch
):
    """The key changes half way: rows are worked through again, replies come from the cache."""
    monkeypatch.setattr("ultralink_data.llm.client.Client._pause", lambda *_: 0.01)
    pages = write_pages(tmp_path / "pages.jsonl", 12)
    model = Model(reply)
    prices = ("--price-in", "1", "--price-out", "1")
    with serving(model) as server:
        words = command(server, tmp_path, pages, *prices)
        assert main([*words, "--max-cost", "0.001"]) != 0
        half = len(server.requests)
        installed = deciding_packages.version
        monkeypatch.setattr(
            deciding_packages,
            "version",
            lambda name: "0+new" if name == "regex" else installed(name),
        )
        forget()
        try:
            assert main(words) == 0
            assert 0 < half < len(server.requests)
            assert set(model.answered.values()) == {1}
            monkeypatch.undo()
            forget()
            capsys.readouterr()
            assert main(words) == 2
        finally:
            forget()
    version = installed("regex")
    said = f"made by `ground` with other regex 0+new (now {version})"
    assert said in " ".join(capsys.readouterr().err.split())
    manifest = msgspec.json.decode(
        stage_paths(tmp_path / "d.jsonl").manifest.read_bytes(), type=StageManifest
    )
    assert manifest.stage.packages["regex"] == "0+new"
    assert manifest.rows_in == 12
