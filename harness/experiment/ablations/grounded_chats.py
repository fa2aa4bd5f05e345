"""`ground`: does it help that chats about a culture are grounded in documents?

The chats of kind `chat_specific` are replaced by dialogues about the same articles that were made
in three ways: with the passage before the model (`documents`), with the passage for the questions
but not for the answers (`withheld`), and from the article's title alone (`without`). They come from
files that `data ground` wrote, or from a model behind an endpoint, asked before any training.
"""

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from harness.experiment.ablation import Ablation, DataStage, MeasuredSides, Prepare, Variant
from harness.experiment.config import ExperimentConfig
from ultralink_data.dialogue import Dialogue
from ultralink_data.errors import ConfigError, DataError, PrerequisiteError

if TYPE_CHECKING:
    from harness.progress.display import Display
    from leaderboard.table import Table

KIND: Final = "chat_specific"
WITHOUT, DOCUMENTS, WITHHELD = "without", "documents", "withheld"
WAYS: Final = (WITHOUT, DOCUMENTS, WITHHELD)


class GroundedChats(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The dialogues of one way, "" for none, and the files of all ways."""

    own: str
    every: tuple[str, ...]


class GroundParameters(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Saved dialogues, or articles and a model that makes them.

    Raises:
        ValueError: a number out of its range.
    """

    documents: str = ""
    """Dialogues that `data ground` made with documents."""
    withheld: str = ""
    """Dialogues that it made with `--no-with-document`, of the same passages."""
    without: str = ""
    """Dialogues that were made without documents; by default that variant has none."""
    pages: str = ""
    """The articles (`data extract`), to make dialogues of, and for the share that is covered."""
    model: str = ""
    """Name of the model that makes the dialogues; none if they are given."""
    base_url: str = ""
    """Address of its endpoint: `http://HOST/v1` (key: `$OPENAI_API_KEY`)."""
    folder: str = "grounded"
    """Where the dialogues of the model are kept; the same command continues there."""
    limit: int | None = None
    """Make dialogues about so many passages only."""
    concurrency: int = 16
    """Requests at a time."""
    price_in: float = 0.0
    """Price of a million prompt tokens."""
    price_out: float = 0.0
    """Price of a million reply tokens."""
    max_cost: float | None = None
    """Stop before the cost of one way exceeds this."""
    passage_tokens: int = 2000
    """Longest passage, as `data ground` split the articles."""

    def __post_init__(self) -> None:
        """Check ranges."""
        if self.limit is not None and self.limit < 1:
            raise ValueError(f"limit must be 1 or more, got {self.limit}")
        if self.passage_tokens < 1:
            raise ValueError(f"passage_tokens must be 1 or more, got {self.passage_tokens}")


def swap_chats(rows: list[Dialogue], config: GroundedChats) -> Iterable[Dialogue]:
    """The rows with these dialogues in place of the chats about cultures.

    The chats go in every language that any of the ways has dialogues in, so that the variants
    differ in the dialogues alone.

    Raises:
        DataError: a bad row, or one of another kind.
    """
    languages = {row.language for path in config.every for row in _dialogues(path)}
    yield from (row for row in rows if row.kind != KIND or row.language not in languages)
    if config.own:
        yield from _dialogues(config.own)


def _dialogues(path: str) -> Iterable[Dialogue]:
    from ultralink_data.store import release

    for number, row in release.decode_lines(Path(path), Dialogue):
        if row.kind != KIND:
            raise DataError(
                f"{path}:{number}: row {row.id!r} is of kind {row.kind}",
                hint=f"give dialogues of kind {KIND}, as `data ground` writes them",
            )
        yield row


def _arrange(
    ablation: Ablation, parameters: GroundParameters, config: ExperimentConfig
) -> Ablation:
    """The variants for saved dialogues, or for those that a model is asked for."""
    saved = {way: getattr(parameters, way) for way in WAYS}
    _check(parameters, saved)
    prepare, words = None, "the dialogues that were given"
    if parameters.model:
        saved = {way: str(Path(parameters.folder) / f"{way}.jsonl") for way in WAYS}
        words = f"dialogues by {parameters.model}"
        # A stage writes its manifest last.
        pending = [
            way
            for way, path in saved.items()
            if not Path(path).with_suffix(".manifest.json").is_file()
        ]
        prepare = Prepare(
            what=f"dialogues by {parameters.model}",
            run=partial(_make, parameters, saved),
            pending=bool(pending),
            most=_most(parameters) if pending else 0.0,
            limited_by="--with max_cost=X, for each of the three ways",
            work=_work(parameters, pending),
        )
    caveat = (
        f"Chats of kind {KIND} are {words}"
        + ("" if saved[WITHOUT] else f"; variant {WITHOUT} has none")
        + ". No task here asks about a culture: `eval --tasks omgeval` and `grade omgeval` do, on "
        "the trained models."
    )
    every = tuple(path for path in saved.values() if path)
    labels = {
        WITHOUT: "chats from the title alone" if saved[WITHOUT] else "no such chats",
        DOCUMENTS: "chats about documents",
        WITHHELD: "documents for the questions, not for the answers",
    }
    return msgspec.structs.replace(
        ablation,
        variants=tuple(
            Variant(
                name=way,
                label=labels[way],
                stages={"swap-chats": GroundedChats(own=saved[way], every=every)},
            )
            for way in WAYS
        ),
        caveats=(caveat,),
        prepare=prepare,
        tables=partial(_tables, parameters, saved),
    )


def _check(parameters: GroundParameters, saved: dict[str, str]) -> None:
    """Check that there are either dialogues or a model that makes them.

    Raises:
        ConfigError: neither or both, or one of the two files that are needed.
        PrerequisiteError: a file is not there.
    """
    if parameters.model:
        if given := [way for way, path in saved.items() if path]:
            raise ConfigError(
                f"--with model={parameters.model} and --with {given[0]}={saved[given[0]]}: the "
                "model makes these dialogues",
                hint="give the model, or saved dialogues",
            )
        if not parameters.pages or not parameters.base_url:
            missing = "base_url" if parameters.pages else "pages"
            raise ConfigError(
                f"--with model={parameters.model}: {missing} is missing",
                hint="--with pages=PAGES.jsonl --with base_url=http://HOST/v1",
            )
    elif not (saved[DOCUMENTS] and saved[WITHHELD]):
        given = [f"--with {way}={path}" for way, path in saved.items() if path]
        raise ConfigError(
            f"{' '.join(given) or 'ablation ground'}: no dialogues with and without documents",
            hint="--with documents=FILE --with withheld=FILE (of `data ground`), or a model that "
            "makes them: --with pages=PAGES.jsonl --with model=NAME --with base_url=URL",
        )
    for name in ("pages", *WAYS):
        path = getattr(parameters, name)
        if path and not Path(path).is_file():
            raise PrerequisiteError(
                f"--with {name}={path}: no such file",
                hint="`data extract` and `data ground` write them",
            )


def _most(parameters: GroundParameters) -> float:
    """The most that the dialogues may cost; infinite if they cost anything and have no limit."""
    if not parameters.price_in and not parameters.price_out:
        return 0.0
    return float("inf") if parameters.max_cost is None else len(WAYS) * parameters.max_cost


def _work(parameters: GroundParameters, ways: list[str]) -> str:
    """How many requests the dialogues of these ways take, in words."""
    from ultralink_data.grounding.ground_config import GroundConfig

    with Path(parameters.pages).open("rb") as file:
        articles = sum(1 for line in file if line.strip())
    limit = "" if parameters.limit is None else f", their first {parameters.limit:,} passages"
    most = GroundConfig().max_rounds
    return (
        f"to make {', '.join(ways)} of {articles:,} articles{limit}; for each passage and way 1 to "
        f"{most} rounds of a question and an answer, and tries of rejected ones"
    )


def _make(
    parameters: GroundParameters, saved: dict[str, str], runs: Path, display: "Display"
) -> None:
    """Ask the model for the dialogues of each way; what is there already is not asked again.

    Raises:
        BenchError: see `ground_stage`; finished rows are kept.
    """
    from harness.building.asking_stage import ModelAccess
    from harness.building.ground_stage import ground_stage
    from ultralink_data.grounding.ground_config import GroundConfig
    from ultralink_data.llm.endpoint import Endpoint

    folder = Path(parameters.folder)
    titles = _titles(Path(parameters.pages), folder / "titles.jsonl")
    endpoint = Endpoint(
        base_url=parameters.base_url,
        model=parameters.model,
        concurrency=parameters.concurrency,
        price_in=parameters.price_in,
        price_out=parameters.price_out,
        max_cost=parameters.max_cost,
    )
    for way, path in saved.items():
        display.say(f"dialogues, {way}: {path}")
        ground_stage(
            titles if way == WITHOUT else Path(parameters.pages),
            Path(path),
            GroundConfig(passage_tokens=parameters.passage_tokens, with_document=way == DOCUMENTS),
            access=ModelAccess(endpoint, runs),
            limit=parameters.limit,
            display=display,
        )


def _titles(pages: Path, path: Path) -> Path:
    """The articles with their title in place of their text."""
    from ultralink_data import atomic
    from ultralink_data.documents import Page
    from ultralink_data.store import release

    bare = (
        msgspec.structs.replace(page, text=page.title)
        for _, page in release.decode_lines(pages, Page)
    )
    content = b"".join(msgspec.json.encode(page) + b"\n" for page in bare)
    with atomic.disk_errors(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_bytes() != content:
            atomic.write_bytes(path, content)
    return path


def _tables(
    parameters: GroundParameters, saved: dict[str, str], measured: MeasuredSides
) -> Sequence["Table"]:
    """Diversity of the dialogues, paired by passage, and the share of articles that they cover."""
    from harness.building.article_share import article_share
    from harness.statistics.diversity_study import study
    from harness.statistics.estimators import wilson
    from leaderboard.diversity_tables import share_table, study_tables
    from ultralink_data.documents import Page
    from ultralink_data.store import release

    ran = {variant.name for variant in measured.variants}
    paths = {way: path for way, path in saved.items() if path and way in ran}
    tables: list[Table] = []
    for other in (WITHHELD, WITHOUT):
        if DOCUMENTS in paths and other in paths:
            found = study(_dialogues(paths[DOCUMENTS]), _dialogues(paths[other]))
            if found.measures:
                tables += study_tables(found, DOCUMENTS, other)
    for way, path in paths.items():
        if parameters.pages:
            pages = (p for _, p in release.decode_lines(Path(parameters.pages), Page))
            shares = article_share(pages, _dialogues(path), parameters.passage_tokens)
            tables.append(share_table(f"Articles covered: {way}", shares, wilson))
    return tables


_TASKS: Final = ("starter_chat", "starter_math")

ABLATION = Ablation(
    name="ground",
    question="Does it help that chats about a culture are grounded in documents?",
    reference=WITHOUT,
    variants=(Variant(name=WITHOUT, label="no such chats"),),
    stages=(
        DataStage(
            name="swap-chats",
            config_type=GroundedChats,
            run=swap_chats,
            files=lambda config: config.every,
        ),
    ),
    tasks={
        "tiny": _TASKS,
        "starter": (*_TASKS, "starter_code"),
        "small": ("starter_chat", "mgsm", "humaneval"),
    },
    controls=("starter_math", "starter_code", "mgsm", "humaneval"),
    parameters=GroundParameters(),
    arrange=_arrange,
)
