"""`transformers` and torch, imported once and faster than by a plain import.

Two thirds of a small run are imports. Here they skip what no stage uses and run without the garbage
collector, which would walk again and again over a million objects that all stay alive.
"""

import gc
import importlib.metadata
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

_UNUSED = ("scipy", "sklearn")
"""`transformers` imports scipy for the losses of object detection, and scikit-learn for one curve
of assisted decoding, if they are installed; lm-eval brings them along."""


@cache
def import_transformers() -> None:
    """Import what loads models and tokenizers; to be called before `transformers` is used.

    All objects alive afterwards are assumed to live as long as the process: later collections, some
    of which each training requests, skip them.
    """
    with without(*_UNUSED), no_collection():
        import torch  # noqa: F401

        if "transformers" not in sys.modules:
            with _set(importlib.metadata, "packages_distributions", _Distributions):
                import transformers  # noqa: F401
            _import_list_of_models()
        from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: F401
    gc.freeze()


class _Distributions(dict[str, list[str]]):
    """What `packages_distributions` gives, for the names that are asked for.

    `transformers` makes the whole table at its start, out of the files of every installed package,
    and asks for a few names of packages that are there.
    """

    _whole = staticmethod(importlib.metadata.packages_distributions)

    def get(self, name: str, default: Any = None) -> Any:
        """The distributions that bring the package `name`; `default` where none does."""
        try:
            importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            if not self:
                self.update(self._whole())
            return super().get(name, default)
        return [name]


@contextmanager
def _set(owner: Any, name: str, value: Any) -> Iterator[None]:
    """`owner.name` is `value` inside the block."""
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


def _import_list_of_models() -> None:
    """Import `transformers.models`, which would read its 2,000 files for their names once more.

    `transformers` has just read them for its own list, which it keeps.
    """
    import transformers
    from transformers.utils import import_utils

    folder = Path(transformers.__file__).parent / "models"
    whole = import_utils.define_import_structure(folder, prefix="models")
    names = {
        needed: {m.removeprefix("models."): v for m, v in modules.items() if m[:7] == "models."}
        for needed, modules in whole.items()
    }
    with _set(import_utils, "define_import_structure", lambda file: names):
        import transformers.models


@contextmanager
def no_collection() -> Iterator[None]:
    """No garbage collection inside the block; an import makes almost no garbage."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@contextmanager
def without(*packages: str) -> Iterator[None]:
    """Inside the block these packages count as not installed, unless they are imported already."""
    hidden = [name for name in packages if name not in sys.modules]
    # Python reads None as "there is none", in `import` and in `find_spec`.
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


@contextmanager
def later(*modules: str) -> Iterator[None]:
    """What is imported from `modules` inside the block is a function that imports it when called.

    For libraries that import another one at their start and call it where we never go. Modules that
    are imported already are taken as they are.
    """
    stood_for = [name for name in modules if name not in sys.modules]
    sys.modules.update({name: _Later(name) for name in stood_for})
    try:
        yield
    finally:
        for name in stood_for:
            del sys.modules[name]


class _Later(ModuleType):
    """Stands for a module that is not imported yet."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name[:2] == "__":
            raise AttributeError(name)

        def called(*arguments: Any, **options: Any) -> Any:
            return getattr(import_module(self.__name__), name)(*arguments, **options)

        return called


def special_functions() -> Any:
    """The functions of `scipy.special` that are compiled, in a tenth of the time of the package.

    The package wraps them for other array libraries, for which it imports half of numpy. They are
    the very objects that it exports; where scipy keeps them elsewhere, this is the package itself.
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
