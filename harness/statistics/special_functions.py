"""The special functions of scipy, without the rest of it."""

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any


def special_functions() -> Any:
    """The compiled functions of `scipy.special`, imported in a tenth of the package's time.

    The package wraps them for other array libraries, for which it imports half of numpy. They are
    the same objects that it exports; if scipy has them elsewhere, this returns the package itself.
    """
    name = "scipy.special"
    if name in sys.modules:
        return sys.modules[name]
    import scipy

    package = ModuleType(name)
    package.__path__ = [str(Path(folder) / "special") for folder in scipy.__path__]
    sys.modules[name] = package
    try:
        return import_module(f"{name}._ufuncs")
    except ImportError:
        del sys.modules[name]
        return import_module(name)
    finally:
        if sys.modules.get(name) is package:
            del sys.modules[name]
