"""`architecture`: is the ranking of `prune`'s variants the same for every family of models?

Every variant is a family and a rung of `prune`: keep-all of a family is the reference of its other
rungs, so that each difference is of one model's data, and never of two models. Without pretrained
models the families are starter bases of one size from one tokenizer (`train.families`); with
`--with models=FIRST,SECOND` they are those models.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Final, get_args

import msgspec

from harness.experiment.ablation import Ablation, Change, MeasuredSides, Variant
from harness.experiment.ablations.prune_ladder import keep_translated
from harness.experiment.config import ExperimentConfig
from harness.experiment.folder_names import variant_names
from harness.experiment.own_tables import (
    SEEDS_NOTE,
    PrimaryEndpoint,
    adjusted_cell,
    difference_cell,
    endpoints,
    p_values,
)
from harness.statistics import verdict
from leaderboard.table import Column, Table, TableRow, label_cells
from train.families import Family
from ultralink_data.errors import ConfigError

if TYPE_CHECKING:
    from harness.statistics.comparison import Side
    from leaderboard.estimate import Estimate

_RUNGS: Final = (("keep-all", "all"), ("keep-1of8", "1/8"), ("keep-0", "0"))
"""The rungs of `prune`, and how much translated math and code they keep; the first is whole."""

_WHOLE: Final = _RUNGS[0][0]


def _change(keep: str, model: Change) -> Change:
    """Keep this much, on this base model."""

    def change(config: ExperimentConfig) -> ExperimentConfig:
        return model(keep_translated(keep)(config))

    return change


def _family(family: Family) -> Change:
    """A starter base of a family."""

    def change(config: ExperimentConfig) -> ExperimentConfig:
        model = msgspec.structs.replace(config.model, family=family)
        return msgspec.structs.replace(config, model=model)

    return change


def _pretrained(path: str) -> Change:
    """A pretrained model."""

    def change(config: ExperimentConfig) -> ExperimentConfig:
        model = msgspec.structs.replace(config.model, path=path)
        return msgspec.structs.replace(config, model=model)

    return change


def _variants(models: dict[str, Change]) -> tuple[Variant, ...]:
    """Every rung on every model; the whole data of a model are the reference of its rungs."""
    return tuple(
        Variant(
            name=f"{name}-{rung}",
            label=f"{name}, {keep} of the translated math and code",
            change=_change(keep, model),
            against=f"{name}-{_WHOLE}",
        )
        for name, model in models.items()
        for rung, keep in _RUNGS
    )


def _ends(models: Iterable[str]) -> tuple[str, ...]:
    """The first and the last rung of each model: what runs by default."""
    return tuple(f"{name}-{_RUNGS[end][0]}" for name in models for end in (0, -1))


class ArchitectureParameters(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is compared."""

    models: tuple[str, ...] = ()
    """Pretrained models, folders or `.gguf` files; by default starter bases of four families."""


def _arrange(
    ablation: Ablation, parameters: ArchitectureParameters, config: ExperimentConfig
) -> Ablation:
    """The variants on the models that the user names, or on starter bases.

    Raises:
        ConfigError: fewer than two models; or a pretrained base without a choice of others.
    """
    paths = parameters.models
    if not paths and config.model.path is None:
        return ablation
    if len(paths) < 2:
        named = ", ".join(paths) or config.model.path or "none"
        raise ConfigError(
            f"architecture compares pretrained models, and this names {named}",
            hint="name two or more, the reference first: --with models=FIRST,SECOND",
        )
    models = {
        name: _pretrained(path) for name, path in zip(variant_names(paths), paths, strict=True)
    }
    variants = _variants(models)
    return msgspec.structs.replace(
        ablation,
        variants=variants,
        reference=variants[0].name,
        defaults={config.profile: _ends(models)},
    )


# Tables


def _tables(measured: MeasuredSides) -> Sequence[Table]:
    """Whether the families agree, one table for each task's primary endpoint."""
    return [_agreement(measured, endpoint) for endpoint in endpoints(measured)]


def _models(measured: MeasuredSides) -> dict[str, dict[str, "Side"]]:
    """The measured rungs of each model, by the model's name; the whole data first."""
    found: dict[str, dict[str, Side]] = {}
    for variant in measured.variants:
        name = variant.against.removesuffix(f"-{_WHOLE}")
        rung = variant.name.removeprefix(f"{name}-")
        found.setdefault(name, {})[rung] = measured.sides[variant.name]
    return found


def _agreement(measured: MeasuredSides, endpoint: PrimaryEndpoint) -> Table:
    """For each pair of rungs: every model's difference, and whether it is that of the others."""
    models = _models(measured)
    rungs = [rung for rung, _ in _RUNGS if all(rung in sides for sides in models.values())]
    rows: list[TableRow] = []
    notes = [_ranking_note(models, rungs, endpoint)]
    enough = len(measured.config.seeds) >= verdict.MIN_SEEDS
    for first, second in combinations(rungs, 2):
        differences = {
            name: _difference(sides, second, first, endpoint) for name, sides in models.items()
        }
        apart = dict(_from_the_others(models, (second, first), endpoint))
        adjusted = p_values(list(apart.values()))
        if len(models) == 2:  # each is the other's opposite: one test, not two
            adjusted = p_values(list(apart.values())[:1]) * 2
        pair = f"{second} - {first}"
        above: tuple[str, ...] | None = None
        for (name, found), p_value in zip(differences.items(), adjusted, strict=True):
            labels = (pair, name)
            cells = (
                *label_cells(labels, above),
                difference_cell(found, endpoint.unit),
                difference_cell(apart[name], endpoint.unit),
                adjusted_cell(p_value),
            )
            rows.append(TableRow(cells=cells, section=above is None and bool(rows)))
            above = labels
        if enough:
            notes.append(_pair_note(pair, differences, adjusted))
    return Table(
        title=f"architecture: do the models agree? {endpoint.task}, {endpoint.metric} "
        f"({endpoint.shown_unit})",
        columns=(
            Column(name="Pair", wrap=True),
            Column(name="Model", wrap=True),
            Column(name="Difference [95 %]", align="right"),
            Column(name="Minus the others' [95 %]", align="right"),
            Column(name="p", align="right"),
        ),
        rows=tuple(rows),
        caption="The difference between two rungs for each model, and how far it is from the mean "
        f"of the other models' (interaction of model and data). {_where(endpoint)} p is of the "
        "interaction, Holm-adjusted over the models of a pair: below 0.05 anywhere, the models "
        "differ.",
        notes=tuple(notes) if enough else (*notes, SEEDS_NOTE),
    )


def _where(endpoint: PrimaryEndpoint) -> str:
    return f"Average over {' '.join(endpoint.asked)}; positive = the first named is better."


def _difference(
    sides: dict[str, "Side"], rung: str, other: str, endpoint: PrimaryEndpoint
) -> "Estimate | None":
    from harness.statistics.contrasts import AskedScore, difference

    asked = AskedScore(endpoint.task, endpoint.metric, endpoint.asked)
    return difference(sides[rung], sides[other], asked)


def _from_the_others(
    models: dict[str, dict[str, "Side"]], pair: tuple[str, str], endpoint: PrimaryEndpoint
) -> Iterator[tuple[str, "Estimate | None"]]:
    """Each model's difference minus the mean of the others' differences."""
    from harness.statistics.contrasts import AskedScore, contrast

    asked = AskedScore(endpoint.task, endpoint.metric, endpoint.asked)
    rung, other = pair
    for name in models:
        if len(models) < 2:
            yield name, None
            continue
        share = {m: 1.0 if m == name else -1 / (len(models) - 1) for m in models}
        weights = [share[m] * sign for m in models for sign in (1, -1)]
        sides = [models[m][r] for m in models for r in (rung, other)]
        yield name, contrast(weights, sides, asked)


def _ranking_note(
    models: dict[str, dict[str, "Side"]], rungs: Sequence[str], endpoint: PrimaryEndpoint
) -> str:
    """The order of the rungs by score, for each model, and how often pairs stand alike."""
    from harness.statistics.contrasts import AskedScore, score

    asked = AskedScore(endpoint.task, endpoint.metric, endpoint.asked)
    higher = endpoint.unit == "points"
    orders: dict[tuple[str, ...], list[str]] = {}
    for name, sides in models.items():
        found = {rung: score(sides[rung], asked) for rung in rungs}
        if any(estimate is None for estimate in found.values()):
            return f"no ranking: {name} lacks scores"
        values = {rung: e.value for rung, e in found.items() if e is not None}
        order = sorted(rungs, key=lambda rung: -values[rung] if higher else values[rung])
        orders.setdefault(tuple(order), []).append(name)
    parts = [f"{' > '.join(order)} ({', '.join(names)})" for order, names in orders.items()]
    return f"rankings, best first: {'; '.join(parts)}; Kendall's tau {_tau_text(orders)}"


def _tau_text(orders: dict[tuple[str, ...], list[str]]) -> str:
    """Mean rank correlation over all pairs of models, from -1 (reversed) to 1 (the same)."""
    listed = [order for order, names in orders.items() for _ in names]
    taus = [_tau(one, other) for one, other in combinations(listed, 2)]
    if not taus:
        return "n/a (one model)"
    return f"{sum(taus) / len(taus):.2f}, mean over {len(taus)} pairs of models"


def _tau(one: Sequence[str], other: Sequence[str]) -> float:
    """Kendall's tau of two orders of the same names."""
    pairs = list(combinations(one, 2))
    alike = sum(other.index(a) < other.index(b) for a, b in pairs)
    return 2 * alike / len(pairs) - 1 if pairs else 1.0


def _pair_note(
    pair: str, found: dict[str, "Estimate | None"], adjusted: Sequence[float | None]
) -> str:
    """How many models agree on the sign, surely or by estimate, and whether they differ in size."""
    known = {name: e for name, e in found.items() if e is not None}
    counts = {
        "surely better": [n for n, e in known.items() if e.low > 0],
        "surely worse": [n for n, e in known.items() if e.high < 0],
        "open": [n for n, e in known.items() if e.low <= 0 <= e.high],
    }
    signs = sum(e.value > 0 for e in known.values())
    least = min((p for p in adjusted if p is not None), default=None)
    differ = (
        ""
        if least is None
        else (
            f"; the sizes differ between models (smallest p {least:.3f})"
            if least < 0.05
            else f"; no difference in size between models is shown (smallest p {least:.3f})"
        )
    )
    parts = [f"{word} {len(names)}" for word, names in counts.items() if names]
    return (
        f"{pair}: same sign in {max(signs, len(known) - signs)} of {len(known)} models "
        f"({', '.join(parts)}){differ}"
    )


ABLATION = Ablation(
    name="architecture",
    question="Does the ranking of prune's variants hold for every family of base models?",
    reference=f"llama-{_WHOLE}",
    variants=_variants({family: _family(family) for family in get_args(Family)}),
    defaults={"tiny": _ends(("llama", "gemma")), "starter": _ends(get_args(Family))},
    parameters=ArchitectureParameters(),
    arrange=_arrange,
    tables=_tables,
)
