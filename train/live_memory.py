"""How much memory tensors take while code runs, by part, on tensors that have no content.

Under torch's `FakeTensorMode` every operation gives the shape of its result and computes nothing. A
`LiveMemory` around it counts the bytes of each storage from the operation that makes it until it is
freed, so that what a backward pass keeps is counted as torch keeps it, whatever the architecture.
"""

import weakref
from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

ACTIVATIONS: Final = "activations"
COPIES: Final = "copies"
"""Weights in another type, which autocast makes and keeps."""


class LiveMemory:
    """Bytes of live storages by part; new ones count as `part`.

    `owned` are tensors that were there before, which are not counted. `peak` has the bytes of each
    part at the moment when their sum was largest.
    """

    def __init__(self, owned: Iterable[Any]) -> None:
        self.part = ACTIVATIONS
        self.peak: Counter[str] = Counter()
        self._live: Counter[str] = Counter()
        self._owned = {_identity(tensor) for tensor in owned}
        self._parts: dict[int, tuple[str, int]] = {}

    def counting(self) -> Any:
        """A context in which what operations make is counted."""
        from torch.utils._python_dispatch import TorchDispatchMode

        live = self

        class Counting(TorchDispatchMode):  # type: ignore[no-untyped-call]
            def __torch_dispatch__(
                self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
            ) -> Any:
                made = func(*args, **(kwargs or {}))
                live.made(func.__name__, args, made)
                return made

        return Counting()  # type: ignore[no-untyped-call]

    def move(self, tensor: Any, part: str) -> None:
        """Count the storage of a tensor as `part` from here on."""
        key = _identity(tensor)
        if key in self._parts:
            before, size = self._parts[key]
            self._live[before] -= size
            self._live[part] += size
            self._parts[key] = part, size

    def made(self, operation: str, args: tuple[Any, ...], made: Any) -> None:
        """Count what an operation has made."""
        from torch import Tensor
        from torch.utils._pytree import tree_leaves

        is_copy = "_to_copy" in operation and _identity(args[0]) in self._owned
        part = COPIES if is_copy else self.part
        for tensor in tree_leaves(made):
            if isinstance(tensor, Tensor):
                self._count(tensor, part)
        if self._live.total() > self.peak.total():
            self.peak = self._live.copy()

    def _count(self, tensor: Any, part: str) -> None:
        key = _identity(tensor)
        if key in self._owned or key in self._parts:
            return
        storage = tensor.untyped_storage()
        self._parts[key] = part, storage.nbytes()
        self._live[part] += storage.nbytes()
        weakref.finalize(storage, self._free, key)

    def _free(self, key: int) -> None:
        part, size = self._parts.pop(key)
        self._live[part] -= size


def _identity(tensor: Any) -> int:
    """The storage of a tensor, which its views share."""
    return int(tensor.untyped_storage()._cdata)
