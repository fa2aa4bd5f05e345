"""Bad translations of the starter set's English chats about one culture, planted on purpose.

There is no model to translate with at this scale, so the faults are made from texts that there are:
the question is that of a chat in the target language, as if it had been translated well, and the
answers have a fault that machine translation really has. Nothing is drawn at random.
"""

from collections.abc import Iterator, Sequence
from typing import Final, Literal, get_args

from ultralink_data.dialogue import Dialogue, Provenance
from ultralink_data.starter.chats import StarterChat, starter_chats
from ultralink_data.starter.starter_languages import LANGUAGES

Fault = Literal["untranslated", "switched", "off-target", "cut", "looped", "misplaced"]
"""Answers left in English; that go over into English half-way; in a third language; that end in
the middle; that repeat their beginning for ever; that belong to another question."""

FAULTS: Final[tuple[Fault, ...]] = get_args(Fault)
SOURCE: Final = "en"


def culture_chats(language: str) -> list[StarterChat]:
    """The chats of a language that are about one culture."""
    return [chat for chat in starter_chats(language) if chat.kind == "specific"]


def bad_translations(language: str, faults: int) -> Iterator[Dialogue]:
    """Bad translations of every English chat about one culture, with so many faults each.

    Each names the English chat as its parent, whose labels it thereby carries.

    Raises:
        ValueError: English, or more faults than there are.
    """
    if language == SOURCE:
        raise ValueError("English chats are not translated into English")
    if not 1 <= faults <= len(FAULTS):
        raise ValueError(f"faults must be 1 to {len(FAULTS)}, got {faults}")
    own, third = culture_chats(language), culture_chats(_third(language))
    for place, source in enumerate(culture_chats(SOURCE)):
        for number in range(faults):
            fault = FAULTS[(place + number) % len(FAULTS)]
            asked = own[place % len(own)]
            other = own[(place + 1) % len(own)]
            yield Dialogue(
                id=f"{language}_chat_agnostic_planted_{source.chat_id}_{fault}",
                language=language,
                kind="chat_agnostic",
                turns=_turns(fault, source, asked, other, third[place % len(third)]),
                provenance=Provenance(
                    source_id=f"starter-chat/{source.chat_id}", parent_id=source.chat_id
                ),
            )


def _third(language: str) -> str:
    """The next language of the starter set that is neither this one nor English."""
    others = [code for code in LANGUAGES if code != SOURCE]
    return others[(others.index(language) + 1) % len(others)]


def _turns(
    fault: Fault, source: StarterChat, asked: StarterChat, other: StarterChat, third: StarterChat
) -> tuple[str, ...]:
    """The question as asked, and answers with the fault."""
    questions, answers = asked.turns[::2], asked.turns[1::2]
    bad: list[str] = []
    for place, answer in enumerate(answers):
        match fault:
            case "untranslated":
                bad.append(_answer(source, place))
            case "switched":
                english = _answer(source, place)
                bad.append(f"{answer[: len(answer) // 2]} {english[len(english) // 2 :]}")
            case "off-target":
                bad.append(_answer(third, place))
            case "cut":
                bad.append(answer[: max(1, len(answer) // 3)])
            case "looped":
                bad.append(" ".join([answer[: max(1, len(answer) // 6)]] * 6))
            case "misplaced":
                bad.append(_answer(other, place))
    return tuple(turn for pair in zip(questions, bad, strict=True) for turn in pair)


def _answer(chat: StarterChat, place: int) -> str:
    """An answer of another chat, which may have fewer."""
    answers: Sequence[str] = chat.turns[1::2]
    return answers[place % len(answers)]
