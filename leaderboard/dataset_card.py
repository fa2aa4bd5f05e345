"""A dataset card for the Hugging Face hub: YAML front matter, then Markdown.

Everything comes from the manifest and the rows; what only the publisher knows (the licence) is
marked to be filled in. Values come from files and models, so all of them are escaped.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from leaderboard.dataset_tables import lengths_table, paper_table
from leaderboard.render import escape_markdown, to_markdown
from leaderboard.stage_tables import settings, tables
from leaderboard.table import text_table
from leaderboard.visible_text import visible
from ultralink_data.dialogue import Kind
from ultralink_data.stage.outcome import StageManifest
from ultralink_data.store.dataset import Manifest
from ultralink_data.store.front_matter import front_matter
from ultralink_data.whole.describe import CellStats

KINDS_IN_WORDS: dict[Kind, tuple[str, str, str]] = {
    "chat_specific": (
        "chats about one language's culture, grounded in articles",
        "Wikipedia",
        "CC BY-SA (text and what derives from it; name the articles)",
    ),
    "chat_agnostic": (
        "chats that suit every culture, translated",
        "ShareGPT",
        "none stated by its collectors: check before publishing",
    ),
    "math": ("math problems with worked answers, translated", "MetaMathQA", "MIT"),
    "code": ("programming tasks with solutions, translated", "Magicoder", "MIT"),
}
"""Description of each kind, its source in the paper, and that source's licence."""


_PUBLISHED = {"sharegpt": "sharegpt", "metamath": "metamathqa", "magicoder": "magicoder"}
"""Name of a source in the stage `sources`, and its published name in lower case."""


def card(title: str, manifest: Manifest, cells: Sequence[CellStats], counted: str) -> str:
    """The card; `counted` says how tokens were counted."""
    parts = [
        _front_matter(title, manifest, cells),
        f"# {escape_markdown(title)}\n",
        _summary(cells),
        "## Numbers\n",
        to_markdown(paper_table("Dialogues, turns and lengths", cells, counted)),
        to_markdown(lengths_table("Tokens of a dialogue, quantiles", cells)),
        "## Format\n",
        'One JSON object a line, `{"id": ..., "data": [question, answer, ...]}`, in files '
        'named `{language}_{kind}.jsonl`: `datasets.load_dataset(FOLDER, "{language}_{kind}")`. '
        "In the folder `provenance` a file of the same name says for each row "
        "the source, the row it was translated from, the model and the version of its prompts.\n",
        "## How it was made\n",
        _origin(manifest, cells),
        *_stages(manifest.stages),
        "## Known limits\n",
        _list(_limits(manifest, cells, counted)),
        "## Licences of the sources\n",
        _licences(manifest, cells),
    ]
    return "\n".join(parts)


def _front_matter(title: str, manifest: Manifest, cells: Sequence[CellStats]) -> str:
    languages = [cell.language for cell in cells]
    rows = sum(cell.dialogues for cell in cells)
    return front_matter(title, languages, rows, manifest.release_names)


def _summary(cells: Sequence[CellStats]) -> str:
    languages = sorted({cell.language for cell in cells})
    rows = sum(cell.dialogues for cell in cells)
    kinds = [kind for kind in KINDS_IN_WORDS if any(cell.kind == kind for cell in cells)]
    text = f"{rows:,} dialogues for supervised fine-tuning, in {', '.join(languages)}.\n"
    return text + "\n" + _list(f"`{kind}`: {KINDS_IN_WORDS[kind][0]}" for kind in kinds)


def _origin(manifest: Manifest, cells: Sequence[CellStats]) -> str:
    models = sorted({model for cell in cells for model in cell.models})
    prompts = sorted({prompt for cell in cells for prompt in cell.prompts})
    lines = [
        f"Made by {code_span(manifest.recipe)}.",
        f"Fingerprint of the content: {code_span(manifest.fingerprint)}.",
    ]
    if manifest.code_version:
        lines.append(f"Version of the code: {code_span(manifest.code_version)}.")
    if manifest.packages:
        lines.append(f"Packages: {_packages(manifest.packages)}.")
    if manifest.parents:
        lines.append(f"Made from: {', '.join(map(code_span, manifest.parents))}.")
    lines.append(
        f"Written by the models {', '.join(map(code_span, models))}."
        if models
        else "No row names a model that wrote it."
    )
    if prompts:
        lines.append(f"Versions of the prompts: {', '.join(map(code_span, prompts))}.")
    text = _list(lines)
    if manifest.dropped:
        rows = [(why, f"{count:,}") for why, count in manifest.dropped.items()]
        text += "\n" + to_markdown(text_table("Rows that fell out", ("reason", "rows"), rows))
    return text


def _packages(versions: Mapping[str, str]) -> str:
    return ", ".join(code_span(f"{name} {version}") for name, version in versions.items())


def _stages(stages: Sequence[StageManifest]) -> Iterable[str]:
    if not stages:
        yield "The manifest names no building stage.\n"
    for place, stage in enumerate(stages, 1):
        yield f"### Stage {place}: {escape_markdown(stage.stage.name)}\n"
        config = msgspec.json.format(msgspec.json.encode(settings(stage)), indent=2).decode()
        yield json_block(config)
        inputs = ", ".join(map(code_span, stage.stage.inputs))
        lines = [f"Inputs (sha256): {inputs}.", f"Code: {code_span(stage.stage.code_version)}."]
        if stage.stage.packages:
            lines.append(f"Packages: {_packages(stage.stage.packages)}.")
        yield _list(lines)
        for table in tables("Rows by reason", stage):
            yield to_markdown(table).replace("### ", "#### ", 1)


def _limits(manifest: Manifest, cells: Sequence[CellStats], counted: str) -> Iterable[str]:
    if any(cell.models for cell in cells):
        yield "Text of the models named above; what was checked by machine stands in the stages."
    if not manifest.stages:
        yield "How the rows came about is known only as far as the recipe above says."
    if "estimate" in counted:
        yield (
            "Tokens are estimated from characters; a character of a Chinese row is a token, so "
            "that code and formulas in these are counted too high."
        )
    small = [f"{cell.language} {cell.kind} ({cell.dialogues})" for cell in cells if few(cell)]
    if small:
        yield f"Under 100 dialogues, too few to speak for a language: {', '.join(small)}."
    mended = sum(t.count for s in manifest.stages for t in s.tallies if t.what == "mended")
    if mended:
        yield f"{mended:,} rows were changed before they were taken; see `mended` in the stages."
    yield "Duplicates and leaks from benchmarks: see the report of `ultralink-bench data check`."


def few(cell: CellStats) -> bool:
    """Whether a cell is too small to represent a language."""
    return cell.dialogues < 100


def _licences(manifest: Manifest, cells: Sequence[CellStats]) -> str:
    kinds = [kind for kind in KINDS_IN_WORDS if any(cell.kind == kind for cell in cells)]
    named = _named_sources(manifest.stages)
    rows = []
    for kind in kinds:
        _, source, licence = KINDS_IN_WORDS[kind]
        rows.append((kind, source, licence, "yes" if source.lower() in named else "not said"))
    table = text_table("Sources", ("kind", "source", "licence", "named by a stage"), rows)
    return (
        "The sources that the paper takes for these kinds, and their licences. Where no stage "
        "names the source, whether the rows descend from it is for the publisher to say; so is "
        "what the terms of the models' makers allow.\n\n" + to_markdown(table)
    )


def _named_sources(stages: Sequence[StageManifest]) -> set[str]:
    """Sources that the stages report as read."""
    found = set()
    for stage in stages:
        if stage.stage.name == "extract":
            found.add("wikipedia")
        elif stage.stage.name == "sources":
            found.add(_PUBLISHED.get(str(settings(stage)), ""))
    return found


def _list(lines: Iterable[str]) -> str:
    return "".join(f"- {line}\n" for line in lines)


def json_block(text: str) -> str:
    """JSON as a block that no run of backticks in it ends."""
    fence = "`" * max(3, 1 + max((len(x) for x in re.findall("`+", text)), default=0))
    return f"{fence}json\n{text}\n{fence}\n"


def code_span(text: str) -> str:
    """Text as Markdown code, on one line and without backticks inside; nothing in it is hidden."""
    plain = visible(re.sub(r"[\x00-\x1f\x7f-\x9f`]+", " ", text)).strip()
    return f"`{plain}`" if plain else "(none)"
