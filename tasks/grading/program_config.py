"""How saved programs are run and counted: the settings of `grade` for a benchmark of programs."""

import math

import msgspec


class ProgramConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How programs are run, and which pass@k are told of.

    Raises:
        ValueError: a value out of its range.
    """

    k: tuple[int, ...] = (1, 10, 100)
    """Values of k in pass@k; those above the number of samples per problem are skipped."""
    timeout: float = 3.0
    """Time limit of a program, in seconds."""
    workers: int | None = None
    """Programs that run at the same time; without it, one per processor."""
    sandbox_packages: tuple[str, ...] = ()
    """Installed packages that programs can import, shown to them read-only with what they
    require."""

    def __post_init__(self) -> None:
        """Check ranges."""
        if not self.k or min(self.k) < 1:
            raise ValueError(f"k must be numbers of samples, such as 1,10,100, got {self.k}")
        if not (math.isfinite(self.timeout) and self.timeout > 0):
            raise ValueError(f"timeout must be seconds, more than 0, got {self.timeout:g}")
        if self.workers is not None and self.workers < 1:
            raise ValueError(f"workers must be 1 or more, got {self.workers}")
