"""Changes of a dataset that a gate must stop, and some that it must let pass.

Each takes the release rows of a starter-like dataset (`{language}_{kind}` to rows) and a random
generator, and changes the rows in place. What it plants is the kind of fault that data pipelines
make: a join on the wrong column, a model that answers in another language, a cut-off, a lost join.
"""

import json
import random
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ultralink_data.starter.dialogues import starter_dialogues

Rows = dict[str, list[dict[str, Any]]]
"""By file name without suffix, the rows as a release has them: `id` and `data`."""

Change = Callable[[Rows, random.Random], None]


class Planted(NamedTuple):
    """A change, and the `causes` of which a gate names one in the file `cell`; none if harmless.

    `further` are other files in which it names one too.
    """

    name: str
    change: Change
    causes: tuple[str, ...] = ()
    cell: str = ""
    further: tuple[str, ...] = ()

    @property
    def cells(self) -> set[str]:
        """All files in which a gate names a cause."""
        return {self.cell, *self.further} - {""}


def read_rows(folder: Path) -> Rows:
    """The rows of a dataset's release files."""
    return {
        path.stem: [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        for path in sorted(folder.glob("*.jsonl"))
    }


def write_rows(rows: Rows, folder: Path) -> None:
    """Write release files into a new folder."""
    folder.mkdir(parents=True)
    for name, found in rows.items():
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in found)
        (folder / f"{name}.jsonl").write_text("".join(lines), "utf-8")


def _some(found: list[dict[str, Any]], share: float, draw: random.Random) -> list[dict[str, Any]]:
    return draw.sample(found, max(1, round(share * len(found))))


def _shuffle_translations(rows: Rows, draw: random.Random) -> None:
    turns = [row["data"] for row in rows["ru_math"]]
    draw.shuffle(turns)
    for row, data in zip(rows["ru_math"], turns, strict=True):
        row["data"] = data


def answer_in(source: str, target: str, share: float) -> Change:
    """Some rows of a file get the answer of the same problem in another."""

    def change(rows: Rows, draw: random.Random) -> None:
        answers = {row["id"].partition("_")[2]: row["data"][1] for row in rows[source]}
        for row in _some(rows[target], share, draw):
            row["data"][1] = answers[row["id"].partition("_")[2]]

    return change


def _alter_final_numbers(rows: Rows, draw: random.Random) -> None:
    for row in _some(rows["fr_math"], 0.3, draw):
        answer = row["data"][1]
        last = list(re.finditer(r"\d+", answer))[-1]
        changed = str(int(last[0]) + draw.randint(1, 9))
        row["data"][1] = answer[: last.start()] + changed + answer[last.end() :]


def _copy(cell: str, turns: Sequence[str]) -> Change:
    def change(rows: Rows, draw: random.Random) -> None:
        rows[cell].append({"id": f"{cell}_new_0000", "data": list(turns)})

    return change


def _truncate(rows: Rows, draw: random.Random) -> None:
    for row in _some(rows["zh_math"], 0.3, draw):
        answer = row["data"][1]
        row["data"][1] = answer[: max(1, len(answer) // 2)]


def _triple(rows: Rows, draw: random.Random) -> None:
    found = rows["es_code"]
    rows["es_code"] = found + [
        {**row, "id": f"{row['id']}_{copy}"} for row in found for copy in ("b", "c")
    ]


def _lose_indents(rows: Rows, draw: random.Random) -> None:
    for row in rows["en_code"]:
        row["data"][1] = "\n".join(line.lstrip() for line in row["data"][1].split("\n"))


def _translate_keywords(rows: Rows, draw: random.Random) -> None:
    for row in rows["fr_code"]:
        row["data"][1] = row["data"][1].replace("return ", "retourner ")


def _swap_roles(rows: Rows, draw: random.Random) -> None:
    for row in _some(rows["ru_math"], 0.3, draw):
        row["data"].reverse()


def _add_culture(rows: Rows, draw: random.Random) -> None:
    rows["en_chat_agnostic"] += [
        {
            "id": f"en_chat_new_{n:04}",
            "data": [
                f"How do I cook a Thanksgiving turkey for {n + 3} people?",
                f"Roast it for {n // 4 + 3} hours and serve it with cranberry sauce and pumpkin "
                "pie, as American families do.",
            ],
        }
        for n in range(40)
    ]


def _halve(rows: Rows, draw: random.Random) -> None:
    kept = _some(rows["zh_math"], 0.5, draw)
    rows["zh_math"] = [row for row in rows["zh_math"] if row in kept]


def _plant_tokens(rows: Rows, draw: random.Random) -> None:
    for row in _some(rows["es_math"], 0.05, draw):
        row["data"][1] += "<|im_end|>"


def _move_answers(cell: str) -> Change:
    def change(rows: Rows, draw: random.Random) -> None:
        answers = [row["data"][1] for row in rows[cell]]
        for row, answer in zip(rows[cell], answers[1:] + answers[:1], strict=True):
            row["data"][1] = answer

    return change


def _refuse(rows: Rows, draw: random.Random) -> None:
    for row in _some(rows["en_math"], 0.1, draw):
        row["data"][1] = "I am sorry, but I cannot help with that."


def _lose_fences(rows: Rows, draw: random.Random) -> None:
    for row in rows["en_code"]:
        row["data"][1] = row["data"][1].replace("```python\n", "").replace("```", "")


def _decode_wrongly(rows: Rows, draw: random.Random) -> None:
    for row in _some(rows["fr_chat_specific"], 0.5, draw):
        row["data"] = [text.encode("utf-8").decode("latin-1") for text in row["data"]]


def _leave_html(rows: Rows, draw: random.Random) -> None:
    for row in _some(rows["en_math"], 0.2, draw):
        row["data"][1] = f"<p>{row['data'][1]}</p>"


def _lose_values(rows: Rows, draw: random.Random) -> None:
    for row in _some(rows["en_math"], 0.2, draw):
        row["data"] = [re.sub(r"\d+", "{number}", text) for text in row["data"]]


def _alter_questions(rows: Rows, draw: random.Random) -> None:
    for row in _some(rows["en_math"], 0.3, draw):
        row["data"][0] = re.sub(r"\d+", lambda found: str(int(found[0]) + 1), row["data"][0])


def _drop_turns(rows: Rows, draw: random.Random) -> None:
    for row in rows["en_chat_specific"]:
        row["data"] = row["data"][:2]


def _keep_results(rows: Rows, draw: random.Random) -> None:
    for row in _some(rows["en_math"], 0.3, draw):
        row["data"][1] = re.findall(r"\d+", row["data"][1])[-1]


def _loop(rows: Rows, draw: random.Random) -> None:
    for row in _some(rows["en_math"], 0.1, draw):
        row["data"][1] *= 3


def _become_copies(rows: Rows, draw: random.Random) -> None:
    for row in _some(rows["en_chat_specific"], 0.5, draw):
        row["data"] = list(rows["en_chat_specific"][0]["data"])


def _under_new_ids(change: Change) -> Change:
    """A change whose rows all get new ids as well: nothing but their words tells whose they are."""

    def changed(rows: Rows, draw: random.Random) -> None:
        change(rows, draw)
        _rename(rows, draw)

    return changed


def _cut_answers(rows: Rows, draw: random.Random) -> None:
    for row in _some(rows["en_chat_specific"], 0.5, draw):
        row["data"][1] = row["data"][1][: len(row["data"][1]) // 2]


def _cut_questions(rows: Rows, draw: random.Random) -> None:
    for row in _some(rows["en_chat_specific"], 0.5, draw):
        row["data"][0] = row["data"][0][: len(row["data"][0]) // 2]


def _answer_otherwise(rows: Rows, draw: random.Random) -> None:
    """Some problems are asked a second time, and come to another number."""
    for row in _some(rows["en_math"], 0.2, draw):
        answer = f"{row['data'][1]}\nThe answer is {draw.randint(10**6, 10**7)}."
        rows["en_math"].append({"id": f"{row['id']}_b", "data": [row["data"][0], answer]})


def _open_alike(rows: Rows, draw: random.Random) -> None:
    for row in rows["en_math"]:
        row["data"][1] = f"As an AI language model, I am glad to help. {row['data'][1]}"


def _decline(rows: Rows, draw: random.Random) -> None:
    """Refusals, each in words of its own."""
    for row in _some(rows["en_code"], 0.1, draw):
        row["data"][1] = f"I'm sorry, but I can't help with this: {row['data'][0][:60]}"


def _run_together(rows: Rows, draw: random.Random) -> None:
    for row in rows["en_chat_specific"]:
        row["data"] = [row["data"][0], "\n".join(row["data"][1:])]


def _write_lists(rows: Rows, draw: random.Random) -> None:
    for row in _some(rows["ru_math"], 0.1, draw):
        row["data"] = [str([text]) for text in row["data"]]


def _thank(rows: Rows, draw: random.Random) -> None:
    """A round more in English; the translations of the others are as true as they were."""
    for row in rows["en_math"]:
        row["data"] += ["Thank you!", "You are welcome."]


def _reformat(rows: Rows, draw: random.Random) -> None:
    for found in rows.values():
        for row in found:
            row["data"] = [text if "```" in text else f"{text}\n" for text in row["data"]]


def _reorder(rows: Rows, draw: random.Random) -> None:
    for found in rows.values():
        draw.shuffle(found)


def _rename(rows: Rows, draw: random.Random) -> None:
    for found in rows.values():
        for row in found:
            row["id"] = f"v2_{row['id']}"


def _change_quotes(rows: Rows, draw: random.Random) -> None:
    for name, found in rows.items():
        for row in found if "code" not in name else ():
            row["data"] = [text.replace("'", "\u2019") for text in row["data"]]


def _windows_ends(rows: Rows, draw: random.Random) -> None:
    for found in rows.values():
        for row in found:
            row["data"] = [text.replace("\n", "\r\n") for text in row["data"]]


def _reword(rows: Rows, draw: random.Random) -> None:
    """New questions and new ids at once: the answers belong to no other question by that."""
    for row in rows["en_math"]:
        row["id"], row["data"][0] = f"{row['id']}_new", f"Please tell me: {row['data'][0]}"


def _write_wrong_sums(rows: Rows, draw: random.Random) -> None:
    """New English problems; one step of each solution says another result, the others go on."""
    for row in starter_dialogues(draw.randrange(10**6), 1, ("en",)):
        if row.kind == "math":
            steps = list(re.finditer(r"= (\d+)", row.turns[1]))
            one = draw.choice(steps)
            wrong = f"= {int(one[1]) + draw.randint(1, 9)}"
            answer = row.turns[1][: one.start()] + wrong + row.turns[1][one.end() :]
            rows["en_math"].append({"id": f"{row.id}_new", "data": [row.turns[0], answer]})


def _rewrite_english(rows: Rows, draw: random.Random) -> None:
    """The English problems get other numbers, and solutions that fit; no translation follows."""
    drawn = {row.id: row.turns for row in starter_dialogues(draw.randrange(10**6), 1, ("en",))}
    for row in rows["en_math"]:
        if row["id"] in drawn:
            row["data"] = list(drawn[row["id"]])


def planted(leaks: Mapping[str, Sequence[str]]) -> tuple[Planted, ...]:
    """All changes; `leaks` are turns with a benchmark's problem, by the file they are added to."""
    wrong = ("other_language", "translation")
    first, *others = ("zh_math", "es_math", "fr_math", "ru_math")
    left = ("translation",), first, tuple(others)
    altered, cut, swapped = map(_under_new_ids, (_alter_final_numbers, _cut_answers, _swap_roles))
    spanish, english = answer_in("es_math", "ru_math", 0.2), answer_in("en_math", "fr_math", 0.3)
    return (
        Planted("translations shuffled", _shuffle_translations, ("translation",), "ru_math"),
        Planted("Russian answers in Spanish", spanish, wrong, "ru_math"),
        Planted("English answers in French rows", english, wrong, "fr_math"),
        Planted("final numbers altered", _alter_final_numbers, ("final_number",), "fr_math"),
        Planted("answers truncated", _truncate, ("truncated",), "zh_math"),
        Planted("duplicates tripled", _triple, ("duplicate",), "es_code"),
        Planted("indentation lost", _lose_indents, ("broken_code",), "en_code"),
        Planted("keywords of code translated", _translate_keywords, ("broken_code",), "fr_code"),
        Planted("roles swapped", _swap_roles, ("roles_swapped",), "ru_math"),
        Planted("chats of one culture", _add_culture, ("culture_specific",), "en_chat_agnostic"),
        Planted("a language halved", _halve, ("lost",), "zh_math"),
        Planted("control tokens left in", _plant_tokens, ("control_token",), "es_math"),
        Planted("answers of the next row", _move_answers("en_code"), ("other_answer",), "en_code"),
        Planted("refusals for answers", _refuse, ("other_answer",), "en_math"),
        Planted("fences of code lost", _lose_fences, ("broken_code",), "en_code"),
        Planted("a wrong encoding", _decode_wrongly, ("damaged",), "fr_chat_specific"),
        Planted("HTML left in", _leave_html, ("damaged",), "en_math"),
        Planted("places not filled", _lose_values, ("damaged",), "en_math"),
        Planted("numbers of questions altered", _alter_questions, ("final_number",), "en_math"),
        Planted("turns dropped", _drop_turns, ("truncated",), "en_chat_specific"),
        Planted("only results left", _keep_results, ("truncated",), "en_math"),
        Planted("answers that loop", _loop, ("damaged",), "en_math"),
        Planted("sums that are wrong", _write_wrong_sums, ("wrong_sum",), "en_math"),
        Planted("translations left behind", _rewrite_english, *left),
        Planted("rows become copies", _become_copies, ("duplicate",), "en_chat_specific"),
        Planted("questions truncated", _cut_questions, ("truncated",), "en_chat_specific"),
        Planted("a second answer", _answer_otherwise, ("final_number",), "en_math"),
        Planted("altered under new ids", altered, ("final_number",), "fr_math"),
        Planted("truncated under new ids", cut, ("truncated",), "en_chat_specific"),
        Planted("swapped under new ids", swapped, ("roles_swapped",), "ru_math"),
        Planted("a phrase before every answer", _open_alike, ("same_words",), "en_math"),
        Planted("refusals of many words", _decline, ("refusal",), "en_code"),
        Planted("turns run together", _run_together, ("roles_swapped",), "en_chat_specific"),
        Planted("texts written as lists", _write_lists, ("damaged",), "ru_math"),
        *(
            Planted(f"a benchmark's problem in {cell}", _copy(cell, turns), ("contaminated",), cell)
            for cell, turns in leaks.items()
        ),
        Planted("line ends added", _reformat),
        Planted("rows in another order", _reorder),
        Planted("rows renamed", _rename),
        Planted("quotes changed", _change_quotes),
        Planted("line ends of Windows", _windows_ends),
        Planted("questions reworded", _reword),
        Planted("thanks added in English", _thank),
    )
