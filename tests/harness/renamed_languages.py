"""Two languages under names of their own, and texts of ours in them, for every command."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Renamed:
    """A language file taken under another code, and texts in its language.

    `problems` are questions and answers of MGSM's form, English ones among them by `english`;
    `solved` ends an answer to the first and `failed` one that is wrong. `article` is a paragraph
    about `title`, `asked` and `told` what a model says of it. `pairs` are turns of a chat, a math
    problem and a program, English and translated.
    """

    base: str
    code: str
    english: tuple[tuple[str, str], ...]
    problems: tuple[tuple[str, str], ...]
    solved: str
    failed: str
    title: str
    article: str
    asked: str
    told: str
    pairs: dict[str, tuple[tuple[str, str], tuple[str, str]]]


PROBLEMS = (
    ("A baker bakes 3 dozen rolls and sells 20 of them. How many rolls are left?", "16"),
    ("A train has 9 coaches with 52 seats each. How many seats does it have?", "468"),
)
CHAT = (
    "Tell me how people kept their bread fresh in the winter of old times.",
    "They wrapped the bread in a linen cloth and laid it in a wooden box far from the stove.",
)
MATH = (
    "A box holds 1,250 nails and Ana takes 340 of them. How many nails are left?",
    "There were 1,250 nails, and 1,250 - 340 = 910 are left in the box.\nThe answer is: 910",
)
CODE = (
    "Write a function that adds one to the number that it is given.",
    "Here is the function you need:\n```python\ndef up(x):\n    return x + 1\n```",
)


def _pairs(*translated: tuple[str, str]) -> dict[str, tuple[tuple[str, str], tuple[str, str]]]:
    kinds = ("chat_agnostic", "math", "code")
    return dict(zip(kinds, zip((CHAT, MATH, CODE), translated, strict=True), strict=True))


SPANISH = Renamed(
    base="es",
    code="qes",
    english=PROBLEMS,
    problems=(
        ("Una panadera hornea 3 docenas de bollos y vende 20. ¿Cuántos bollos quedan?", "16"),
        ("Un tren tiene 9 vagones con 52 asientos cada uno. ¿Cuántos asientos tiene?", "468"),
    ),
    solved="Tres docenas son 36 y 36 - 20 = 16. La respuesta es 16,00.",
    failed="Tres docenas son 30. La respuesta es 10.",
    title="Arroyo Pardo",
    article=(
        "El Arroyo Pardo nace en las montañas del norte y cruza la llanura hasta llegar al mar. "
        "En sus orillas viven pescadores que venden truchas en el mercado del pueblo."
    ),
    asked="¿Dónde nace el Arroyo Pardo y qué venden los pescadores número {}?",
    told=(
        "El arroyo nace en las montañas del norte, y en la temporada número {} los pescadores "
        "venden las truchas que sacan de sus aguas en el mercado del pueblo cercano."
    ),
    pairs=_pairs(
        (
            "Cuéntame cómo conservaba la gente el pan fresco en los inviernos de antes.",
            "Envolvían el pan en un paño de lino y lo guardaban en una caja de madera lejos de la"
            " estufa.",
        ),
        (
            "Una caja contiene 1.250 clavos y Ana coge 340 de ellos. ¿Cuántos clavos quedan?",
            "Había 1.250 clavos, y 1.250 - 340 = 910 quedan en la caja.\nLa respuesta es: 910",
        ),
        (
            "Escribe una función que sume uno al número que recibe.",
            "Esta es la función que necesitas:\n```python\ndef up(x):\n    return x + 1\n```",
        ),
    ),
)

JAPANESE = Renamed(
    base="ja",
    code="qja",
    english=PROBLEMS,
    problems=(
        (
            "パン屋が3ダースのパンを焼き、そのうち20個を売りました。パンはいくつ残っていますか。",
            "16",
        ),
        ("電車には52席の車両が9両あります。席は全部でいくつありますか。", "468"),
    ),
    solved="3ダースは36個で、36 - 20 = 16 です。答えは16です。",
    failed="3ダースは30個です。答えは10です。",
    title="茶色川",
    article=(
        "茶色川は北の山々に源を発し、平野を横切って海に注ぐ川である。"
        "岸辺には漁師が暮らし、町の市場で鱒を売っている。"
    ),
    asked="茶色川はどこから流れ出し、{}番目の漁師は町の市場で何を売っていますか？",
    told=(
        "川は北の山々から流れ出し、{}番目の季節には、岸辺に住む漁師たちが水の中から取った鱒を"
        "近くの町の市場で売っています。"
    ),
    pairs=_pairs(
        (
            "昔の冬に人々がどのようにパンを新鮮に保っていたのか教えてください。",
            "人々はパンを麻の布に包み、ストーブから離れた木の箱の中に入れていました。",
        ),
        (
            "箱に釘が1,250本入っていて、アナがそのうち340本を取りました。釘は何本残っていますか？",
            "釘は1,250本あり、1,250 - 340 = 910 本が箱に残っています。\n答えは：910",
        ),
        (
            "与えられた数に一を足す関数を書いてください。",
            "必要な関数は次のとおりです。\n```python\ndef up(x):\n    return x + 1\n```",
        ),
    ),
)

RENAMED = (SPANISH, JAPANESE)
