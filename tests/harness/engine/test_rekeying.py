"""Which edits and which packages give which stages a new key, on a copy of this project's code."""

import sys

import pytest
from command_line import copy_code
from edited_code import edited, forget

from harness.engine import deciding_packages, source_hash, stages
from harness.engine.deciding_packages import CARRYING, DECIDING
from harness.engine.jobs import Artefact, make_job
from harness.engine.module_facts import read_facts
from harness.engine.stage_configs import PointsConfig
from tasks.eval_config import EvalConfig, TaskRun
from train.lora_config import LoraConfig
from train.train_config import MicroConfig, TrainConfig
from ultralink_data.llm.endpoint import EndpointIdentity

STARTER = stages.StarterConfig()


def evaluation(task, *languages, **changes):
    runs = (TaskRun(task=task, languages=languages, protocol="direct", likelihood=0),)
    return "eval", stages.EvalStageConfig(eval=EvalConfig(runs=runs, **changes), problems="")


SERVED = EndpointIdentity(base_url="http://127.0.0.1:1/v1", model="m")
CONFIGS = {
    "starter": ("starter", STARTER),
    "import": ("import", stages.ImportConfig()),
    "prune": ("prune", stages.PruneConfig()),
    "tokenizer": (
        "tokenizer",
        stages.TokenizerConfig(starter=STARTER, vocabulary=512),
    ),
    "base": ("base", stages.BaseConfig(starter=STARTER, micro=MicroConfig())),
    "pack": (
        "pack",
        stages.PackConfig(
            languages=("es",),
            max_tokens=64,
            template="chatml",
            packing=True,
            overlong="cut",
            packing_order="hash",
        ),
    ),
    "train": ("train", TrainConfig()),
    "points": ("points", PointsConfig(training=TrainConfig(), points=4)),
    "adapters": ("train", TrainConfig(lora=LoraConfig(rank=2))),
    "adapters in 4 bits": ("train", TrainConfig(lora=LoraConfig(rank=2, base="4bit"))),
    "mgsm en": evaluation("mgsm", "en"),
    "mgsm es": evaluation("mgsm", "es"),
    "mgsm fr": evaluation("mgsm", "fr"),
    "humaneval": evaluation("humaneval", "en"),
    "omgeval": evaluation("omgeval", "es"),
    "math": evaluation("starter_math", "en"),
    "code": evaluation("starter_code", "en"),
    "vllm": evaluation("mgsm", "en", backend="vllm"),
    "served": evaluation("mgsm", "en", backend="openai-chat", served=SERVED),
}
DATA = {"starter", "import", "prune"}
ADAPTERS = {"adapters", "adapters in 4 bits"}
TRAININGS = {"base", "train", "points"} | ADAPTERS
MODELS = {"tokenizer"} | TRAININGS
MGSM = {"mgsm en", "mgsm es", "mgsm fr", "vllm", "served"}
NUMBERS = MGSM | {"math"}
PROGRAMS = {"humaneval", "code"}
EVALUATIONS = NUMBERS | PROGRAMS | {"omgeval"}
# Three err on the side of a new key: "math" and "code", as the starter set names all its languages,
# and "humaneval", whose module reads some fields by a name that it computes.

ES = "ultralink_data/languages/es.py"
EDITS = {
    "how a test of a program is run in the sandbox": (
        "tasks/sandbox/checker.py",
        "",
        "X = 1\n",
        PROGRAMS,
    ),
    "how a jail is made": ("tasks/sandbox/jail.py", "", "X = 1\n", PROGRAMS),
    "how the sandbox tells what it covers": (
        "tasks/sandbox/__init__.py",
        "",
        "X = 1\n",
        PROGRAMS,
    ),
    "how code is read from an answer": ("tasks/grading/code_extract.py", "", "X = 1\n", PROGRAMS),
    "how a number is read from an answer": (
        "tasks/grading/answer_extract.py",
        "",
        "X = 1\n",
        NUMBERS,
    ),
    "a pinned file of MGSM": ("tasks/benchmarks/mgsm.toml", "", "\n# words\n", MGSM),
    "a pinned file of OMGEval": ("tasks/benchmarks/omgeval.toml", "", "\n# words\n", {"omgeval"}),
    "a pinned file of HumanEval": (
        "tasks/benchmarks/humaneval.toml",
        "",
        "\n# words\n",
        {"humaneval"},
    ),
    "data beside a benchmark, with its name": (
        "tasks/benchmarks/starter_code.cases.json",
        "",
        "{}",
        {"code"},
    ),
    "a folder of data beside a benchmark, with its name": (
        "tasks/benchmarks/omgeval/rows.json",
        "",
        "{}",
        {"omgeval"},
    ),
    "data beside a backend, with its name": (
        "tasks/models/backends/vllm.json",
        "",
        "{}",
        {"vllm"},
    ),
    "data beside the benchmarks that are nobody's": (
        "tasks/benchmarks/shared.json",
        "",
        "{}",
        EVALUATIONS,
    ),
    "a Spanish translation bound": (ES, "length=(0.7,", "length=(0.6,", set()),
    "a Spanish MGSM prompt": (
        ES,
        "Da solo la respuesta",
        "Di solo la respuesta",
        {"mgsm es", "math"},
    ),
    "a French MGSM prompt": (
        "ultralink_data/languages/fr.py",
        'mgsm=MgsmTexts(\n        question="',
        'mgsm=MgsmTexts(\n        question="_',
        {"mgsm fr", "math"},
    ),
    "an English answer phrase": (
        "ultralink_data/languages/en.py",
        "        answer_phrases=(\n",
        '        answer_phrases=(\n            "so",\n',
        NUMBERS | {"humaneval"},
    ),
    "how Chinese writes numbers, which is read in every language": (
        "ultralink_data/languages/zh.py",
        "numbers=NumberWords(\n",
        "numbers=NumberWords(extra=1,\n",
        NUMBERS | {"code"},
    ),
    "what a Spanish starter solution ends with": (
        ES,
        "La respuesta es {answer}.",
        "El resultado es {answer}.",
        {"starter", "tokenizer", "base", "mgsm es", "math", "code"},
    ),
    "Finnish, which nothing here asks for": (
        "ultralink_data/languages/fi.py",
        "",
        "X = 1\n",
        set(),
    ),
    "a constant of the Spanish file": (
        ES,
        "",
        "X = 1\n",
        {"starter", "tokenizer", "base", "mgsm es", "math", "code"},
    ),
    "a Russian chat of the starter set": (
        "ultralink_data/starter/texts/chats_ru.toml",
        "",
        "a = 1\n",
        {"starter", "tokenizer", "base", "math", "code"},
    ),
    "the win rate": ("tasks/judging/win_rate.py", "", "X = 1\n", set()),
    "OMGEval": (
        "tasks/benchmarks/omgeval.py",
        "UNTRANSLATED: Final = 169",
        "UNTRANSLATED: Final = 170",
        {"omgeval"},
    ),
    "MGSM": ("tasks/benchmarks/mgsm.py", '"direct": 64', '"direct": 65', MGSM),
    "how vLLM is loaded": (
        "tasks/models/backends/vllm.py",
        "spare: ClassVar[int] = -1",
        "spare: ClassVar[int] = -2",
        {"vllm"},
    ),
    "how an endpoint is asked": ("tasks/models/chat_endpoint.py", "", "X = 1\n", {"served"}),
    "how a model generates": ("tasks/models/generation.py", "", "X = 1\n", EVALUATIONS),
    "the loss": ("train/loss.py", "", "X = 1\n", TRAININGS),
    "which models of a training are kept": ("train/intermediate.py", "", "X = 1\n", {"points"}),
    "packing": ("train/packing.py", "", "X = 1\n", {"base", "pack"}),
    "pruning": ("ultralink_data/whole/prune.py", "", "X = 1\n", {"prune"}),
    "a translation check": ("ultralink_data/translation/values.py", "", "X = 1\n", set()),
    "a table": ("leaderboard/table.py", "", "X = 1\n", set()),
    "the README": ("README.md", "", "words\n", set()),
    "a test": ("tests/test_new.py", "", "X = 1\n", set()),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    return copy_code(tmp_path_factory.mktemp("code"))


@pytest.fixture
def keys(copy, monkeypatch):
    """Call it for the key of each configuration, as the copy of the code stands."""
    monkeypatch.setattr(source_hash, "ROOT", copy)

    def all_keys():
        forget()
        return {name: key(*parts) for name, parts in CONFIGS.items()}

    yield all_keys
    forget()


def key(stage, config):
    inputs = {"model": Artefact(path="m", fingerprint="0")}
    return make_job(stage, config, inputs).key


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
        ("torch", TRAININGS | EVALUATIONS - {"served"}),
        ("transformers", MODELS | {"pack"} | EVALUATIONS - {"served"}),
        ("tokenizers", MODELS | {"pack"} | EVALUATIONS - {"served"}),
        ("accelerate", TRAININGS),
        ("flash-attn", TRAININGS),
        ("lm-eval", EVALUATIONS),
        ("vllm", {"vllm"}),
        ("peft", ADAPTERS),
        ("bitsandbytes", {"adapters in 4 bits"}),
        ("jinja2", MODELS | {"pack"} | EVALUATIONS - {"served"}),
        ("numpy", {"pack"} | TRAININGS),
        ("scipy", set()),
        ("openai", set()),
    ],
)
def test_a_package_gives_a_new_key_to_what_it_decides(keys, monkeypatch, package, expected):
    before, installed = keys(), deciding_packages.version
    monkeypatch.setattr(
        deciding_packages, "version", lambda name: "0+new" if name == package else installed(name)
    )
    assert changed(before, keys()) == expected


def test_another_build_of_torch_is_another_key(keys, monkeypatch):
    found = []
    for build in ("2.13.0+cpu", "2.13.0+cu130"):
        monkeypatch.setattr(deciding_packages, "version", lambda name, build=build: build)
        found.append(keys())
    assert "train" in changed(*found)


def test_a_marker_says_which_versions_are_in_the_key():
    stage, config = CONFIGS["train"]
    packages = stages.get(stage).code(config).packages
    assert {"torch", "transformers", "tokenizers", "accelerate"} <= packages.keys()
    assert packages["torch"] == deciding_packages.version("torch")


def test_a_stage_in_a_file_of_its_own_counts_the_packages_that_it_and_its_modules_import():
    facts = read_facts(b"def rows():\n    import sklearn.cluster\n", "own.py")
    code = stages.file_code(facts, ("ultralink_data.whole.prune",))
    assert code.packages.keys() == {"scikit-learn", "numpy"}


def test_every_package_that_this_code_imports_decides_or_does_not():
    modules = [
        ".".join(path.relative_to(source_hash.ROOT).with_suffix("").parts)
        for room in ("ultralink_data", "tasks", "train")
        for path in (source_hash.ROOT / room).rglob("*.py")
        if path.name != "__init__.py"
    ]
    imported = source_hash.imported_packages(modules) - sys.stdlib_module_names
    assert imported - DECIDING.keys() == CARRYING
