"""Problems that are near copies of each other count as one: a cluster.

The starter's held-out problems, for example, are made from templates: a model that is right on one
problem of a template is nearly always right on its other problems, so that these say hardly more
than one. Scores are averaged within a cluster first, as translations of one problem are; seeds and
clusters are then what is crossed, resampled and counted. The score of a run is therefore the mean
over clusters. A problem without a cluster is one of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from ultralink_data.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Index: TypeAlias = NDArray[np.int64]
    """The cluster of each problem, as a number from 0; [problem]."""


def cluster_index(names: Sequence[str], clusters: Mapping[str, str]) -> Index | None:
    """The cluster number of each problem; None if every problem is a cluster of its own.

    `clusters` holds the names of the clusters by problem; a problem that is missing there, or has
    the empty name, is its own.
    """
    import numpy as np

    # Pairs, so that a problem cannot have the name of a cluster.
    keys = [(clusters.get(name, ""), "" if clusters.get(name) else name) for name in names]
    numbers: dict[tuple[str, str], int] = {}
    index = [numbers.setdefault(key, len(numbers)) for key in keys]
    return None if len(numbers) == len(index) else np.array(index, dtype=np.int64)


def count_clusters(names: Sequence[str], clusters: Mapping[str, str]) -> int:
    """How many clusters the problems form; one without a cluster is its own."""
    index = cluster_index(names, clusters)
    return len(names) if index is None else int(index.max()) + 1


def over_clusters(table: NDArray[np.float64], index: Index | None) -> NDArray[np.float64]:
    """table[seed, problem, ...] -> table[seed, cluster, ...], the mean within a cluster."""
    import numpy as np

    if index is None:
        return table
    if index.shape != table.shape[1:2]:
        raise ValueError(f"clusters {index.shape} must name one of each problem of {table.shape}")
    means = [table[:, index == number].mean(axis=1) for number in range(int(index.max()) + 1)]
    return np.stack(means, axis=1)


def merged(mappings: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """The clusters of problems, by problem, from several runs or languages.

    Raises:
        DataError: a problem is in two clusters.
    """
    found: dict[str, str] = {}
    for mapping in mappings:
        for name, cluster in mapping.items():
            if cluster and found.setdefault(name, cluster) != cluster:
                raise DataError(
                    f"problem {name} is in cluster {found[name]!r} in one run and in "
                    f"{cluster!r} in another",
                    hint="evaluate both with one version of the benchmark",
                )
    return found
