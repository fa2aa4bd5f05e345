"""What a comparison leaves out: languages, tasks and seeds that only part of the runs have."""

from collections.abc import Container, Iterator, Mapping, Sequence

from harness.statistics.clusters import count_clusters, merged
from harness.statistics.comparison import Side, any_languages, shared_metrics
from harness.statistics.measured import MeasuredTask
from harness.statistics.verdict import primary_languages
from leaderboard.gaps import Gap
from leaderboard.metric_kinds import is_averaged, is_bpb
from leaderboard.records import NON_ENGLISH, Effect
from tasks import registry


def gaps(variant: Side, reference: Side, effects: Sequence[Effect]) -> list[Gap]:
    """Everything that a run of one side has and that is in no effect, but for single problems.

    `effects` are those of the two sides; the problems that one leaves out are counted there.
    """
    shown = {(e.task, e.metric, e.language) for e in effects}
    found = [*_seeds(variant, reference), *_metrics(variant, reference)]
    for task, metric in shared_metrics(variant, reference):
        if not reference.of(task, metric)[0].outside and registry.get(task).judged:
            continue  # answers for a judge, which has its own table
        languages = any_languages(variant, reference, task, metric)
        for language in languages:
            text = _why(variant, reference, task, metric, language)
            if not text and (task, metric, language) not in shown:
                text = _too_few(variant, reference, task, metric, language)
            if text:
                found.append(_gap(variant, task, metric, language, text))
        averaged = primary_languages(languages)
        asked = is_averaged(metric) and averaged and len(languages) > 1
        if asked and (task, metric, NON_ENGLISH) not in shown:
            text = "no average: none of its languages can be compared"
            if any((task, metric, language) in shown for language in averaged):
                text = "fewer than two problems scored in all languages on both sides"
            found.append(_gap(variant, task, metric, NON_ENGLISH, text))
    return found


def demonstrated_in(config: Mapping[str, object]) -> set[str]:
    """The tasks that the experiment of a record's config asks no variant to answer."""
    asked = config.get("eval")
    runs = asked.get("runs", ()) if isinstance(asked, Mapping) else ()
    return {str(run["task"]) for run in runs if run.get("generate") == 0}


def is_demonstration(gap: Gap, tasks: Container[str]) -> bool:
    """Whether it is of answers that only the reference gives, to be read and not compared.

    `tasks` are those that an experiment asks no variant to answer.
    """
    return bool(gap.metric) and not is_bpb(gap.metric) and gap.task in tasks


def _gap(variant: Side, task: str, metric: str, language: str, text: str) -> Gap:
    return Gap(variant=variant.name, task=task, metric=metric, language=language, text=text)


def _seeds(variant: Side, reference: Side) -> Iterator[Gap]:
    """Runs without a counterpart: rows are matched by their place."""
    sides = sorted((variant, reference), key=lambda side: len(side.runs))
    extra = len(sides[1].runs) - len(sides[0].runs)
    if extra:
        text = f"{extra} of {len(sides[1].runs)} runs of {sides[1].name} without a counterpart"
        yield _gap(variant, "", "", "", text)


def _metrics(variant: Side, reference: Side) -> Iterator[Gap]:
    """Tasks and metrics that only one side has."""
    for one, other in ((reference, variant), (variant, reference)):
        missing = set(_keys(one)) - set(_keys(other))
        for task, metric in _keys(one):
            if (task, metric) in missing:
                yield _gap(variant, task, metric, "", f"only in {one.name}")


def _keys(side: Side) -> list[tuple[str, str]]:
    return list(dict.fromkeys((m.task, m.metric) for run in side.runs for m in run))


def _why(variant: Side, reference: Side, task: str, metric: str, language: str) -> str:
    """In how many runs of which side a language is missing, or has no scored problem."""
    parts = []
    for side in (variant, reference):
        found = side.found(task, language, metric)
        total = len(side.runs)
        if len(found) < total:
            parts.append(f"missing in {total - len(found)} of {total} runs of {side.name}")
        if empty := sum(not _scored(m) for m in found):
            parts.append(f"no problem scored in {empty} of {total} runs of {side.name}")
    return ", ".join(parts)


def _too_few(variant: Side, reference: Side, task: str, metric: str, language: str) -> str:
    """How many problems, of how many clusters, every run has: too few for an interval."""
    runs = [m for side in (variant, reference) for m in side.found(task, language, metric)]
    common = sorted(set.intersection(*(set(m.values) for m in runs)))
    clusters = count_clusters(common, merged(m.clusters for m in runs))
    if not common:
        return "no problem scored in every run of both sides"
    where = "" if clusters == len(common) else f" of {clusters} cluster"
    problems = "1 problem" if len(common) == 1 else f"{len(common)} problems"
    return f"only {problems}{where} scored in every run of both sides: no interval"


def _scored(measured: MeasuredTask) -> bool:
    return bool(measured.values)
