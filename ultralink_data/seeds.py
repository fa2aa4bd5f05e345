"""Seeds of random generators."""

LARGEST_SEED = (1 << 32) - 1
"""What every generator takes; Python's own would read -1 as 1."""


def check_seed(seed: int) -> int:
    """`seed`, if every random generator takes it.

    Raises:
        ValueError: it is negative, or needs more than 32 bits.
    """
    if not 0 <= seed <= LARGEST_SEED:
        raise ValueError(f"a seed must be from 0 to {LARGEST_SEED}, got {seed}")
    return seed
