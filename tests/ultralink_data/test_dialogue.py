"""What a dialogue refuses to be."""

import msgspec
import pytest
from dialogue_samples import dialogue

from ultralink_data.dialogue import KINDS, Dialogue


def test_pairs_of_turns_are_a_dialogue():
    assert dialogue(turns=("q", "a", "q", "a")).turns == ("q", "a", "q", "a")


@pytest.mark.parametrize(
    ("turns", "complaint"),
    [
        ((), "has no turns"),
        (("q",), "has 1 turns"),
        (("q", "a", "q"), "has 3 turns"),
        (("", "a"), r"turns\[0\]` is empty"),
        (("q", " \n\t"), r"turns\[1\]` is empty"),
        (("q", "a", "q", "\u3000"), r"turns\[3\]` is empty"),
    ],
)
def test_turns_that_are_no_conversation_are_refused(turns, complaint):
    with pytest.raises(ValueError, match=complaint):
        dialogue(turns=turns)


def test_a_row_without_a_system_turn_is_written_as_before_there_were_any():
    plain = dialogue(turns=("q", "a"))
    told = msgspec.structs.replace(plain, system="Be short.")
    assert (plain.texts, told.texts) == (("q", "a"), ("q", "a", "Be short."))
    assert b"system" not in msgspec.json.encode(plain)
    assert msgspec.json.decode(msgspec.json.encode(told), type=Dialogue) == told


def test_an_empty_id_is_refused():
    with pytest.raises(ValueError, match="`id` is empty"):
        msgspec.structs.replace(dialogue(), id=" ")


def test_a_dialogue_cannot_be_changed():
    with pytest.raises(AttributeError):
        dialogue().language = "fr"


def test_a_kind_beside_the_four_is_refused_on_decoding():
    data = msgspec.to_builtins(dialogue()) | {"kind": "poem"}
    with pytest.raises(msgspec.ValidationError, match="poem"):
        msgspec.convert(data, Dialogue)
    assert KINDS == ("chat_specific", "chat_agnostic", "math", "code")


@pytest.mark.parametrize("field", ["id", "language", "kind", "turns", "provenance"])
def test_no_field_has_a_default(field):
    data = msgspec.to_builtins(dialogue())
    del data[field]
    with pytest.raises(msgspec.ValidationError, match=f"missing required field `{field}`"):
        msgspec.convert(data, Dialogue)
