"""Imports without what no stage uses, and without the collector of garbage."""

import gc
import importlib.util
import json
import subprocess
import sys

import pytest

from ultralink_data.libraries import no_collection, without

PROGRAM = """
import gc, json, sys
from ultralink_data.libraries import import_transformers

import_transformers()
frozen = gc.get_freeze_count()
found = [name for name in ("torch", "transformers", "sklearn") if name in sys.modules]
from sklearn.metrics import roc_curve
print(json.dumps([found, gc.isenabled(), frozen > 100_000, callable(roc_curve)]))
"""


def test_transformers_comes_without_scikit_learn_which_stays_importable():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == [["torch", "transformers"], True, True, True]


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


def test_the_collector_is_put_back_as_it_was():
    assert gc.isenabled()
    with no_collection():
        assert not gc.isenabled()
        with no_collection():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
