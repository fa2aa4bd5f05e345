"""The band of differences that identical data show, from runs of the reference with more seeds.

Two groups of S runs of the same data share what problems contribute; their difference has the
variance 2 MS_s / (S Q) of ``aa_study``, with MS_s from all runs of the reference, the experiment's
own and the further ones, and as many degrees of freedom as these are, less one. The band is the t
interval about 0.
"""

from collections.abc import Collection

import numpy as np

from harness.statistics.score_arrays import Runs, endpoints
from harness.statistics.two_way import is_round_off, mean_squares, t_quantile
from leaderboard.noise import NoiseBand


def noise_bands(
    own: Runs, further: Runs, shown: Collection[tuple[str, str, str]]
) -> tuple[NoiseBand, ...]:
    """Bands for groups as large as `own`; `shown` are task, language and metric of those wanted.

    An endpoint without any spread between seeds has none.
    """
    bands = []
    for endpoint in endpoints({"": [*own, *further]}):
        key = (endpoint.task, endpoint.language, endpoint.metric)
        table = endpoint.table("")
        seeds = mean_squares(table).seeds
        if key not in shown or is_round_off(seeds, table):
            continue
        error = float(np.sqrt(2 * seeds / (len(own) * table.shape[1])))
        bands.append(
            NoiseBand(
                task=endpoint.task,
                language=endpoint.language,
                metric=endpoint.metric,
                unit="points" if endpoint.higher_is_better else "log-ratio",
                half=t_quantile(table.shape[0] - 1) * error,
                difference=float(table[len(own) :].mean() - table[: len(own)].mean()),
            )
        )
    return tuple(bands)
