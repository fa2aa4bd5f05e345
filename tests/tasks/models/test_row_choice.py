"""What a row chooses, and when it says that another batch might have chosen otherwise."""

from collections import Counter

import pytest
import torch

from tasks.models.row_choice import CLOSE, Draw, RowChoice

CPU = torch.device("cpu")


def greedy(rows: int, ends: tuple[int, ...] = ()) -> RowChoice:
    return RowChoice(rows, None, ends, 1, CPU)


def test_a_close_call_is_seen_and_the_scores_stay():
    scores = torch.tensor([[1.0, 2.0, 0.0], [1.0, 1.0 + CLOSE / 2, 0.0], [1.0, 1.0, 1.0]])
    choice = greedy(3)
    assert torch.equal(choice(torch.zeros(3, 1, dtype=torch.long), scores), scores)
    assert choice.close() == [False, True, True]


def test_what_comes_after_the_end_does_not_count():
    near = torch.tensor([[1.0, 1.0], [1.0, 1.0]])
    by_token, told = greedy(2, ends=(5,)), greedy(2)
    by_token(torch.tensor([[0, 5], [0, 4]]), near)
    assert by_token.close() == [False, True]
    told.end([True, False])
    told(torch.tensor([[0, 4], [0, 4]]), near)
    assert told.close() == [False, True]


def test_rows_that_stay_keep_their_places():
    choice = greedy(3)
    choice.keep(torch.tensor([0, 2]))
    choice.end([True, False])
    choice(torch.zeros(2, 1, dtype=torch.long), torch.zeros(2, 2))
    assert choice.close() == [False, False, True]


def test_a_row_draws_the_same_in_any_batch():
    scores = torch.randn(4, 50, generator=torch.Generator().manual_seed(0))
    ids = torch.zeros(4, 1, dtype=torch.long)
    seeds = [3, 4, 5, 6]
    whole = RowChoice(4, Draw(0.8, 0.9, seeds), (), 1, CPU)
    tokens = [whole(ids, scores).argmax(-1).tolist() for _ in range(5)]
    for row, seed in enumerate(seeds):
        alone = RowChoice(1, Draw(0.8, 0.9, [seed]), (), 1, CPU)
        single = [alone(ids[:1], scores[row : row + 1]).argmax(-1).item() for _ in range(5)]
        assert single == [step[row] for step in tokens]


@pytest.mark.parametrize(
    ("temperature", "top_p", "expected"),
    [
        (1.0, 1.0, (0.5, 0.3, 0.15, 0.05)),
        (1.0, 0.75, (0.625, 0.375, 0.0, 0.0)),
        (2.0, 1.0, (0.3789, 0.2935, 0.2076, 0.1198)),
    ],
)
def test_draws_have_the_shares_of_the_softmax(temperature, top_p, expected):
    """Square roots of the shares at temperature 2, scaled; two tokens have 0.8 of the whole."""
    count = 4000
    choice = RowChoice(count, Draw(temperature, top_p, range(count)), (), 1, CPU)
    scores = torch.tensor([0.5, 0.3, 0.15, 0.05]).log().expand(count, 4)
    drawn = Counter(choice(torch.zeros(count, 1, dtype=torch.long), scores).argmax(-1).tolist())
    for token, share in enumerate(expected):
        assert drawn[token] / count == pytest.approx(share, abs=0.025)


def test_a_token_at_the_border_of_the_nucleus_is_a_close_call():
    """The second token lies just in or just out at `top_p` 0.6: who draws it may not draw it."""
    scores = torch.tensor([0.6, 0.4]).log().expand(64, 2)
    ids = torch.zeros(64, 1, dtype=torch.long)
    sure = RowChoice(64, Draw(1.0, 0.7, range(64)), (), 1, CPU)
    sure(ids, scores)
    border = RowChoice(64, Draw(1.0, 0.60001, range(64)), (), 1, CPU)
    border(ids, scores)
    assert sum(sure.close()) <= 2
    assert 10 <= sum(border.close()) <= 45
