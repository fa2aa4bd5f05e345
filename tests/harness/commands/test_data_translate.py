"""`data translate` against a scripted translator behind real HTTP, wrong in every way."""

import json
import threading
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from harness.cli import main
from tests.llm_server import Answer, Server, serving
from ultralink_data.dialogue import Dialogue, Provenance
from ultralink_data.stage.outcome import Rejected, StageManifest

CODE = "```python\ndef f(x):\n    # add one\n    return x + 1\n```"
CODE_ES = CODE.replace("add one", "suma uno")

# Name, kind, the turn and its right translation, a wrong one, and the reason it is refused for.
CASES = [
    (
        "preface",
        "chat_agnostic",
        "Water the plants twice a week and keep them away from the window.",
        "Riega las plantas dos veces por semana y mantenlas lejos de la ventana.",
        "Aquí está la traducción: Riega las plantas dos veces por semana y mantenlas lejos.",
    ),
    (
        "refusal",
        "chat_agnostic",
        "Tell me how people in old times kept their food fresh for the winter.",
        "Dime cómo conservaba la gente sus alimentos para el invierno en otros tiempos.",
        "Lo siento, pero no puedo ayudar con esa petición en este momento.",
    ),
    (
        "wrong_language",
        "chat_agnostic",
        "The bridge was closed for repairs during the whole summer of that year.",
        "El puente estuvo cerrado por reparaciones durante todo el verano de aquel año.",
        "Le pont a été fermé pour réparation pendant tout l'été de cette année-là.",
    ),
    (
        "untranslated",
        "chat_agnostic",
        "Plan your day in the morning. Then write down the three things that matter most to you.",
        "Planifica tu día por la mañana. Luego anota las tres cosas que más te importan.",
        "Planifica tu día por la mañana, con calma y sin prisa, y piensa en lo que quieres hacer."
        " Then write down the three things that matter most to you.",
    ),
    (
        "turn_count",
        "chat_agnostic",
        "I would like to learn how to cook soup for my family this evening.",
        "Me gustaría aprender a cocinar una sopa para mi familia esta noche.",
        "Me gustaría aprender a cocinar una sopa para mi familia esta noche.\nAsistente: ¡Claro!\n"
        "Assistant: De acuerdo.",
    ),
    (
        "solved",
        "chat_agnostic",
        "What do bees do with the pollen that they collect from the flowers in spring?",
        "¿Qué hacen las abejas con el polen que recogen de las flores en primavera?",
        "Las abejas convierten el polen en alimento para sus larvas y lo guardan en la colmena.",
    ),
    (
        "solved",
        "chat_agnostic",
        "Choose the animal that lays eggs in water and not on dry land.\nA) a horse\nB) a frog",
        "Elige el animal que pone huevos en el agua y no en tierra.\nA) un caballo\nB) una rana",
        "El animal que pone huevos en el agua y no en tierra firme, es decir, en ríos:\nB) la rana",
    ),
    (
        "code",
        "code",
        f"Explain what this small function does for the numbers that it is given.\n{CODE}",
        f"Explica qué hace esta pequeña función con los números que recibe.\n{CODE_ES}",
        "Explica qué hace esta pequeña función con los números que recibe.\n"
        + CODE_ES.replace("def f(x)", "def sumar(x)"),
    ),
    (
        "inline_code",
        "code",
        "Call `find_all` with the list and use `sorted` on the result that comes back.",
        "Llama a `find_all` con la lista y usa `sorted` con el resultado que devuelve.",
        "Llama a `buscar_todo` con la lista y usa `sorted` con el resultado que devuelve.",
    ),
    (
        "latex",
        "math",
        "Find the value of the expression $\\frac{x}{2}$ when the number x is equal to 6.",
        "Halla el valor de la expresión $\\frac{x}{2}$ cuando el número x es igual a 6.",
        "Halla el valor de la expresión $x/2$ cuando el número x es igual a 6.",
    ),
    (
        "corrected",
        "math",
        "A pupil wrote that 12 + 7 = 20 and that 20 - 5 = 15. Say where the mistake is.",
        "Un alumno escribió que 12 + 7 = 20 y que 20 - 5 = 15. Di dónde está el error.",
        "Un alumno escribió que 12 + 7 = 19 y que 20 - 5 = 15. Di dónde está el error.",
    ),
    (
        "corrected",
        "chat_agnostic",
        'Please correct the grammar of this sentence for me: "She go to school every days."',
        'Por favor, corrige la gramática de esta frase: "She go to school every days."',
        'Por favor, corrige la gramática de esta frase: "She goes to school every day."',
    ),
    (
        "numbers",
        "math",
        "A farmer has 1,250 sheep and sells 340 of them at the market in the next town.",
        "Un granjero tiene 1.250 ovejas y vende 340 de ellas en el mercado del pueblo vecino.",
        "Un granjero tiene 1.250 ovejas y vende 430 de ellas en el mercado del pueblo vecino.",
    ),
    (
        "units",
        "math",
        "The road to the lake is 12 km long and the car uses 5% of its fuel on the way.",
        "El camino al lago mide 12 km y el coche gasta el 5 % de su combustible en el viaje.",
        "El camino al lago mide 12 millas y el coche gasta el 5 % de su combustible en el viaje.",
    ),
    (
        "length",
        "chat_agnostic",
        "Bread needs flour, water, salt and time. Knead the dough well, let it rise in a warm"
        " place, shape it into a loaf and bake it until the crust is dark and sounds hollow.",
        "El pan necesita harina, agua, sal y tiempo. Amasa bien, deja que la masa suba en un"
        " lugar cálido, dale forma de hogaza y hornéala hasta que la corteza quede oscura.",
        "El pan necesita harina, agua, sal y tiempo.",
    ),
    (
        "final_answer",
        "math",
        "She had 4 apples and got 3 more, so she has 7.\n#### 7\nThe answer is: 7",
        "Ella tenía 4 manzanas y recibió 3 más, así que tiene 7.\n#### 7\nLa respuesta es: 7",
        "Ella tenía 4 manzanas y recibió 3 más, así que tiene 7.\n#### 7\nThe answer is: 4 + 3",
    ),
]
QUESTION = "How would you say that to a friend who has never heard of it before today?"
QUESTION_ES = "¿Cómo se lo dirías a un amigo que hasta hoy nunca ha oído hablar de eso?"
RIGHT = {source: right for _, _, source, right, _ in CASES} | {QUESTION: QUESTION_ES}
WRONG = {source: wrong for _, _, source, _, wrong in CASES}


def dialogue(number: int, kind: str, turns: tuple[str, str]) -> Dialogue:
    return Dialogue(
        id=f"row{number}",
        language="en",
        kind=kind,
        turns=turns,
        provenance=Provenance(source_id=f"source{number}"),
    )


def all_rows() -> list[Dialogue]:
    rows = []
    for number, (reason, kind, source, *_) in enumerate(CASES):
        turns = (QUESTION, source) if reason == "final_answer" else (source, QUESTION)
        rows.append(dialogue(number, kind, turns))
    return rows


class Translator:
    """Wrong at first, in the way of the case; right once told so, unless `stubborn`."""

    def __init__(self, *, stubborn: bool = False) -> None:
        self.stubborn = stubborn
        self.told: Counter[str] = Counter()
        self.lock = threading.Lock()

    def __call__(self, body: dict, number: int) -> Answer:
        messages = body["messages"]
        again = "was not accepted" in messages[-1]["content"]
        asked = messages[-3 if again else -1]["content"]
        while "was not accepted" in asked:  # told more than once
            messages = messages[:-2]
            asked = messages[-3]["content"]
        source = asked.rpartition("<text>\n")[2].removesuffix("\n</text>")
        if source in WRONG and (self.stubborn or not again):
            return Answer(WRONG[source])
        if again:
            self.told[body["messages"][-1]["content"]] += 1
        return Answer(f"<text>\n{RIGHT[source]}\n</text>" if number % 2 else RIGHT[source])


def write(path: Path, rows: list[Dialogue]) -> Path:
    path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
    return path


def command(server: Server, folder: Path, rows: Path, *more: str) -> list[str]:
    words = ["data", "translate", str(rows), "-o", str(folder / "t.jsonl"), "--model", "m"]
    words += ["--base-url", server.url, "--runs", str(folder / "runs")]
    return [*words, *(more or ("--languages", "es"))]


def read(path: Path, kind: type) -> list:
    return [msgspec.json.decode(line, type=kind) for line in path.read_bytes().splitlines()]


def manifest(folder: Path) -> StageManifest:
    return msgspec.json.decode((folder / "t.manifest.json").read_bytes(), type=StageManifest)


def test_every_kind_of_wrong_reply_is_caught_and_mended_when_told(tmp_path, capsys):
    rows = write(tmp_path / "rows.jsonl", all_rows())
    translator = Translator()
    with serving(translator) as server:
        assert main(command(server, tmp_path, rows)) == 0
        asked = len(server.requests)
        assert main(command(server, tmp_path, rows)) == 0
        assert len(server.requests) == asked == 3 * len(CASES)
    done = read(tmp_path / "t.jsonl", Dialogue)
    for row, source in zip(done, all_rows(), strict=True):
        assert row.turns == tuple(RIGHT[turn] for turn in source.turns)
        assert (row.id, row.language, row.kind) == (f"es/{source.id}", "es", source.kind)
        assert row.provenance.parent_id == source.id
        assert row.provenance.source_id == source.provenance.source_id
        assert row.provenance.model == "m"
    counts = {t.reason: t.count for t in manifest(tmp_path).tallies if t.what == "failed_check"}
    assert counts == Counter(reason for reason, *_ in CASES)
    assert "replies that failed a check" in capsys.readouterr().out
    assert len(translator.told) > 10  # each is told what is wrong with it


def test_a_translator_that_stays_wrong_has_every_row_rejected_with_its_reason(tmp_path):
    rows = write(tmp_path / "rows.jsonl", all_rows())
    with serving(Translator(stubborn=True)) as server:
        assert main(command(server, tmp_path, rows, "--languages", "es", "--tries", "2")) == 3
    assert read(tmp_path / "t.jsonl", Dialogue) == []
    rejected = read(tmp_path / "t.rejected.jsonl", Rejected)
    assert [r.reason for r in rejected] == [reason for reason, *_ in CASES]
    assert [r.output for r in rejected] == [wrong for *_, wrong in CASES]
    found = manifest(tmp_path)
    assert found.rejected == found.rows_in == len(CASES)


def test_human_translations_of_real_problems_pass(tmp_path, benchmarks):
    names = ("es", "fr", "ru", "zh")
    texts = {
        code: [
            line.split("\t")[0]
            for line in (benchmarks / "mgsm" / f"mgsm_{code}.tsv").read_text("utf-8").splitlines()
        ]
        for code in ("en", *names)
    }
    place = {text: n for n, text in enumerate(texts["en"])}
    marks = {"español": "es", "français": "fr", "русский": "ru", "中文": "zh"}
    last = {"es": "Es así.", "fr": "C'est ainsi.", "ru": "Это так.", "zh": "就是这样。"}

    def rule(body: dict, number: int) -> Answer:
        first = body["messages"][0]["content"]
        code = next(code for mark, code in marks.items() if mark in first)
        asked = next(m for m in reversed(body["messages"]) if "<text>\n" in m["content"])["content"]
        source = asked.rpartition("<text>\n")[2].removesuffix("\n</text>")
        return Answer(texts[code][place[source]] if source in place else last[code])

    rows = [dialogue(n, "math", (texts["en"][n], "So it is.")) for n in range(0, 250, 5)]
    path = write(tmp_path / "rows.jsonl", rows)
    to = [word for code in names for word in ("--languages", code)]
    with serving(rule) as server:
        assert main(command(server, tmp_path, path, *to)) == 0
    found = manifest(tmp_path)
    assert found.rows_in == 200
    assert found.accepted >= 195
    assert {d.language for d in read(tmp_path / "t.jsonl", Dialogue)} == set(names)


def test_a_long_chat_goes_turn_by_turn_with_a_bounded_context(tmp_path):
    count = 12
    sources = [
        f"Tell me more about the river number {n}, which is long and wide." for n in range(count)
    ]
    targets = [f"Cuéntame más sobre el río número {n}, que es largo y ancho." for n in range(count)]
    pairs = dict(zip(sources, targets, strict=True))

    def rule(body: dict, number: int) -> Answer:
        return Answer(pairs[body["messages"][-1]["content"].rpartition("<text>\n")[2][:-8]])

    rows = write(tmp_path / "rows.jsonl", [dialogue(0, "chat_agnostic", tuple(sources))])
    with serving(rule) as server:
        assert (
            main(command(server, tmp_path, rows, "--languages", "es", "--context-tokens", "150"))
            == 0
        )
        sizes = [len(request["messages"]) for request in server.requests]
        first = [request["messages"][0]["content"] for request in server.requests]
    assert read(tmp_path / "t.jsonl", Dialogue)[0].turns == tuple(targets)
    assert sizes == [1, 3, 5, 7, 9] + [9] * 7
    assert all(text.startswith("Traduce al español el texto") for text in first)
    assert all("<text>\nTell me more" in text for text in first)


def test_rows_that_cannot_be_translated_are_rejected_unasked(tmp_path):
    rows = all_rows()[:1]
    odd = msgspec.structs.replace(rows[0], id="fr", language="fr")
    long = msgspec.structs.replace(rows[0], id="long", turns=("word " * 4000, "Yes."))
    told = msgspec.structs.replace(rows[0], id="told", system="Be short.")
    path = write(tmp_path / "rows.jsonl", [odd, long, told])
    with serving(Translator()) as server:
        assert main(command(server, tmp_path, path)) == 3
        assert not server.requests
    reasons = [r.reason for r in read(tmp_path / "t.rejected.jsonl", Rejected)]
    assert reasons == ["not_english", "long_turn", "system_turn"]


def test_a_row_in_no_known_language_is_named_by_its_line(tmp_path, capsys):
    rows = all_rows()[:2]
    path = write(
        tmp_path / "rows.jsonl", [rows[0], msgspec.structs.replace(rows[1], language="xx")]
    )
    with serving(Translator()) as server:
        assert main(command(server, tmp_path, path)) == 3
        assert not server.requests
    assert f"{path}:2: unknown language 'xx'" in capsys.readouterr().err
    assert not [*tmp_path.glob("t.*"), *tmp_path.glob(".t.*")]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--languages", "en"), "other than English"),
        (("--languages", "spansh"), "unknown language"),
        (("--languages", "es", "--reply-factor", "0.5"), "reply_factor must be 1 or more, got 0.5"),
        (("--languages", "es", "--limit", "0"), "argument --limit: must be 1 or more"),
    ],
)
def test_options_out_of_range_are_named(tmp_path, capsys, options, said):
    rows = write(tmp_path / "rows.jsonl", all_rows()[:1])
    with serving(Translator()) as server:
        assert main(command(server, tmp_path, rows, *options)) == 2
        assert not server.requests
    assert said in capsys.readouterr().err


def test_the_prompt_says_whether_names_stay(tmp_path):
    rows = write(tmp_path / "rows.jsonl", all_rows()[:1])
    with serving(Translator()) as server:
        assert main(command(server, tmp_path / "a", rows, "--languages", "es")) == 0
        kept = json.dumps(server.requests[0], ensure_ascii=False)
        assert (
            main(command(server, tmp_path / "b", rows, "--languages", "es", "--names", "localise"))
            == 0
        )
        localised = json.dumps(server.requests[-1], ensure_ascii=False)
    assert "Conserva los nombres" in kept
    assert "Sustituye los nombres" in localised
