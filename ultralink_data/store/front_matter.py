"""The README.md of a dataset folder, by which `datasets.load_dataset(FOLDER, "en_code")` loads it.

Its YAML header names one configuration for each language and kind. Without it `datasets` reads all
JSON files of a folder as one table.
"""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ultralink_data.store.dataset import Count

README = "README.md"

_SIZES = (
    (10**3, "n<1K"),
    (10**4, "1K<n<10K"),
    (10**5, "10K<n<100K"),
    (10**6, "100K<n<1M"),
    (10**7, "1M<n<10M"),
    (10**8, "10M<n<100M"),
    (10**9, "100M<n<1B"),
)


def size_category(rows: int) -> str:
    """The hub's size category for a number of rows."""
    return next((word for limit, word in _SIZES if rows < limit), "n>1B")


def front_matter(title: str, languages: Sequence[str], rows: int, files: Sequence[str]) -> str:
    """The YAML header; every value is a JSON string, which is valid YAML without more escapes.

    `files` are release files; each is a configuration, named without `.jsonl`.
    """
    lines = ["---", f"pretty_name: {json.dumps(title)}", "language:"]
    lines += [f"- {json.dumps(code)}" for code in sorted(set(languages))]
    lines += [
        'license: "unknown"  # fill in; see the sources\' licences',
        "size_categories:",
        f"- {json.dumps(size_category(rows))}",
        "task_categories:",
        '- "text-generation"',
        "configs:",
    ]
    for name in files:
        lines += [
            f"- config_name: {json.dumps(name.removesuffix('.jsonl'))}",
            f"  data_files: {json.dumps(name)}",
        ]
    return "\n".join([*lines, "---", ""])


def short_card(counts: Sequence["Count"], files: Sequence[str]) -> str:
    """The card that every dataset folder has; `data stats --card` writes a fuller one over it."""
    languages = sorted({count.language for count in counts})
    rows = sum(count.rows for count in counts)
    title = f"Dialogues in {', '.join(languages)}"
    listed = "".join(
        f"| {count.language} | {count.kind} | {count.rows:,} | {count.turns:,} |\n"
        for count in counts
    )
    first = files[0].removesuffix(".jsonl") if files else "en_math"
    return f"""{front_matter(title, languages, rows, files)}
# {title}

    datasets.load_dataset(FOLDER, "{first}")

| language | kind | rows | turns |
| :--- | :--- | ---: | ---: |
{listed}
One JSON object a line, `{{"id": ..., "data": [question, answer, ...]}}`. Where each row comes from
is in `provenance/`, in a file of the same name; how the dataset was made is in `manifest.json`.
`ultralink-bench data stats FOLDER --card FOLDER/README.md` writes a fuller card.
"""
