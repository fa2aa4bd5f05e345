"""Whether bfloat16 is worth asking for on this machine: some processors only imitate it."""

from pathlib import Path

_CPU = Path("/proc/cpuinfo")
_GPUS = ("/dev/nvidiactl", "/dev/kfd")
_FAST = frozenset({"avx512bw", "avx512_bf16", "amx_bf16", "bf16"})
"""Flags of x86 and ARM processors with which torch multiplies bfloat16 in blocks (oneDNN's rule:
AVX-512 with byte and word instructions, or more). Without them it goes number by number."""


def bfloat16_note(
    dtype: str, *, cpu: Path = _CPU, gpus: tuple[str, ...] = _GPUS
) -> tuple[str, ...]:
    """One line where `dtype` is bfloat16 and the processor would imitate it, else nothing.

    Nothing is said where a GPU may do the work, or where the system does not list what its
    processor can do.
    """
    if dtype != "bfloat16" or any(Path(gpu).exists() for gpu in gpus):
        return ()
    try:
        lines = cpu.read_text(encoding="utf-8").splitlines()
    except OSError:
        return ()
    flags = [line.partition(":")[2].split() for line in lines if _lists_flags(line)]
    if not flags or _FAST.intersection(flags[0]):
        return ()
    return (
        "bfloat16: this processor has no instructions for it and takes up to a hundred times as "
        "long as in float32; use float32",
    )


def _lists_flags(line: str) -> bool:
    return line.partition(":")[0].strip() in ("flags", "Features")
