"""Accelerators by name: memory, and how fast they multiply dense matrices at best.

Peaks are those of the makers' data sheets, without structured sparsity (where a sheet has only the
sparse figure, half of it) and with sums in float32. `bfloat16` is that of tensor cores, `float32`
that of ordinary ones, as torch computes float32 unless it is told to round to TF32.
"""

import re
from typing import Final, NamedTuple

from ultralink_data.errors import ConfigError, unknown_name

TERA: Final = 1e12
MOST: Final = 100_000


class Accelerator(NamedTuple):
    """Memory in GiB, peaks in operations a second, and where they are from."""

    memory: float
    bfloat16: float
    float32: float
    source: str

    def peak(self, precision: str) -> float:
        """The peak in this precision of a training."""
        return self.bfloat16 if precision == "bfloat16" else self.float32


ACCELERATORS: Final = {
    "A100": Accelerator(80, 312 * TERA, 19.5 * TERA, "NVIDIA A100 data sheet, SXM 80 GB"),
    "A100-40GB": Accelerator(40, 312 * TERA, 19.5 * TERA, "NVIDIA A100 data sheet, SXM 40 GB"),
    "H100": Accelerator(80, 989 * TERA, 67 * TERA, "NVIDIA H100 data sheet, SXM 80 GB"),
    "H100-PCIe": Accelerator(80, 756 * TERA, 51 * TERA, "NVIDIA H100 data sheet, PCIe 80 GB"),
    "H200": Accelerator(139, 989 * TERA, 67 * TERA, "NVIDIA H200 data sheet, SXM 141 GB"),
    "L4": Accelerator(24, 121 * TERA, 30.3 * TERA, "NVIDIA L4 data sheet"),
    "L40S": Accelerator(48, 362 * TERA, 91.6 * TERA, "NVIDIA L40S data sheet"),
    "A10": Accelerator(24, 125 * TERA, 31.2 * TERA, "NVIDIA A10 data sheet"),
    "RTX3090": Accelerator(24, 71 * TERA, 35.6 * TERA, "NVIDIA Ampere GA102 white paper"),
    "RTX4090": Accelerator(24, 165 * TERA, 82.6 * TERA, "NVIDIA Ada white paper"),
}
"""By the name that `--hardware` takes."""

_SPELLED: Final = re.compile(r"(?:(\d+)\s*[x×*]\s*)?([A-Za-z][\w-]*)", re.IGNORECASE)


class NamedHardware(NamedTuple):
    """So many accelerators of one kind; `number` is None where it was not said."""

    number: int | None
    name: str
    accelerator: Accelerator


def hardware(text: str) -> NamedHardware:
    """What `8xH100` or `H100` names.

    Raises:
        ConfigError: it is written otherwise, or no such accelerator is known.
    """
    found = _SPELLED.fullmatch(text.strip())
    if found is None:
        raise ConfigError(
            f"--hardware {text!r} is not a number of accelerators and their name",
            hint=f"write 8xH100; known: {', '.join(ACCELERATORS)}",
        )
    names = {name.lower(): name for name in ACCELERATORS}
    name = names.get(found[2].lower())
    if name is None:
        raise unknown_name("accelerator", found[2], ACCELERATORS)
    count = None if found[1] is None else int(found[1])
    if count is not None and not 1 <= count <= MOST:
        raise ConfigError(
            f"--hardware must name 1 to {MOST:,} accelerators, got {count}",
            hint="write 8xH100",
        )
    return NamedHardware(count, name, ACCELERATORS[name])


def known_as(said: str) -> NamedHardware | None:
    """The accelerator that a driver calls so ("NVIDIA H100 80GB HBM3"); None if none is known."""
    words = said.replace("GeForce RTX ", "RTX").upper()
    pcie = "H100-PCIe" if "H100" in words and "PCIE" in words else None
    forty = "A100-40GB" if "A100" in words and "40GB" in words else None
    plain = (n for n in ACCELERATORS if re.search(rf"\b{n}\b", words, re.IGNORECASE))
    name = pcie or forty or next(plain, None)
    return None if name is None else NamedHardware(None, name, ACCELERATORS[name])
