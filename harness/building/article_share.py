"""The share of the given articles, and of their passages, that led to a dialogue."""

from collections import defaultdict
from collections.abc import Iterable

from leaderboard.diversity_results import Share
from ultralink_data.dialogue import Dialogue
from ultralink_data.documents import Page
from ultralink_data.grounding.passages import split


def article_share(
    pages: Iterable[Page], dialogues: Iterable[Dialogue], passage_tokens: int
) -> list[Share]:
    """Shares by language; `passage_tokens` is the size at which `data ground` split articles.

    A dialogue names its article as its source, and is named after its passage. Each page and
    passage counts once, however many dialogues it has.
    """
    sources: dict[str, set[str]] = defaultdict(set)
    names: dict[str, set[str]] = defaultdict(set)
    for dialogue in dialogues:
        sources[dialogue.language].add(dialogue.provenance.source_id)
        names[dialogue.language].add(dialogue.id)
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for page in pages:
        parts = split(page, passage_tokens)
        passages = {passage.id for passage in parts if not passage.is_blank}
        used = page.id in sources[page.language]
        sources[page.language].discard(page.id)
        found = (1, used, len(passages), len(passages & names[page.language]))
        counts[page.language] = [a + b for a, b in zip(counts[page.language], found, strict=True)]
    return [
        Share(
            language=language,
            pages=counts[language][0],
            used_pages=counts[language][1],
            passages=counts[language][2],
            used_passages=counts[language][3],
            elsewhere=len(sources[language]),
        )
        for language in sorted(counts.keys() | {name for name in sources if sources[name]})
    ]
