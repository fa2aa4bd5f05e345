"""Each row of a batch chooses its tokens as if it were alone.

The rows of a batch share one matrix product, so that a row's scores differ in their last bits with
its company. Where two tokens score all but the same, that decides which one is taken, and the whole
rest of the answer. A `RowChoice` sees how near the second token came: an answer in which it never
came near is the same in any batch, and one with a close call is generated again with no other row
beside it (`row_asking.RowAsking`). So an answer depends on its own prompt alone: not on the batch
size, not on the languages or the number of problems beside it, not on what was stored before.

Sampling follows the same rule. A row draws from its own random numbers: to each score is added
Gumbel noise of the row's generator, and the highest sum is a sample of the softmax.
"""

from collections.abc import Collection, Sequence
from typing import Any, Final, NamedTuple

CLOSE: Final = 1e-5
"""Scores nearer than this share of a row's largest are a close call. In float32 company moves a
score by a tenth of that (docs/log.md, 2026-11-27); other number types have no such margin."""
_CLOSE_SHARE: Final = 1e-4
"""The same for the probability at which `top_p` cuts."""


class Draw(NamedTuple):
    """How rows are sampled; `seeds` is one a row, in the order of the batch."""

    temperature: float
    top_p: float
    seeds: Sequence[int]


class RowChoice:
    """A logits processor of `transformers` for greedy generation; `draw` None takes the best.

    `ends` are the tokens that end a row, `begin` is the position of the answers' first token. What
    else ends a row is told by `end`. Nothing here makes a GPU wait for the CPU at each step.
    """

    def __init__(
        self, rows: int, draw: Draw | None, ends: Collection[int], begin: int, device: Any
    ) -> None:
        import torch

        self._draw = draw
        self._generators = [
            torch.Generator(device=device).manual_seed(seed)
            for seed in (() if draw is None else draw.seeds)
        ]
        self._begin = begin
        self._ends = torch.tensor(sorted(ends), dtype=torch.long, device=device)
        self._places = torch.arange(rows, device=device)
        self._close = torch.zeros(rows, dtype=torch.bool, device=device)
        self._ended = torch.zeros(rows, dtype=torch.bool, device=device)

    def close(self) -> list[bool]:
        """Of each row, whether it had a close call before it ended."""
        found: list[bool] = self._close.tolist()
        return found

    def keep(self, places: Any) -> None:
        """Go on with the rows at these places of the present batch alone."""
        self._places = self._places[places]

    def end(self, done: Sequence[bool]) -> None:
        """Tell which rows of the present batch have ended."""
        import torch

        self._ended[self._places] |= torch.tensor(done, device=self._ended.device)

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        """The scores [batch, vocabulary] that the highest is taken of."""
        import torch

        if input_ids.shape[1] > self._begin:
            self._ended[self._places] |= torch.isin(input_ids[:, -1], self._ends)
        rivals = None
        if self._draw is None:
            near = CLOSE * _largest(scores)
        else:
            near = CLOSE * _largest(scores) / self._draw.temperature
            scores, rivals = self._drawn(scores.float() / self._draw.temperature, self._draw.top_p)
        best = scores.topk(2, dim=-1).values
        close = ~(best[:, 0] - best[:, 1] > near)  # true for NaN too
        if rivals is not None:
            close |= rivals >= best[:, 0] - near
        self._close[self._places] |= close & ~self._ended[self._places]
        return scores

    def _drawn(self, scores: Any, top_p: float) -> tuple[Any, Any]:
        """Scores with each row's noise, and of each row the best token near the border of `top_p`.

        The latter is None where all tokens count.
        """
        import torch

        noise = torch.empty_like(scores)
        for row, place in zip(noise, self._places.tolist(), strict=True):
            row.exponential_(generator=self._generators[place])
        noisy = scores - noise.log()
        if top_p >= 1:
            return noisy, None
        cut, border = _nucleus(scores, top_p)
        rivals = noisy.masked_fill(~border, -torch.inf).max(dim=-1).values
        return noisy.masked_fill(cut, -torch.inf), rivals


def _largest(scores: Any) -> Any:
    """Each row's largest score of either sign [batch]; tokens that are ruled out have none."""
    import torch

    return torch.where(scores.isfinite(), scores, 0).abs().max(dim=-1).values


def _nucleus(scores: Any, top_p: float) -> tuple[Any, Any]:
    """Tokens outside the likeliest that together have `top_p`, and those near the border.

    Both are masks [batch, vocabulary].
    """
    import torch

    ordered, order = scores.sort(dim=-1, descending=True)
    total = ordered.softmax(dim=-1).cumsum(dim=-1)
    before = torch.cat([torch.zeros_like(total[:, :1]), total[:, :-1]], dim=-1)
    cut, near = before >= top_p, (before - top_p).abs() < _CLOSE_SHARE
    return cut.scatter(-1, order, cut), near.scatter(-1, order, near)
