"""Verdicts that decide: whether a comparison passes, fails, or could not be decided.

Two questions, each over the cells of the metrics that decide (a task's primary one, or that of the
policy):

`worse`: is any cell shown to be worse? The average over the languages but English is one test, at
one-sided 2.5 %; the languages of one task are a family, whose p-values are Holm-adjusted. A cell
that is worse by less than its margin is not "worse". Cells that show nothing to be worse pass, also
where they could not have shown much; cells that no test can say anything of leave the answer open:
no interval (single seed, too few seeds, language missing, no verdicts) and floors, where nothing is
left to lose. At a ceiling nothing was lost. A language of which the variant had no row to train on
(MISSING) passes neither question: its scores are of a model that was not taught it.

`not-noninferior`: is any cell not shown to be non-inferior? An intersection-union test: every cell
must pass at one-sided 2.5 %, and needs no adjustment. `worse` and `inconclusive` fail;
`underpowered`, `no margin` and whatever leaves `worse` open leave this open too. A ceiling passes
if what so few problems can hide is within the margin.

A failure outweighs what is open, and that outweighs a pass. Which cells count is the policy's.
"""

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum

import msgspec

from harness.statistics.policy import MISSING, NO_POLICY, Policy, Tier
from harness.statistics.verdict import ONE_SIDED_ALPHA, Verdict
from leaderboard.effect_notes import shown_difference
from leaderboard.gaps import Gap, is_untaught
from leaderboard.records import NON_ENGLISH, Effect
from leaderboard.table import p_text
from tasks import registry
from ultralink_data.nearest import nearest


class FailOn(Enum):
    """The verdict that fails."""

    WORSE = "worse"
    NOT_NONINFERIOR = "not-noninferior"


class DecidedAs(Enum):
    """What was decided, with the exit code that says so."""

    PASS = 0
    FAIL = 1
    OPEN = 4


class CellStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One cell in a decision.

    `status` is its verdict, MISSING, or both where the variant was not taught the language;
    `effect` is None for a cell that was not measured, and `why` says more.
    """

    variant: str
    task: str
    metric: str
    language: str
    tier: Tier
    status: str
    answer: DecidedAs
    effect: Effect | None = None
    why: str = ""

    @property
    def name(self) -> str:
        """The cell in words."""
        return " ".join(filter(None, (self.variant + ",", self.task, self.metric, self.language)))


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """The answer, and the cells that it is made of; `deciding` gave it."""

    asked: FailOn
    answer: DecidedAs
    cells: tuple[CellStatus, ...]
    deciding: tuple[CellStatus, ...]

    @property
    def sentence(self) -> str:
        """The last line of a command: the answer, its exit code and the cells that decided."""
        code = self.answer.value
        start = f"--fail-on {self.asked.value}: exit {code}"
        said = [said_of(cell) for cell in self.deciding[:3]]
        more = len(self.deciding) - len(said)
        rest = f"; and {more} more" if more > 0 else ""
        counted = sum(cell.tier is not Tier.ADVISORY for cell in self.cells)
        if self.answer is DecidedAs.FAIL:
            return f"{start}, decided by {'; '.join(said)}{rest}"
        if self.answer is DecidedAs.OPEN:
            what = "; ".join(said) + rest if said else "no cell decides"
            return f"{start}, could not decide: {what}"
        if self.asked is FailOn.WORSE:
            what = f"none of {counted} cells is shown to be worse"
            if any(cell.status == Verdict.WORSE_WITHIN_MARGIN.value for cell in self.cells):
                what += " by its margin or more"
        else:
            what = f"all of {counted} cells are non-inferior"
        return f"{start}, {what}; the closest: {said[0]}" if said else f"{start}, {what}"


def said_of(cell: CellStatus) -> str:
    """A cell, its status and its numbers, in one line."""
    if cell.effect is None:
        return f"{cell.name}: {cell.status}" + (f" ({cell.why})" if cell.why else "")
    parts = [shown_difference(cell.effect)]
    if cell.effect.p_holm is not None and cell.language != NON_ENGLISH:
        parts.append(f"p Holm {p_text(cell.effect.p_holm)}")
    if cell.why:
        parts.append(cell.why)
    return f"{cell.name}: {cell.status} ({', '.join(parts)})"


def decide_on(
    asked: FailOn, effects: Sequence[Effect], gaps: Sequence[Gap] = (), policy: Policy = NO_POLICY
) -> Decision:
    """The decision over all effects of one or more variants; `gaps` is what they leave out."""
    cells = tuple(statuses(asked, effects, gaps, policy))
    counting = [cell for cell in cells if cell.tier is not Tier.ADVISORY]
    for answer in (DecidedAs.FAIL, DecidedAs.OPEN):
        deciding = tuple(cell for cell in counting if cell.answer is answer)
        if deciding:
            return Decision(asked=asked, answer=answer, cells=cells, deciding=deciding)
    if not counting:
        return Decision(asked=asked, answer=DecidedAs.OPEN, cells=cells, deciding=())
    closest = min(counting, key=_room)
    return Decision(asked=asked, answer=DecidedAs.PASS, cells=cells, deciding=(closest,))


def statuses(
    asked: FailOn, effects: Sequence[Effect], gaps: Sequence[Gap], policy: Policy
) -> Iterator[CellStatus]:
    """Every cell of a deciding metric, and those that are missing."""
    seen: set[tuple[str, str, str]] = set()
    primary = _primary_metrics((*effects, *gaps))
    untaught = {(gap.variant, gap.language): gap.text for gap in gaps if is_untaught(gap)}

    def decides(one: Effect | Gap) -> bool:
        return policy.decides(one.task, one.metric, primary=primary[one.task] == one.metric)

    for effect in effects:
        if not decides(effect):
            continue
        seen.add((effect.variant, effect.task, effect.language))
        tier = policy.tier_of(effect.task, effect.language)
        answer, why = _answer(asked, effect, tier)
        status, text = effect.verdict, untaught.get((effect.variant, effect.language))
        if text is not None:
            status, why = f"{MISSING} ({status})", text.removeprefix(f"{MISSING} in ")
            if answer is DecidedAs.PASS and tier is Tier.CRITICAL:
                answer = DecidedAs.OPEN
        yield CellStatus(
            variant=effect.variant,
            task=effect.task,
            metric=effect.metric,
            language=effect.language,
            tier=tier,
            status=status,
            answer=answer,
            effect=effect,
            why=why,
        )
    for gap in gaps:
        place = (gap.variant, gap.task, gap.language)
        if gap.task and place not in seen and decides(gap):
            seen.add(place)
            yield _missing(gap.variant, gap.task, gap.language, gap.metric, gap.text, policy)
    for variant in dict.fromkeys((*(e.variant for e in effects), *(g.variant for g in gaps))):
        for task, language in policy.named_cells():
            if not any(s[:2] == (variant, task) and language in ("", s[2]) for s in seen):
                metric = policy.tasks[task].metric or ""
                why = f"named by the policy{_measured_instead(effects, task, language, metric)}"
                yield _missing(variant, task, language, metric, why, policy)


def _measured_instead(effects: Sequence[Effect], task: str, language: str, metric: str) -> str:
    """What there is in place of a cell that a policy names: the first part of it that is not."""
    here = [effect for effect in effects if effect.task == task]
    metrics = list(dict.fromkeys(effect.metric for effect in here))
    if not here:
        near = nearest(task, [effect.task for effect in effects])
        return f"; did you mean {' or '.join(near)}?" if near else ""
    if metric and metric not in metrics:
        return f"; its metrics here: {', '.join(metrics)}"
    languages = dict.fromkeys(e.language for e in here if metric in ("", e.metric))
    return f"; its languages here: {', '.join(languages)}" if language else ""


def _missing(
    variant: str, task: str, language: str, metric: str, why: str, policy: Policy
) -> CellStatus:
    tier = policy.tier_of(task, language)
    return CellStatus(
        variant=variant,
        task=task,
        metric=metric,
        language=language,
        tier=tier,
        status=MISSING,
        answer=DecidedAs.OPEN if tier is Tier.CRITICAL else DecidedAs.PASS,
        why=why,
    )


def _primary_metrics(found: Iterable[Effect | Gap]) -> dict[str, str]:
    """Each task's primary metric: that of ours, where it was compared or left out, else the first.

    Scores from outside may bear the name of a benchmark of ours, and a metric of their own.
    """
    primary: dict[str, str] = {}
    for one in found:
        known = registry.benchmarks().get(one.task)
        if known is not None and one.metric == known.primary_metric:
            primary[one.task] = one.metric
        primary.setdefault(one.task, one.metric)
    return primary


def _answer(asked: FailOn, effect: Effect, tier: Tier) -> tuple[DecidedAs, str]:
    """What one cell says, and why where its verdict does not."""
    worse, why = _worse(effect)
    if tier is not Tier.CRITICAL:
        return (DecidedAs.FAIL if worse and tier is Tier.SUPPORTING else DecidedAs.PASS), why
    if worse:
        return DecidedAs.FAIL, why
    if effect.verdict == Verdict.CEILING.value:
        return _at_ceiling(asked, effect), why
    # Without a p-value nothing was tested: no interval, or a floor on both sides.
    if effect.p_value is None:
        return DecidedAs.OPEN, why
    if asked is FailOn.WORSE:
        return DecidedAs.PASS, why
    verdict = Verdict(effect.verdict)
    if verdict.is_noninferior:
        return DecidedAs.PASS, ""
    failed = verdict in (Verdict.WORSE, Verdict.INCONCLUSIVE)
    return (DecidedAs.FAIL if failed else DecidedAs.OPEN), why


def _worse(effect: Effect) -> tuple[bool, str]:
    """Whether a cell is worse within its family: an average alone, languages by Holm."""
    if effect.verdict != Verdict.WORSE.value:
        return False, ""
    if effect.language == NON_ENGLISH or effect.p_holm is None:
        return True, ""
    holds = effect.p_holm < ONE_SIDED_ALPHA
    return holds, "" if holds else "worse alone, not among all languages"


def _at_ceiling(asked: FailOn, effect: Effect) -> DecidedAs:
    """Nothing was lost; whether so few problems hide less than the margin is another question."""
    if asked is FailOn.WORSE:
        return DecidedAs.PASS
    shown = effect.low is not None and effect.margin is not None and effect.low >= -effect.margin
    return DecidedAs.PASS if shown else DecidedAs.OPEN


def _room(cell: CellStatus) -> float:
    """How far a cell that passes is from failing: the smaller, the closer."""
    if cell.effect is None or cell.effect.low is None:
        return float("inf")
    margin = cell.effect.margin
    if margin is None:
        return cell.effect.p_holm if cell.effect.p_holm is not None else 1.0
    return (cell.effect.low + margin) / margin
