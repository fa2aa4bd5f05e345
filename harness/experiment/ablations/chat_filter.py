"""`filter`: does it help to take chats about one culture out before they are translated?

What is taken out are the translations of English chats that the filter rejects; the English chats
themselves are no translations and stay, and so does every other kind of row. On real data the
English rows and the verdicts of `data filter` on them are given; at starter scale bad translations
are planted, and the labels of their English chats stand for a judge.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, Literal

import msgspec

from harness.experiment.ablation import Ablation, DataStage, Variant
from harness.experiment.config import ExperimentConfig
from ultralink_data.culture.criteria import CultureVerdict
from ultralink_data.dialogue import Dialogue
from ultralink_data.errors import ConfigError, DataError, PrerequisiteError
from ultralink_data.starter.bad_translations import FAULTS, bad_translations, culture_chats
from ultralink_data.starter.starter_languages import LANGUAGES

KIND: Final = "chat_agnostic"
NO_CHATS: Final = (
    "Every task of this run is a control, none asks about chats (--tasks starter_chat)."
)
Rule = Literal["keywords", "criteria", "both"]


class PlantedChats(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many faults each English chat about one culture gives, in each other language."""

    faults: int = 3

    def __post_init__(self) -> None:
        """Check the number."""
        if not 1 <= self.faults <= len(FAULTS):
            raise ValueError(f"faults must be 1 to {len(FAULTS)}, got {self.faults}")


class ChatFilter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which rule takes chats out, and the files that it reads; none for the starter set."""

    by: Rule
    rows: str = ""
    verdicts: str = ""
    threshold: int = 0


class FilterParameters(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is filtered.

    Raises:
        ValueError: a number out of its range.
    """

    rows: str = ""
    """English rows before translation, as `data filter` reads them."""
    verdicts: str = ""
    """The verdicts on them that `data filter` wrote (`NAME.verdicts.jsonl`)."""
    threshold: int = 0
    """Highest total score of a conversation that is kept, from 0 to 6."""
    faults: int = PlantedChats().faults
    """Bad translations of each English chat about one culture that are planted, by language."""

    def __post_init__(self) -> None:
        """Check ranges."""
        if not 0 <= self.threshold <= 6:
            raise ValueError(f"threshold must be from 0 to 6, got {self.threshold}")
        PlantedChats(faults=self.faults)


def plant(rows: list[Dialogue], config: PlantedChats) -> Iterable[Dialogue]:
    """The rows, and bad translations in each of their languages but English."""
    yield from rows
    for language in dict.fromkeys(row.language for row in rows):
        if language in LANGUAGES and language != "en":
            yield from bad_translations(language, config.faults)


def take_out(rows: list[Dialogue], config: ChatFilter) -> Iterable[Dialogue]:
    """The rows without the translations of English chats that the rule rejects.

    Raises:
        DataError: the verdicts do not say what the rule needs, or no chat is a translation of one
            of the English rows.
    """
    rejected, known = _starter_rejects(config) if not config.rows else _rejects(config)
    translated = [row for row in rows if row.kind == KIND and row.language != "en"]
    if not any(row.provenance.parent_id in known for row in translated):
        raise DataError(
            f"none of the {len(translated)} translated chats comes from a row of "
            f"{config.rows or 'the starter set'}",
            hint="`parent_id` of a translation names its English row: give the rows that `data "
            "translate` read, and the dataset that `data convert` made of its output",
        )
    # By row, as a translation may have the id of its source.
    out = {id(row) for row in translated if row.provenance.parent_id in rejected}
    return [row for row in rows if id(row) not in out]


def _starter_rejects(config: ChatFilter) -> tuple[set[str], set[str]]:
    """Ids of the labelled chats that the rule rejects, and of all."""
    from ultralink_data.culture.keywords import keyword_findings

    chats = culture_chats("en")
    known = {chat.chat_id for chat in chats}
    by_words = {c.chat_id for c in chats if len(keyword_findings(c.turns)) > config.threshold}
    labelled = {c.chat_id for c in chats if len(c.criteria) > config.threshold}
    found = {"keywords": by_words, "criteria": labelled, "both": by_words | labelled}
    return found[config.by], known


def _rejects(config: ChatFilter) -> tuple[set[str], set[str]]:
    """Ids of the English rows that the rule rejects, and of all.

    A row without a verdict is rejected by the criteria: `data filter` does not keep it either.
    """
    from ultralink_data.culture.keywords import keyword_findings

    texts = _english(Path(config.rows))
    by_words = {
        name for name, turns in texts.items() if len(keyword_findings(turns)) > config.threshold
    }
    if config.by == "keywords":
        return by_words, set(texts)
    verdicts = _read_verdicts(Path(config.verdicts), texts)
    _require_judged(config, verdicts)
    kept = {name for name, verdict in verdicts.items() if verdict.total <= config.threshold}
    by_model = set(texts) - kept
    return (by_model if config.by == "criteria" else by_model | by_words), set(texts)


def _english(path: Path) -> dict[str, tuple[str, ...]]:
    """The turns of each English row.

    Raises:
        DataError: a bad row, one that is never filtered, or an id that occurs twice.
    """
    from ultralink_data.culture.cultural_filter import require_filterable
    from ultralink_data.store import release

    found: dict[str, tuple[str, ...]] = {}
    for number, row in release.decode_lines(path, Dialogue):
        with release.at_line(path, number):
            require_filterable(row)
            if row.id in found:
                raise DataError(f"the id {row.id!r} occurs twice", hint="give each row its own")
        found[row.id] = row.turns
    return found


def _read_verdicts(path: Path, texts: Iterable[str]) -> dict[str, CultureVerdict]:
    """The verdict on each row.

    Raises:
        DataError: a bad line, two verdicts on a row, or one on a row that is not among `texts`.
    """
    from ultralink_data.store import release

    known, found = set(texts), dict[str, CultureVerdict]()
    for number, verdict in release.decode_lines(path, CultureVerdict, once=True):
        what = "" if verdict.id in known else "no row has this id"
        what = "it has two verdicts" if verdict.id in found else what
        if what:
            raise DataError(
                f"{path}:{number}: {verdict.id!r}: {what}",
                hint="give the verdicts that `data filter` wrote for these rows",
            )
        found[verdict.id] = verdict
    return found


def _require_judged(config: ChatFilter, verdicts: Mapping[str, CultureVerdict]) -> None:
    """Check that a model said of each row what the rule needs.

    Raises:
        DataError: keywords rejected a row before a model saw it, or judging stopped too early.
    """
    alone = config.by == "criteria"
    possible = ["keywords"]
    if not any(v.by == "keywords" and v.total <= config.threshold for v in verdicts.values()):
        possible.append("both")
    by_words = [
        v
        for v in verdicts.values()
        if v.by == "keywords" and (alone or v.total <= config.threshold)
    ]
    if by_words:
        raise DataError(
            f"{config.verdicts}: no model judged {len(by_words)} of {len(verdicts)} rows "
            f"({by_words[0].id!r} first), so variant `{config.by}` cannot be made",
            hint="judge every row with `data filter --no-keywords` (keywords are looked for here), "
            f"or choose --variants {','.join(possible)}",
        )
    for verdict in verdicts.values():
        if not verdict.complete and verdict.by == "model" and verdict.total <= config.threshold:
            raise DataError(
                f"{config.verdicts}: judging {verdict.id!r} stopped at {verdict.total} criteria, "
                f"so a threshold of {config.threshold} cannot be applied",
                hint=f"--with threshold={max(0, verdict.total - 1)}, or judge again with "
                "`data filter --threshold`",
            )


def _arrange(
    ablation: Ablation, parameters: FilterParameters, config: ExperimentConfig
) -> Ablation:
    """The variants for the given files, or for planted rows."""
    given = (parameters.rows, parameters.verdicts)
    if any(given) and not all(given):
        raise ConfigError(
            f"--with {'rows' if given[0] else 'verdicts'}={given[0] or given[1]}: the other file "
            "is missing",
            hint="give both: --with rows=ROWS.jsonl --with verdicts=ROWS.verdicts.jsonl",
        )
    if all(run.task in ablation.controls for run in config.eval.runs):
        ablation = msgspec.structs.replace(ablation, caveats=(*ablation.caveats, NO_CHATS))
    if not any(given):
        return _planted(ablation, parameters, config)
    for path in given:
        if not Path(path).is_file():
            raise PrerequisiteError(
                f"no file {path}", hint="`ultralink-bench data filter` writes the verdicts"
            )
    if config.data.folder is None:
        raise ConfigError(
            f"--with rows={parameters.rows}: the starter set is no translation of these rows",
            hint="name the dataset with --set data.folder=FOLDER",
        )
    return _with_filters(ablation, parameters, planted=False)


def _planted(
    ablation: Ablation, parameters: FilterParameters, config: ExperimentConfig
) -> Ablation:
    if config.data.folder is not None:
        raise ConfigError(
            f"--set data.folder={config.data.folder}: the filter needs the English rows of these "
            "translations, and the verdicts on them",
            hint="--with rows=ROWS.jsonl --with verdicts=ROWS.verdicts.jsonl (of `data filter`)",
        )
    count = len(culture_chats("en")) * parameters.faults
    caveat = (
        f"Planted effect: a plumbing check. {count} bad translations of English chats about one "
        f"culture stand among the chats of each other language ({', '.join(FAULTS)}), so what a "
        "filter takes out is bad by construction. The seven criteria are the labels of these "
        "chats, not the verdicts of a judge."
    )
    both, labelled = (
        _starter_rejects(ChatFilter(by=by, threshold=parameters.threshold))[0]
        for by in ("both", "criteria")
    )
    if both == labelled:
        caveat += " Keywords find only labelled chats, so `both` takes out what `criteria` does."
    return msgspec.structs.replace(
        _with_filters(ablation, parameters, planted=True), caveats=(caveat, *ablation.caveats)
    )


_LABELS: Final[dict[Rule, str]] = {
    "keywords": "without what keywords find",
    "criteria": "without what the seven criteria reject",
    "both": "without what either rejects",
}


def _with_filters(ablation: Ablation, parameters: FilterParameters, *, planted: bool) -> Ablation:
    """The ablation whose variants have a config for each stage that they go through."""
    first = {"plant-chats": PlantedChats(faults=parameters.faults)} if planted else {}
    variants = [Variant(name="none", label="every chat translated", stages=dict(first))]
    for rule, label in _LABELS.items():
        stage = ChatFilter(
            by=rule,
            rows=parameters.rows,
            verdicts=parameters.verdicts,
            threshold=parameters.threshold,
        )
        stages: dict[str, msgspec.Struct] = {**first, "take-chats-out": stage}
        variants.append(Variant(name=rule, label=label, stages=stages))
    return msgspec.structs.replace(ablation, variants=tuple(variants))


def _files(config: ChatFilter) -> list[str]:
    """The files that a rule reads."""
    return [] if not config.rows else [config.rows, config.verdicts]


ABLATION = Ablation(
    name="filter",
    question="Does it help to take culture-specific English chats out before translation?",
    reference="none",
    variants=(Variant(name="none", label="every chat translated"),),
    stages=(
        DataStage(name="plant-chats", config_type=PlantedChats, run=plant),
        DataStage(name="take-chats-out", config_type=ChatFilter, run=take_out, files=_files),
    ),
    ladder=True,
    tasks={
        "tiny": ("starter_chat", "starter_math"),
        "starter": ("starter_chat", "starter_math", "starter_code"),
        "small": ("starter_chat", "mgsm", "humaneval"),
    },
    controls=("starter_math", "starter_code", "mgsm", "humaneval"),
    caveats=(
        "Control tasks: math and code rows are the same in every variant. A difference there is "
        "not what the filter does to chats: fewer chats leave more of the equal steps to others.",
    ),
    parameters=FilterParameters(),
    arrange=_arrange,
)
