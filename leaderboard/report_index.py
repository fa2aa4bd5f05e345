"""The scores and effects of a report, found by variant, task, language and metric."""

from typing import TypeAlias

from leaderboard.effect_notes import worse_languages
from leaderboard.gaps import MISSING, is_missing
from leaderboard.records import Effect, ExperimentReport, Interval, ScoreCell
from leaderboard.table import (
    Cell,
    interval_bounds,
    interval_text,
    is_share,
    score_cell,
    score_text,
    verdict_cell,
)

PRIMARY_MARK = "*"

Key: TypeAlias = tuple[str, str, str, str]
"""Variant, task, language, metric."""


class ReportIndex:
    """The scores and effects of a report by variant, task, language and metric."""

    def __init__(self, report: ExperimentReport) -> None:
        names = [variant.name for variant in report.variants]
        self.reference = report.reference
        self.variants = sorted(names, key=lambda name: name != report.reference)
        self.scores: dict[Key, ScoreCell] = {
            (s.variant, s.cell.task, s.cell.language, s.cell.metric): s.cell for s in report.scores
        }
        self.effects: dict[Key, Effect] = {
            (e.variant, e.task, e.language, e.metric): e for e in report.effects
        }
        self.references = {report.reference, *(e.reference for e in report.effects)}
        self._baselines: dict[Key, Effect] = {}
        for e in report.effects:
            self._baselines.setdefault((e.reference, e.task, e.language, e.metric), e)
        self._missing = [(gap.variant, gap.language) for gap in report.gaps if is_missing(gap)]
        self._primary = {(e.task, e.language, e.metric) for e in report.effects if e.primary}

    def cell_keys(self) -> list[Key]:
        """Every key with a known score, including the reference side of each effect."""
        return list(dict.fromkeys((*self.scores, *self._baselines, *self.effects)))

    def is_primary(self, key: Key) -> bool:
        """Whether a cell belongs to a primary endpoint of any variant."""
        return key[1:] in self._primary

    def language_label(self, key: Key) -> str:
        """The language of a cell, marked if it is the primary endpoint."""
        return f"{key[2]} {PRIMARY_MARK}" if self.is_primary(key) else key[2]

    def higher_is_better(self, key: Key) -> bool:
        """The direction of a cell's metric."""
        if cell := self.scores.get(key):
            return cell.higher_is_better
        return self._source(key).unit == "points"

    def sizes(self, key: Key) -> tuple[int, int]:
        """Numbers of compared problems and clusters; without comparison, of scored ones."""
        if key not in self.effects and (cell := self.scores.get(key)):
            return cell.n, cell.n_clusters
        effect = self._source(key)
        return effect.n_problems, effect.n_clusters

    def value(self, key: Key) -> tuple[float | None, Interval | None]:
        """The score and its interval, taken from an effect if the report has no separate score."""
        if cell := self.scores.get(key):
            return cell.value, cell.interval
        effect = self._source(key)
        if key in self.effects:
            return effect.variant_value, effect.variant_interval
        return effect.reference_value, effect.reference_interval

    def _source(self, key: Key) -> Effect:
        """The effect with a cell's score: its own, or one whose reference is this cell."""
        return self.effects[key] if key in self.effects else self._baselines[key]

    def note(self, key: Key) -> str:
        """Floor, ceiling or the note of the comparison."""
        cell, effect = self.scores.get(key), self.effects.get(key)
        notes = (cell.note if cell else "", effect.note if effect else "")
        return "; ".join(filter(None, notes))

    def score_cell(self, key: Key, *, with_interval: bool = True) -> Cell:
        """The score as the table shows it."""
        if cell := self.scores.get(key):
            return score_cell(cell, with_interval=with_interval)
        value, interval = self.value(key)
        higher = self.higher_is_better(key)
        text = score_text(value, higher)
        if with_interval:
            text = f"{text} {interval_text(interval, higher and is_share(value))}".rstrip()
        beside = interval_bounds(interval) if with_interval else ()
        return Cell(text=text, raw=value, beside=beside)

    def average_verdict(self, key: Key) -> Cell:
        """The verdict on an average, and the languages that are worse although it is not."""
        cell, effect = self.verdict_cell(key), self.effects.get(key)
        worse = worse_languages(effect, self.effects.values()) if effect else []
        missing = self.missing(key[0]) if effect else []
        if not worse and not missing:
            return cell
        parts = [cell.text]
        parts += [f"{', '.join(e.language for e in worse)} worse"] if worse else []
        parts += [f"{', '.join(missing)} {MISSING}"] if missing else []
        return Cell(text="; ".join(parts), emphasis=cell.emphasis if not worse else "muted")

    def missing(self, variant: str) -> list[str]:
        """Languages of which the variant or the reference had no row to train on."""
        return [language for name, language in self._missing if name == variant]

    def language_verdict(self, key: Key) -> Cell:
        """As `verdict_cell`, with the word MISSING first where one side had no such rows."""
        cell = self.verdict_cell(key)
        if key not in self.effects or key[2] not in self.missing(key[0]):
            return cell
        return Cell(text=f"{MISSING} ({cell.text})", emphasis="bad")

    def verdict_cell(self, key: Key) -> Cell:
        """The verdict; a cell without comparison shows "reference" or is empty."""
        if effect := self.effects.get(key):
            return verdict_cell(effect.verdict)
        return verdict_cell("reference" if key[0] in self.references else "")
