"""Check that packed dialogues were written with the chat template that the model is saved with."""

from pathlib import Path

from train.chat_templates import Tokenizer
from train.packed import TEXT_KIND, Packed
from train.rendering import end_of_turn
from ultralink_data.errors import DataError


def check_template(data: Packed, tokenizer: Tokenizer, spec: Path | str) -> None:
    """Refuse dialogues none of which ends with the token that ends the template's answers.

    They would teach a model another template than the one it is asked in. Texts have no template,
    rows that were cut no end, and a mark that is several tokens is not looked for.

    Raises:
        DataError: no row ends so.
    """
    end = end_of_turn(tokenizer)
    if end is None or all(cell.kind == TEXT_KIND for cell in data.counts.cells):
        return
    if data.counts.truncated == data.counts.rows:
        return
    if not (data.ids[data.last_learned] == end).any():
        mark = tokenizer.added_tokens_decoder[end].content
        raise DataError(
            f"no dialogue of the data ends with {mark!r}, as the chat template "
            f"of {spec} ends answers: they were packed with another template",
            hint="pack the dataset again with this model's template, or give the --set "
            "train.template that it was packed with",
        )
