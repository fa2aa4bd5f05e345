"""Notes under tables of effects: what an average hides, what no number covers, missing margins."""

from collections.abc import Iterable, Sequence

from leaderboard.gaps import Gap, gap_notes
from leaderboard.records import NON_ENGLISH, Effect
from leaderboard.table import Cell, at_bound, effect_cell, shown_effect

HOLDS = ("better", "non-inferior", "worse within margin")
"""Verdicts under which non-inferiority is shown."""


def worse_languages(average: Effect, effects: Iterable[Effect]) -> list[Effect]:
    """The languages that are worse (interval below 0) while their average is not.

    None under an average that has no interval: it says nothing that they could contradict.
    """
    if average.high is None or average.high < 0:
        return []
    return [e for e in _beside(average, effects) if e.high is not None and e.high < 0]


def better_languages(average: Effect, effects: Iterable[Effect]) -> list[Effect]:
    """The languages that are better (interval above 0) while their average is not."""
    if average.low is None or average.low > 0:
        return []
    return [e for e in _beside(average, effects) if e.low is not None and e.low > 0]


def _beside(average: Effect, effects: Iterable[Effect]) -> list[Effect]:
    """The effects in single languages of an average's variant, task and metric; English too."""
    key = (average.variant, average.task, average.metric)
    return [
        e
        for e in effects
        if (e.variant, e.task, e.metric) == key and e.language != average.language
    ]


def hidden_notes(effects: Sequence[Effect], *, primary_only: bool = False) -> tuple[str, ...]:
    """What the averages hide: languages with the opposite effect, or with none that is shown."""
    notes = []
    for average in effects:
        if average.language != NON_ENGLISH or (primary_only and not average.primary):
            continue
        worse = worse_languages(average, effects)
        better = better_languages(average, effects)
        parts = [f"worse in {_listed(worse)}"] if worse else []
        parts += [f"better in {_listed(better)}"] if better else []
        if average.verdict == "non-inferior":
            open_ = [
                f"{e.language} ({e.verdict})"
                for e in _beside(average, effects)
                if e.verdict not in HOLDS and e not in worse
            ]
            parts += [f"not shown for {', '.join(open_)}"] if open_ else []
        if parts:
            name = f"{average.variant}, {average.task} {average.metric}"
            said = f"{average.verdict} on average ({shown_difference(average)})"
            notes.append(f"{name}: {said}, but {'; '.join(parts)}")
    return tuple(notes)


def _listed(effects: Sequence[Effect]) -> str:
    return ", ".join(f"{_language(e)} {shown_difference(e)}" for e in effects)


def _language(effect: Effect) -> str:
    return "en (outside the average)" if effect.language == "en" else effect.language


def shown_difference(effect: Effect) -> str:
    """The difference with its unit and interval."""
    return effect_cell(effect, with_unit=True).text


def left_out_notes(
    effects: Sequence[Effect], gaps: Sequence[Gap], task: str = "", metric: str = ""
) -> tuple[str, ...]:
    """Problems, languages and seeds that no number of a table covers, with their counts."""
    found: dict[str, list[str]] = {}
    for effect in effects:
        if effect.n_left_out:
            total = effect.n_problems + effect.n_left_out
            where = "" if task else f"{effect.task} {effect.metric} "
            text = f"{where}{effect.language} {effect.n_left_out} of {total}"
            found.setdefault(effect.variant, []).append(text)
    parts = [f"{variant} ({'; '.join(texts)})" for variant, texts in found.items()]
    problems = (f"problems not scored on both sides, left out: {', '.join(parts)}",)
    return (*(problems if parts else ()), *gap_notes(tuple(gaps), task, metric))


def bound_notes(effects: Iterable[Effect], *, named: bool = True) -> tuple[str, ...]:
    """How large a difference few problems can hide where no answer of the two sides differs.

    `named`: name task and metric too.
    """
    found: dict[str, dict[str, list[str]]] = {}
    for effect in effects:
        if at_bound(effect) and effect.high is not None:
            where = f"{effect.task} {effect.metric} " if named else ""
            most = f"{effect.language} {shown_effect(effect.high, effect.unit):.1f}"
            found.setdefault(effect.variant, {}).setdefault(where, []).append(most)
    if not found:
        return ()
    parts = [
        f"{variant} ({'; '.join(where + ', '.join(texts) for where, texts in places.items())})"
        for variant, places in found.items()
    ]
    return (
        "a floor or ceiling without an interval: every answer of both sides is wrong, or every one "
        f"right; so few problems can hide a true difference of so many points: {', '.join(parts)}",
    )


_SCALES = {"points": "accuracy", "log-ratio": "bpb", "score": "score"}


def margin_notes(effects: Iterable[Effect], option: str) -> tuple[str, ...]:
    """What the verdict "no margin" means and what to do; `option` sets one, with `{}` for it."""
    scales = dict.fromkeys(_SCALES[e.unit] for e in effects if e.verdict == "no margin")
    if not scales:
        return ()
    options = " ".join(option.format(scale) for scale in scales)
    return (
        f"no margin: none is set for {' and '.join(scales)}, so only better and worse can be told, "
        f"and no row can be non-inferior. Measure one (docs/tables.md, Margins), then set it with "
        f"{options} before the results are seen",
    )


def size_cell(problems: int, clusters: int) -> Cell:
    """The number of problems, with that of their clusters where they form some."""
    beside = (("clusters", clusters),) if clusters < problems else ()
    return Cell(text=size_text(problems, clusters), raw=problems, beside=beside)


def size_text(problems: int, clusters: int) -> str:
    """The number of problems, and of the clusters that they form if these are fewer."""
    return str(problems) if clusters == problems else f"{problems} ({clusters})"


CLUSTERS = "n: problems (in brackets the clusters of near copies that they form)."
