"""`recipe`: how the kinds and languages of the training rows are mixed.

A mix draws rows with shares of its own: so much of each kind, and within a kind languages by
temperature (a language with n of N rows is drawn with a chance proportional to (n / N)^(1 / T): T =
1 is the data's own balance, a large T an equal share for all, as in multilingual pretraining:
Conneau et al. 2020, arXiv 1911.02116). Every mix has as many rows as the data that it draws from;
where a cell has too few they are repeated, and where it has too many a random part stays.

The starter set is as large in every language, so temperatures are compared on a skewed set: whole
English, half of the next language, a quarter of the one after it, and so on.
"""

import hashlib
from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import islice
from typing import Final

import msgspec

from harness.experiment.ablation import Ablation, DataStage, Variant
from harness.experiment.config import ExperimentConfig
from ultralink_data.dialogue import KINDS, Dialogue, Kind
from ultralink_data.errors import ConfigError

_SKEW: Final = "skew"
_MIX: Final = "mix"
_MOST_REPEATS: Final = 20
"""A row stands at most so often in a mix: beyond that it would be learned by heart."""


class SkewConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How far languages differ in size: each keeps `factor` of what the one before it keeps."""

    languages: tuple[str, ...]
    """From the largest to the smallest; others stay whole."""
    factor: float = 0.5
    seed: int = 0

    def __post_init__(self) -> None:
        """Check the factor."""
        if not 0 < self.factor <= 1:
            raise ValueError(f"factor must be over 0 and at most 1, got {self.factor}")


class MixConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The shares of a mix.

    Raises:
        ValueError: an unknown kind, a share below 0, or a temperature that is not over 0.
    """

    kinds: dict[str, float] = {}
    """How much of each kind, in proportion to the others; the data's own shares if empty."""
    temperature: float = 1.0
    """Of the languages within a kind: 1 keeps their balance, more makes them more equal."""
    seed: int = 0

    def __post_init__(self) -> None:
        """Check names and ranges."""
        for kind, share in self.kinds.items():
            if kind not in KINDS:
                raise ValueError(f"{kind!r} is no kind of rows; known: {', '.join(KINDS)}")
            if not 0 <= share < float("inf"):
                raise ValueError(f"share of {kind} must be >= 0, got {share}")
        if self.kinds and not any(self.kinds.values()):
            raise ValueError("every share is 0: no row would be left")
        if not 0 < self.temperature < float("inf"):
            raise ValueError(f"temperature must be over 0, got {self.temperature}")


def skew(rows: list[Dialogue], config: SkewConfig) -> Iterable[Dialogue]:
    """Fewer rows of each further language, of every kind; the same problems where they are kept."""
    keep = {code: config.factor**place for place, code in enumerate(config.languages)}
    for (language, _), ranked in _cells(rows, config.seed).items():
        yield from ranked[: max(1, round(len(ranked) * keep.get(language, 1.0)))]


def mix(rows: list[Dialogue], config: MixConfig) -> Iterable[Dialogue]:
    """As many rows as there are, in these shares.

    Raises:
        ConfigError: a cell would repeat its rows too often, or a kind with a share has no row.
    """
    cells = _cells(rows, config.seed)
    for cell, count in targets({c: len(r) for c, r in cells.items()}, config).items():
        yield from _drawn(cells[cell], count, cell)


def targets(
    sizes: Mapping[tuple[str, Kind], int], config: MixConfig
) -> dict[tuple[str, Kind], int]:
    """How many rows of each language and kind a mix has, given how many there are.

    They add up to all there are, but for rounding.

    Raises:
        ConfigError: a kind with a share has no row.
    """
    total = sum(sizes.values())
    found: dict[Kind, int] = {}
    for (_, kind), count in sizes.items():
        found[kind] = found.get(kind, 0) + count
    shares = config.kinds or {kind: float(count) for kind, count in found.items()}
    for name in sorted(shares):
        if shares[name] > 0 and name not in found:
            raise ConfigError(
                f"the mix asks for rows of kind {name}, and the data have none",
                hint="leave the variant out with --variants, or give data with such rows",
            )
    whole = sum(shares.values())
    result = {}
    for language, kind in sizes:
        wanted = total * shares.get(kind, 0.0) / whole
        weights = {
            code: (n / found[kind]) ** (1 / config.temperature)
            for (code, k), n in sizes.items()
            if k == kind
        }
        result[language, kind] = round(wanted * weights[language] / sum(weights.values()))
    return result


def _drawn(ranked: list[Dialogue], count: int, cell: tuple[str, Kind]) -> Iterable[Dialogue]:
    """`count` rows: the first ones, or all of them as often as needed, each time with a new id.

    Raises:
        ConfigError: they would be repeated too often.
    """
    if Fraction(count, len(ranked)) > _MOST_REPEATS:
        raise ConfigError(
            f"the mix asks for {count} rows of {' '.join(cell)}, and there are {len(ranked)}: each "
            f"would stand there over {_MOST_REPEATS} times",
            hint="give it more such rows, or a smaller share or temperature",
        )
    for again in range(-(-count // len(ranked))):
        for row in islice(ranked, count - again * len(ranked)):
            yield msgspec.structs.replace(row, id=f"{row.id}~{again + 1}") if again else row


def _cells(rows: list[Dialogue], seed: int) -> dict[tuple[str, Kind], list[Dialogue]]:
    """The rows of each language and kind, in an order drawn by their source problem."""
    cells: dict[tuple[str, Kind], list[tuple[bytes, str, Dialogue]]] = {}
    for row in rows:
        text = f"{seed}/{row.kind}/{row.provenance.source_id}"
        rank = hashlib.sha256(text.encode()).digest()
        cells.setdefault((row.language, row.kind), []).append((rank, row.id, row))
    return {
        cell: [row for *_, row in sorted(found, key=lambda entry: entry[:2])]
        for cell, found in sorted(cells.items())
    }


_CHAT: Final = ("chat_specific", "chat_agnostic")
_MIXES: Final[Mapping[str, tuple[str, MixConfig]]] = {
    "even-kinds": (
        "as many rows of math, code, culture-specific and agnostic chats",
        MixConfig(kinds=dict.fromkeys(KINDS, 1.0)),
    ),
    "no-chat": ("math and code only", MixConfig(kinds={"math": 1.0, "code": 1.0})),
    "math-heavy": (
        "4 parts math, 1 code, 1/2 of each kind of chats",
        MixConfig(kinds={"math": 4.0, "code": 1.0, **dict.fromkeys(_CHAT, 0.5)}),
    ),
    "code-heavy": (
        "4 parts code, 1 math, 1/2 of each kind of chats",
        MixConfig(kinds={"math": 1.0, "code": 4.0, **dict.fromkeys(_CHAT, 0.5)}),
    ),
    "specific-chat": (
        "2 parts math, 2 code, 1 culture-specific chats, no agnostic ones",
        MixConfig(kinds={"math": 2.0, "code": 2.0, "chat_specific": 1.0}),
    ),
    "agnostic-chat": (
        "2 parts math, 2 code, 1 culture-agnostic chats, no specific ones",
        MixConfig(kinds={"math": 2.0, "code": 2.0, "chat_agnostic": 1.0}),
    ),
}

_SKEWED: Final = "skewed-t1"
_TEMPERATURES: Final = (
    (_SKEWED, "skewed languages, in their own balance (T = 1)", 1.0),
    ("skewed-t2", "skewed languages, T = 2", 2.0),
    ("skewed-t5", "skewed languages, T = 5", 5.0),
    ("skewed-even", "skewed languages, an equal share for each", 1e6),
)
_OWN_BALANCE: Final = "as-is"


def _variants(languages: tuple[str, ...]) -> tuple[Variant, ...]:
    """Mixes of kinds against the data as they are; temperatures against the skewed data."""
    sizes = ("en", *(code for code in languages if code != "en"))
    skewed = SkewConfig(languages=tuple(code for code in sizes if code in languages))
    return (
        Variant(name=_OWN_BALANCE, label="all rows, in their own balance"),
        *(
            Variant(name=name, label=label, stages={_MIX: config})
            for name, (label, config) in _MIXES.items()
        ),
        *(
            Variant(
                name=name,
                label=label,
                stages={_SKEW: skewed, _MIX: MixConfig(temperature=temperature)},
                against=_SKEWED,
            )
            for name, label, temperature in _TEMPERATURES
        ),
    )


class RecipeParameters(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A mix of your own beside those that are built in."""

    kinds: tuple[str, ...] = ()
    """Shares of kinds, `math:2,code:1`: a further variant `own-mix`."""
    temperature: float = 1.0
    """Of the languages in `own-mix`."""


def _arrange(
    ablation: Ablation, parameters: RecipeParameters, config: ExperimentConfig
) -> Ablation:
    """The variants for the config's languages, and the user's own mix.

    Raises:
        ConfigError: a kind that is none, or a number out of its range.
    """
    variants = _variants(config.languages)
    if len(config.languages) < 2:
        variants = tuple(v for v in variants if not v.name.startswith("skewed"))
    defaults = dict(ablation.defaults)
    if parameters.kinds or parameters.temperature != 1.0:
        shares = dict(map(_share, parameters.kinds))
        try:
            own = MixConfig(kinds=shares, temperature=parameters.temperature)
        except ValueError as error:
            raise ConfigError(
                f"--with, the mix of your own: {error}",
                hint="write --with kinds=math:2,code:1,chat_specific:0.5 --with temperature=3",
            ) from error
        label = f"your own: {', '.join(parameters.kinds) or 'own balance of kinds'}"
        label += f", T = {parameters.temperature:g}"
        variants = (*variants, Variant(name="own-mix", label=label, stages={_MIX: own}))
        defaults[config.profile] = (_OWN_BALANCE, "own-mix")
    known = {variant.name for variant in variants}
    defaults = {p: tuple(n for n in names if n in known) for p, names in defaults.items()}
    return msgspec.structs.replace(ablation, variants=variants, defaults=defaults)


def _share(text: str) -> tuple[str, float]:
    """A kind and its share, from `math:2`.

    Raises:
        ConfigError: it is not written so.
    """
    kind, _, share = text.partition(":")
    try:
        return kind, float(share)
    except ValueError as error:
        raise ConfigError(
            f"--with kinds: {text!r} is not a kind and its share",
            hint="write --with kinds=math:2,code:1,chat_specific:0.5",
        ) from error


_STARTER: Final = (
    *(_OWN_BALANCE, "even-kinds", "no-chat", "math-heavy"),
    *(_SKEWED, "skewed-t2", "skewed-even"),
)

ABLATION = Ablation(
    name="recipe",
    question="What do other shares of kinds and languages in the training data change?",
    reference=_OWN_BALANCE,
    variants=_variants(("en", "zh", "es", "fr", "ru")),
    defaults={"tiny": (_OWN_BALANCE, "no-chat"), "starter": _STARTER, "small": _STARTER},
    stages=(
        DataStage(name=_SKEW, config_type=SkewConfig, run=skew),
        DataStage(name=_MIX, config_type=MixConfig, run=mix),
    ),
    caveats=(
        "A mix has as many rows as the data it draws from: what it has more of stands there "
        "several times, and what it has less of is a random part.",
    ),
    parameters=RecipeParameters(),
    arrange=_arrange,
)
