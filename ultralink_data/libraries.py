"""Import `transformers` and torch faster than a plain import does.

Two thirds of a small run are imports. Here they skip what no stage uses and run without the garbage
collector, which would repeatedly scan a million objects that all stay alive.
"""

import gc
import importlib.metadata
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from ultralink_data.errors import PrerequisiteError

_UNUSED = ("scipy", "sklearn")
"""`transformers` imports scipy for the losses of object detection, and scikit-learn for one curve
of assisted decoding, if they are installed; lm-eval brings them along."""


def first_words(error: Exception) -> str:
    """What a library says of a model that it cannot load, in one line.

    Its first line, or the whole if that only announces a list.
    """
    lines = [line.strip() for line in str(error).strip().splitlines()] or [type(error).__name__]
    return " ".join(lines) if lines[0].endswith(":") else lines[0]


_LOADING = (OSError, ValueError, LookupError, RuntimeError, TypeError, AttributeError, NameError)
"""The last three come from classes that are given a tokenizer.json of another form than theirs."""


@contextmanager
def unloadable(model: str, hint: str) -> Iterator[None]:
    """Turn what transformers raises for a model that it cannot load into a two-line error.

    Raises:
        PrerequisiteError: in place of those errors, damaged weights among them.
    """
    from safetensors import SafetensorError

    try:
        yield
    except (*_LOADING, SafetensorError) as error:
        what = first_words(error)
        raise PrerequisiteError(f"cannot load a model from {model}: {what}", hint=hint) from error


@cache
def import_transformers() -> None:
    """Import what loads models and tokenizers; call it before `transformers` is used.

    All objects alive afterwards are assumed to live as long as the process, so later garbage
    collections (each training requests some) skip them.
    """
    with without(*_UNUSED), no_collection():
        import torch  # noqa: F401

        if "transformers" not in sys.modules:
            with _set(importlib.metadata, "packages_distributions", _Distributions):
                import_module("transformers")
            _import_list_of_models()
        from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: F401
    gc.freeze()


class _Distributions(dict[str, list[str]]):
    """Replaces the table of `packages_distributions`, computed only for requested names.

    `transformers` builds the whole table at its start from the files of every installed package,
    but looks up only a few names.
    """

    _whole = staticmethod(importlib.metadata.packages_distributions)

    def get(self, name: str, default: Any = None) -> Any:
        """The distributions that provide the package `name`; `default` if none does."""
        try:
            importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            if not self:
                self.update(self._whole())
            return super().get(name, default)
        return [name]


@contextmanager
def _set(owner: Any, name: str, value: Any) -> Iterator[None]:
    """Set `owner.name` to `value` inside the block."""
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


def _import_list_of_models() -> None:
    """Import `transformers.models` without reading its 2,000 files for their names once more.

    `transformers` has just read them for its own list, which is reused.
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
    """Inside the block these packages count as not installed, unless already imported."""
    hidden = [name for name in packages if name not in sys.modules]
    # Python reads None as "there is none", in `import` and in `find_spec`.
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


@contextmanager
def without_peft() -> Iterator[None]:
    """Inside the block `transformers` modules are imported as if peft were not installed.

    `transformers.trainer` imports it for every training, where it takes half a second. It stays so
    for the modules that are imported here; what trains adapters does not rely on them.
    """
    import transformers.utils

    with _set(transformers.utils, "is_peft_available", lambda: False):
        yield


@contextmanager
def later(*modules: str) -> Iterator[None]:
    """Names imported from `modules` inside the block become functions that import on first call.

    For libraries that import another one at start but use it only in code we never run. Modules
    that are already imported are unaffected.
    """
    stood_for = [name for name in modules if name not in sys.modules]
    sys.modules.update({name: _Later(name) for name in stood_for})
    try:
        yield
    finally:
        for name in stood_for:
            del sys.modules[name]


class _Later(ModuleType):
    """A placeholder for a module that is not imported yet."""

    def __getattr__(self, name: str) -> Any:
        if name == "__version__" and sys.modules.get(self.__name__) is not self:
            return import_module(self.__name__).__version__  # a version is compared, never called
        if name[:2] == "__":
            raise AttributeError(name)

        def called(*arguments: Any, **options: Any) -> Any:
            return getattr(import_module(self.__name__), name)(*arguments, **options)

        return called
