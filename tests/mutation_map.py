"""What `make mutants` needs so that it knows which test enters which function.

It runs all tests once and notes for each test the functions entered meanwhile. What one test makes
and others share would be noted for that one alone, and a fault planted in it judged by that one.
"""

import os
import sys
from typing import Literal

import pytest

NOTING = os.environ.get("MUTANT_UNDER_TEST") == "stats"
"""Whether mutmut is noting just now."""


def shared(fixture_name: str, config: pytest.Config) -> Literal["function", "session"]:
    """The scope of a fixture that is made once, and once a test while mutmut is noting."""
    return "function" if NOTING else "session"


def forget(package: str) -> None:
    """Empty the caches of functions of a package's loaded modules, so that each test fills them."""
    for name, module in list(sys.modules.items()):
        if name == package or name.startswith(f"{package}."):
            for thing in vars(module).values():
                if hasattr(thing, "cache_clear"):
                    thing.cache_clear()
