"""Dialogues to test with."""

from ultralink_data.dialogue import Dialogue, Kind, Provenance


def dialogue(
    name: str = "1",
    language: str = "en",
    kind: Kind = "math",
    *,
    turns: tuple[str, ...] = ("How many?", "Three."),
    source: str | None = None,
    parent: str | None = None,
    model: str | None = None,
    prompt: str | None = None,
) -> Dialogue:
    """A dialogue with id `{language}_{kind}_{name}`; its source is the same in all languages."""
    return Dialogue(
        id=f"{language}_{kind}_{name}",
        language=language,
        kind=kind,
        turns=turns,
        provenance=Provenance(
            source_id=source or f"{kind}/{name}",
            parent_id=parent,
            model=model,
            prompt_version=prompt,
        ),
    )


def parallel(
    problems: int, languages: tuple[str, ...] = ("en", "zh", "fr"), rows_each: int = 1
) -> list[Dialogue]:
    """Math and code rows of `problems` sources in each language, and two chats a language."""
    rows: list[Dialogue] = []
    kinds: tuple[Kind, ...] = ("math", "code")
    for language in languages:
        for kind in kinds:
            for number in range(problems):
                for copy in range(rows_each):
                    name = f"{number}-{copy}"
                    rows.append(
                        dialogue(
                            name,
                            language,
                            kind,
                            source=f"{kind}/{number}",
                            parent=None if language == "en" else f"en_{kind}_{name}",
                        )
                    )
        rows.append(dialogue("a", language, "chat_agnostic"))
        rows.append(dialogue("s", language, "chat_specific"))
    return rows
