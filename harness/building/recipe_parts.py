"""The parts of a recipe: what is built from what, with which models (docs/data_build.md)."""

import msgspec

from harness.building.check_step import CheckStep
from ultralink_data.culture.filter_config import FilterConfig
from ultralink_data.grounding.ground_config import GroundConfig
from ultralink_data.llm.endpoint import Endpoint
from ultralink_data.translation.translate_config import TranslateConfig
from ultralink_data.whole.prune_config import PruneStep
from ultralink_data.wiki.extract_config import ExtractConfig


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


def _require_positive(name: str, value: int | None) -> None:
    if value is not None and value < 1:
        raise ValueError(f"{name} must be 1 or more, got {value}")


class Articles(_Part, frozen=True, kw_only=True):
    """A file of articles in one language."""

    file: str
    """MediaWiki export, or a file or folder of extracted articles."""
    language: str
    """Language code; checked against what the dump says."""
    format: str | None = None
    """mediawiki, parquet, jsonl or wikiextractor; without it, detected from the content."""
    index: str | None = None
    """The index of a multistream dump; with it, all processes unpack the dump."""
    limit: int | None = None
    """Use only the first N passages; without it, the limit of the ground step."""
    bounds: ExtractConfig = ExtractConfig()
    """Lengths of articles to use."""

    def __post_init__(self) -> None:
        """Check the limit."""
        _require_positive("articles.limit", self.limit)


class GroundStep(_Part, frozen=True, kw_only=True):
    """Dialogues about the articles."""

    model: str
    """Name of a model in `models`."""
    limit: int | None = None
    """Use only the first N passages of each file."""
    config: GroundConfig = GroundConfig()
    """How dialogues are made."""

    def __post_init__(self) -> None:
        """Check the limit."""
        _require_positive("ground.limit", self.limit)


class RecipeSource(_Part, frozen=True, kw_only=True):
    """A published file of English conversations."""

    file: str
    """The file, as published."""
    source: str
    """sharegpt, metamath or magicoder, as for `data convert --format`."""


class FilterStep(_Part, frozen=True, kw_only=True):
    """The cultural filter of ShareGPT."""

    model: str | None = None
    """Name of the judging model in `models`; not needed if keywords alone decide."""
    config: FilterConfig = FilterConfig()
    """How conversations are judged."""

    def __post_init__(self) -> None:
        """Check that there is a model if one is to judge."""
        if self.config.model and self.model is None:
            raise ValueError(
                "filter.model is missing; to use keywords only, set filter.config.model = false"
            )


class TranslateStep(_Part, frozen=True, kw_only=True):
    """Translation of all sources."""

    model: str
    """Name of a model in `models`."""
    languages: tuple[str, ...]
    """Codes of the target languages."""
    config: TranslateConfig = TranslateConfig()
    """How dialogues are translated."""

    def __post_init__(self) -> None:
        """Check that there is a language to translate into."""
        codes = self.languages
        if not codes or "en" in codes or len(set(codes)) < len(codes):
            raise ValueError(
                "translate.languages must list languages other than 'en', each once, "
                f"got {list(codes)}"
            )


class Recipe(_Part, frozen=True, kw_only=True):
    """What is built: the steps that are there, in this order, each with its input."""

    models: dict[str, Endpoint] = {}
    """Endpoints, by the names that the steps use."""
    max_cost: float | None = None
    """Cost limit of all steps together, in the currency of the models' prices."""
    processes: int = 1
    """Worker processes for the steps that ask no model."""
    articles: tuple[Articles, ...] = ()
    """Files of articles for grounded dialogues."""
    ground: GroundStep | None = None
    """How dialogues about the articles are made."""
    sources: tuple[RecipeSource, ...] = ()
    """Published files of English conversations."""
    filter: FilterStep | None = None
    """How culture-specific conversations are filtered out."""
    translate: TranslateStep | None = None
    """How the conversations are translated, and into which languages."""
    keep_english: bool = True
    """Keep the sources' own rows in the dataset."""
    prune: PruneStep | None = None
    """How many translated rows to keep."""
    check: CheckStep | None = None
    """What the dataset is checked for."""

    def __post_init__(self) -> None:
        """Check that the parts fit together."""
        if self.processes < 1:
            raise ValueError(f"processes must be 1 or more, got {self.processes}")
        if bool(self.articles) != (self.ground is not None):
            raise ValueError("articles and ground go together: one without the other does nothing")
        if not self.articles and not self.sources:
            raise ValueError("neither articles nor sources: nothing would be built")
        for model, endpoint in self.models.items():
            if endpoint.max_cost is not None:
                raise ValueError(f"models.{model}.max_cost: the recipe's own max_cost bounds all")
            if self.max_cost is not None:
                msgspec.structs.replace(endpoint, max_cost=self.max_cost)  # checks its prices
