"""The row of every dataset: a conversation in one language, and where it came from."""

from typing import Literal, get_args

import msgspec

Kind = Literal["chat_specific", "chat_agnostic", "math", "code"]
KINDS: tuple[Kind, ...] = get_args(Kind)


class Provenance(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a dialogue comes from.

    `source_id` is the problem or document it descends from, the same in every language; `parent_id`
    the dialogue it was translated from; `model` and `prompt_version` say what wrote it; both are
    None for text written by people or by a template.
    """

    source_id: str
    parent_id: str | None = None
    model: str | None = None
    prompt_version: str | None = None


class Dialogue(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """A conversation: user, assistant, user, assistant ...

    `system` is what the model is told before it, "" if nothing is: a row is then as it was before
    there were system turns, byte for byte.

    Raises:
        ValueError: no turns, an odd number of turns, or an empty turn.
    """

    id: str
    language: str
    kind: Kind
    turns: tuple[str, ...]
    provenance: Provenance
    system: str = ""

    def __post_init__(self) -> None:
        """Check what the type alone cannot express."""
        check_turns(self.turns)
        if not self.id.strip():
            raise ValueError("field `id` is empty")

    @property
    def texts(self) -> tuple[str, ...]:
        """All that a model reads of it: the turns, and behind them the system turn if it has one.

        So the number of a text is that of the turn.
        """
        return (*self.turns, self.system) if self.system else self.turns


def check_turns(turns: tuple[str, ...], field: str = "turns") -> None:
    """Raise ValueError, naming field and turn, unless `turns` are question and answer pairs."""
    if not turns:
        raise ValueError(f"field `{field}` has no turns; expected question, answer, ...")
    if len(turns) % 2:
        raise ValueError(f"field `{field}` has {len(turns)} turns; expected question, answer pairs")
    for index, turn in enumerate(turns):
        if not turn.strip():
            raise ValueError(f"field `{field}[{index}]` is empty")
