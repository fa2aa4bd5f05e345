"""The bits-per-byte gap between two models, as `gap` writes it."""

from typing import Literal

import msgspec


class GapSlice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One slice of the texts: `value` of a `facet`.

    `first` and `second` are bits per byte of the two models; `percent` is how many bits more the
    second needs (positive: it is worse), with a 95 % interval over clusters of texts, None where
    there are too few. `p_holm` is two-sided, adjusted within the facet. `share` is the slice's
    difference in bits as a share of all bits of the first model: shares of a facet add up.
    """

    facet: str
    value: str
    texts: int
    clusters: int
    bytes: int
    first: float
    second: float
    percent: float
    low: float | None
    high: float | None
    p_holm: float | None
    share: float


class GapReport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Two models on the answers of a dataset's rows."""

    schema: Literal[1]
    kind: Literal["gap"]
    first: str
    second: str
    first_fingerprint: str
    second_fingerprint: str
    data: str
    texts: int
    left_out: int
    slices: tuple[GapSlice, ...]
    command: tuple[str, ...]
    versions: dict[str, str]
