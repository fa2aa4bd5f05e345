"""Texts and dialogues for the tests of this room."""

from ultralink_data.dialogue import Dialogue, Kind, Provenance

TEXTS = [
    "Anna has 12 apples and buys 7 more. How many apples does she have now?",
    "Ana tiene 12 manzanas y compra 7 más. ¿Cuántas manzanas tiene ahora?",
    "Anne a 12 pommes et en achète 7 de plus. Combien de pommes a-t-elle maintenant ?",
    "У Ани 12 яблок, и она покупает ещё 7. Сколько яблок у неё теперь?",
    "安娜有12个苹果，又买了7个。她现在一共有多少个苹果？",
    "def add(a, b):\n    return a + b\n",
] * 4


def dialogue(number: int, language: str = "en", kind: Kind = "math", turns: int = 2) -> Dialogue:
    words = " and ".join(["apples", "pears", "plums"] * (1 + number % 3))
    text = [
        f"Question {number}.{turn}: how many {words}?" if turn % 2 == 0 else f"{words} = {number}."
        for turn in range(turns)
    ]
    name = f"{language}-{kind}-{number}"
    source = Provenance(source_id=str(number))
    return Dialogue(id=name, language=language, kind=kind, turns=tuple(text), provenance=source)


def dialogues() -> list[Dialogue]:
    english = [dialogue(n, turns=2 + 2 * (n % 2)) for n in range(24)]
    return english + [dialogue(n, language="zh", kind="code") for n in range(9)]
