"""The settings file that `gate init` writes: every field with its default and its meaning."""

import textwrap
from collections.abc import Iterator

import msgspec

from harness.gate.gate_config import GateConfig
from harness.options.config_fields import config_fields


def starting_file() -> str:
    """`gate.toml` with the defaults, each under a comment that says what it is."""
    lines = ["# The settings of `ultralink-bench gate`. Any field may be left out."]
    return "\n".join([*lines, *_fields()]) + "\n"


def _fields() -> Iterator[str]:
    table = ""
    for field in config_fields(GateConfig):
        inside, _, name = field.path.rpartition(".")
        if inside != table:
            table = inside
            yield f"\n[{table}]"
        yield from textwrap.wrap(field.text, 98, initial_indent="# ", subsequent_indent="# ")
        # JSON writes texts, numbers and lists of them as TOML does.
        yield f"{name} = {msgspec.json.encode(field.default).decode()}"
