"""Imports without what no stage uses, and without the collector of garbage."""

import gc
import importlib.util
import json
import subprocess
import sys

import pytest

from ultralink_data.libraries import first_words, later, no_collection, without

PROGRAM = """
import gc, json, sys
from ultralink_data.libraries import import_transformers

import_transformers()
frozen = gc.get_freeze_count()
names = ("torch", "transformers", "scipy", "sklearn")
found = [name for name in names if name in sys.modules]
from sklearn.metrics import roc_curve
print(json.dumps([found, gc.isenabled(), frozen > 100_000, callable(roc_curve)]))
"""


def last_line(program):
    """What `program`, run by a Python of its own, printed last, as JSON."""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_transformers_comes_without_scikit_learn_which_stays_importable():
    assert last_line(PROGRAM) == [["torch", "transformers"], True, True, True]


TABLES = """
import importlib.metadata, json, pathlib
from ultralink_data.libraries import import_transformers

real = importlib.metadata.packages_distributions
import_transformers()
import transformers.models
from transformers.utils import import_utils

read = import_utils.define_import_structure(transformers.models.__file__)
want = {name: module for modules in read.values() for module, names in modules.items()
        for name in names}
given = transformers.models._class_to_module
names = ("torch", "numpy", "yaml", "PIL", "no_such_package")
mapping = import_utils.PACKAGE_DISTRIBUTION_MAPPING
versions = {name: import_utils._is_package_available(name, return_version=True)[1]
            for name in ("torch", "tokenizers", "yaml")}
asked = {name: mapping.get(name, []) for name in names}
whole = real()
print(json.dumps([
    given == want,
    importlib.metadata.packages_distributions is real,
    [name for name in names if not set(asked[name]) <= set(whole.get(name, []))],
    [name for name in names if name in whole and not asked[name]],
    [name for name, version in versions.items()
     if version != importlib.metadata.version(whole[name][0])],
]))
"""


def test_transformers_knows_its_models_and_the_packages_as_after_a_plain_import():
    assert last_line(TABLES) == [True, True, [], [], []]


def assert_absent_and_import(name):
    assert importlib.util.find_spec(name) is None
    __import__(name)


def test_a_hidden_package_is_there_again_after_an_error():
    name = "colorsys"
    sys.modules.pop(name, None)
    with pytest.raises(ModuleNotFoundError), without(name):
        assert_absent_and_import(name)
    assert name not in sys.modules
    assert __import__(name).rgb_to_hsv


def test_what_is_imported_already_is_not_hidden():
    with without("json"):
        assert sys.modules["json"] is json
    assert sys.modules["json"] is json


def test_what_comes_later_is_imported_when_it_is_called():
    sys.modules.pop("colorsys", None)
    with later("colorsys"):
        from colorsys import rgb_to_hsv
    assert "colorsys" not in sys.modules
    assert rgb_to_hsv(0.0, 0.0, 1.0) == (2 / 3, 1.0, 1.0)
    assert "colorsys" in sys.modules
    with later("colorsys"):
        import colorsys
    assert colorsys.rgb_to_hls  # the module itself


def test_the_collector_is_put_back_as_it_was():
    assert gc.isenabled()
    with no_collection():
        assert not gc.isenabled()
        with no_collection():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_the_version_of_what_comes_later_is_the_real_one():
    sys.modules.pop("csv", None)
    with later("csv"):
        import csv as stood_for

        with pytest.raises(AttributeError):
            _ = stood_for.__version__
    assert stood_for.__version__ == "1.0"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError("  first \nsecond"), "first"),
        (OSError("one of:\n(1) a file\n(2) a slow one"), "one of: (1) a file (2) a slow one"),
        (KeyError("field"), "'field'"),
        (ValueError(), "ValueError"),
    ],
)
def test_what_a_library_says_is_one_line_and_never_a_bare_announcement(error, said):
    assert first_words(error) == said


TRAINER = """
import json, sys
from ultralink_data.libraries import import_transformers, without_peft

import_transformers()
with without_peft():
    from transformers import Trainer
from transformers.utils import is_peft_available
print(json.dumps(["peft" in sys.modules, is_peft_available()]))
"""


def test_the_trainer_comes_without_peft_which_stays_importable():
    assert last_line(TRAINER) == [False, True]
