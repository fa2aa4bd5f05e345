"""How many tokens a dialogue has as a whole, before it is split, dropped or cut."""

from collections.abc import Sequence
from typing import Final

from train.chat_templates import Tokenizer, prepare
from train.packing import dialogue_rows
from train.train_config import Template
from ultralink_data.dialogue import Dialogue

_NO_LIMIT: Final = 2**31 - 1


class DialogueTokens:
    """Counts tokens as packing does: `CellCount.given_tokens` is the sum over its dialogues.

    Raises:
        ConfigError: the chat template cannot be trained on.
    """

    def __init__(self, tokenizer: Tokenizer, template: Template) -> None:
        self._rows_of = dialogue_rows(prepare(tokenizer, template), _NO_LIMIT, "cut")

    def __call__(self, dialogues: Sequence[Dialogue]) -> list[int]:
        """The tokens of each dialogue, all of its texts together."""
        return [row.of.tokens for row in self._rows_of(dialogues) if row.of is not None]
