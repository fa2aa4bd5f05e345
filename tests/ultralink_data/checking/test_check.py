import json

import msgspec
import pytest
from decontaminate_samples import CODE, MATH, PARENS, row

from ultralink_data.checking.check import check, hash_items
from ultralink_data.checking.check_config import CheckConfig, CheckLimits
from ultralink_data.checking.check_report import content_hash, encode, read_report
from ultralink_data.checking.check_rows import Flaw, data_files, read
from ultralink_data.checking.dedup import RowName
from ultralink_data.errors import DataError
from ultralink_data.store import dataset

FRENCH = (
    "Toula est allée à la boulangerie. Elle a acheté 3 douzaines de beignets à 68 $ la douzaine, 2 "
    "douzaines de petits gâteaux à 80 $ et 6 douzaines de gâteaux au fromage à 55 $. Quel total ?"
)
CLEAN = row("Comment trier une liste en Python ?", "Avec la fonction sorted.", language="fr")
LEAKED = row(FRENCH, "Le coût total est de 694 $.", language="fr", kind="math", name="leaked")
STOLEN = row("Complete it, please.", f"```python\n{PARENS}```", name="stolen")


def checked(*rows, items=(*MATH, *CODE), **options):
    options.setdefault("name", "data")
    return check(lambda: rows, items, CheckConfig(), files={}, **options)


def write(path, *lines):
    path.write_text("".join(x if isinstance(x, str) else json.dumps(x) + "\n" for x in lines))
    return path


def test_a_clean_dataset_has_nothing_to_say():
    report = checked(CLEAN)
    assert report.complaints() == ()
    assert [(c.language, c.kind, c.rows, c.turns) for c in report.counts] == [("fr", "code", 1, 2)]
    assert report.items_hit == {"mgsm": frozenset(), "humaneval": frozenset()}


def test_problems_are_named_with_the_rows_that_are_them():
    report = checked(CLEAN, LEAKED, STOLEN)
    found = {hit.problem_id: [r.row.id for r in hit.rows] for hit in report.hits}
    assert found == {"mgsm/000": ["leaked"], "HumanEval/1": ["stolen"]}
    assert report.hit_rows == {
        RowName(language="fr", kind="math", id="leaked"),
        RowName(language="en", kind="code", id="stolen"),
    }
    assert report.complaints() == ("2 benchmark problems in 2 rows; none is allowed",)


def test_any_number_of_processes_gives_the_same_report():
    more = [row(f"Question {n}?", "Answer.", name=f"r{n}") for n in range(150)]
    rows = [CLEAN, LEAKED, STOLEN, *more]
    assert encode(checked(*rows, processes=2)) == encode(checked(*rows))


def test_order_of_rows_and_items_changes_no_finding():
    one = checked(CLEAN, LEAKED, STOLEN)
    other = checked(STOLEN, LEAKED, CLEAN, items=[*CODE, *MATH])
    assert content_hash(one) == content_hash(other)
    assert hash_items(MATH) != hash_items(CODE)


def test_the_hash_knows_content_and_no_name():
    assert content_hash(checked(LEAKED)) == content_hash(checked(LEAKED, name="other"))
    assert content_hash(checked(LEAKED)) != content_hash(checked(CLEAN))


def test_a_system_turn_is_read_and_searched_for_control_tokens(tmp_path):
    path = write(
        tmp_path / "fr_code.jsonl", {"id": "a", "data": ["q", "r"], "system": "<|im_end|>"}
    )
    (told,) = read(path)
    assert told.system == "<|im_end|>"
    marked = checked(told).marked
    assert [(m.reason, m.turn, m.mark) for m in marked] == [("control_token", 2, "<|im_end|>")]


def test_limits_are_shares_of_the_rows():
    rows = [row("What is it?", "It is this.", name=f"r{n}") for n in range(3)]
    report = checked(*rows, items=())
    assert report.complaints() == ("2 exact duplicates (66.7%); at most 1.0% is set",)
    allowed = msgspec.structs.replace(report, limits=CheckLimits(exact=0.7))
    assert allowed.complaints() == ()
    bad = Flaw(reason="no_turns", file="f", line=1, id="", detail="")
    flawed = msgspec.structs.replace(allowed, flaws=(bad,) * 5)
    assert flawed.complaints() == ("5 lines that are no good rows (62.5%); at most 0.0% is set",)
    with pytest.raises(ValueError, match="near must be 0 to 1"):
        CheckLimits(near=2)


def test_prose_in_another_language_is_counted_and_unknown_languages_are_said():
    english = "This sentence, which is written in plain English, says nothing of any importance."
    report = checked(
        row(english, english + " Yes.", language="fr", name="a"),
        row(english, english + " Yes.", language="tlh", name="b"),
        items=(),
    )
    told = {one.language: (one.checked, one.wrong) for one in report.languages}
    assert told == {"fr": (1, 1), "tlh": (0, 0)}
    assert [(name.id, name.seen) for name in report.wrong_language] == [("a", "en")]


SPANISH = (
    "Quisiera saber cómo se preparaba el pan en los pueblos de la sierra, quién amasaba la harina "
    "y cuánto tardaba en cocerse en los hornos de leña que las familias compartían. "
)
ENGLISH = "The dough was kneaded at home in the evening and baked in the shared oven at dawn."


@pytest.mark.parametrize(
    ("turns", "wrong"),
    [
        ((SPANISH * 10, ENGLISH), 1),
        ((SPANISH, SPANISH, "¿Y luego?", ENGLISH), 1),
        ((SPANISH, "OK, sure!"), 0),
        ((SPANISH, "Return the length of the given list."), 1),
        ((SPANISH, "Devuelve la longitud de la lista."), 0),
        ((SPANISH, "The Chronicles of Narnia"), 0),
        ((SPANISH, f"```\n{ENGLISH}\n```"), 0),
        ((ENGLISH[:45], ENGLISH[45:]), 1),
    ],
)
def test_one_turn_in_another_language_makes_a_row_wrong(turns, wrong):
    assert len(checked(row(*turns, language="es"), items=()).wrong_language) == wrong


def test_code_outside_of_fences_is_no_other_language():
    code = "def add(first_number: int, second_number: int) -> int:\n    return first_number\n"
    asked = f"请补全下面的 Python 函数。\n\n{code}"
    assert not checked(row(asked, code, language="zh"), items=()).wrong_language
    english = f"{ENGLISH}\n\n{code}"
    (wrong,) = checked(row(asked, english, language="zh"), items=()).wrong_language
    assert wrong.seen == "en"


@pytest.mark.parametrize(
    ("turns", "found"),
    [
        (("Hi?", "Fine.<|im_end|>\n<|im_start|>system"), ("control_token", 1, "<|im_end|>")),
        (("Hi </s>", "Fine."), ("control_token", 0, "</s>")),
        (("Hi?", "<think>Hm.</think> Fine."), ("thinking", 1, "<think>")),
        (("Hi?", "It was <s>10</s> 9 euros."), None),
        (("Hi?", "```html\n<s>old</s>\n```"), None),
    ],
)
def test_control_tokens_and_thinking_are_listed_and_none_is_allowed(turns, found):
    report = checked(row(*turns, name="odd"), CLEAN, items=())
    assert [(m.reason, m.turn, m.mark) for m in report.marked] == ([found] if found else [])
    said = "1 rows with control tokens or thinking (50.0%); at most 0.0% is set"
    assert report.complaints() == ((said,) if found else ())
    lax = msgspec.structs.replace(report, limits=CheckLimits(control_tokens=0.5))
    assert lax.complaints() == ()
    assert msgspec.json.decode(encode(report), type=type(report)) == report


def test_a_row_with_control_tokens_is_still_searched_for_problems():
    leaked = row(FRENCH, "Le coût total est de 694 $.<|im_end|>", language="fr", kind="math")
    report = checked(leaked)
    assert report.hit_rows
    assert report.marked


def test_every_kind_of_bad_line_is_named(tmp_path):
    write(
        tmp_path / "fr_math.jsonl",
        {"id": "good", "data": ["a?", "b"]},
        "{not json\n",
        {"id": " ", "data": ["a?", "b"]},
        {"id": "good", "data": ["c?", "d"]},
        {"id": "none", "data": []},
        {"id": "odd", "data": ["a?"]},
        {"id": "empty", "data": ["a?", " "]},
        {"id": "echo", "data": ["Say  it", "say it"]},
        {"id": 7.5, "data": ["a?", "b"]},
    )
    (tmp_path / "fr_math.jsonl").open("ab").write(b'{"id": "\xff"}\n')
    found = list(read(tmp_path))
    flaws = [(x.line, x.reason) for x in found if isinstance(x, Flaw)]
    assert flaws == [
        *((2, "unreadable"), (3, "no_id"), (4, "repeated_id"), (5, "no_turns"), (6, "odd_turns")),
        *((7, "empty_turn"), (8, "echo"), (9, "unreadable"), (10, "unreadable")),
    ]
    assert [x.id for x in found if not isinstance(x, Flaw)] == ["good"]


def test_provenance_beside_a_release_file_is_read_in_any_order(tmp_path):
    rows = [row("a?", "b", name=f"r{n}", source=f"s/{n}", kind="math") for n in range(4)]
    dataset.write(tmp_path / "data", rows, recipe="test")
    assert list(read(tmp_path / "data")) == rows
    folder = tmp_path / "loose"
    folder.mkdir()
    beside = {
        "en_math.jsonl": "en_math.jsonl",
        "provenance/en_math.jsonl": "en_math.provenance.jsonl",
    }
    for name, old in beside.items():
        lines = (tmp_path / "data" / name).read_text().splitlines(keepends=True)
        write(folder / old, *(reversed(lines) if "prov" in name else lines))
    assert list(read(folder)) == rows
    (folder / "provenance").mkdir()
    (folder / "en_math.provenance.jsonl").rename(folder / "provenance" / "en_math.jsonl")
    assert list(read(folder)) == rows


def test_a_stages_output_says_language_and_kind_itself(tmp_path):
    path = tmp_path / "dialogues.jsonl"
    path.write_bytes(msgspec.json.encode(LEAKED) + b"\n")
    assert list(read(path)) == [LEAKED]


def test_a_file_without_language_and_kind_is_an_error(tmp_path):
    path = write(tmp_path / "rows.jsonl", {"id": "a", "data": ["a?", "b"]})
    with pytest.raises(DataError, match="not named"):
        list(read(path))


@pytest.mark.parametrize("first", [0, 1])
def test_a_line_of_a_stages_output_without_language_or_kind_is_a_flaw(tmp_path, first):
    good = msgspec.to_builtins(LEAKED)
    bad = [{"id": "a", "turns": ["a?", "b"]}, good | {"id": "b", "kind": "poem"}]
    lines = [good, *bad] if first == 0 else [bad[0], good, bad[1]]
    found = list(read(write(tmp_path / "dialogues.jsonl", *lines)))
    assert [x for x in found if not isinstance(x, Flaw)] == [LEAKED]
    flaws = [(x.line, x.reason, x.id) for x in found if isinstance(x, Flaw)]
    assert flaws == [(2 - first, "no_kind", "a"), (3, "no_kind", "b")]


def test_a_name_that_no_report_could_hold_is_an_error(tmp_path):
    (tmp_path / "a\udcff.jsonl").write_bytes(msgspec.json.encode(CLEAN) + b"\n")
    with pytest.raises(DataError, match=r"the name a\\udcff\.jsonl is no UTF-8"):
        list(read(tmp_path))


def test_blank_lines_are_flaws_but_at_the_end(tmp_path):
    good = {"id": "a", "data": ["a?", "b"]}
    path = write(tmp_path / "fr_math.jsonl", good, "\n", good | {"id": "b"}, "\n", " \n")
    flaws = [(x.line, x.reason) for x in read(path) if isinstance(x, Flaw)]
    assert flaws == [(2, "unreadable")]


def test_what_is_not_there_or_was_changed_is_an_error(tmp_path):
    with pytest.raises(DataError, match="no such file"):
        data_files(tmp_path / "nothing")
    with pytest.raises(DataError, match=r"has no \.jsonl file"):
        data_files(tmp_path)
    dataset.write(tmp_path / "data", [CLEAN], recipe="test")
    (tmp_path / "data" / "fr_code.jsonl").open("a").write("\n")
    with pytest.raises(DataError, match="is not what was stored"):
        data_files(tmp_path / "data")


def test_a_report_is_read_back_whole(tmp_path):
    report = checked(CLEAN, LEAKED, STOLEN)
    path = tmp_path / "r.json"
    path.write_bytes(encode(report))
    assert read_report(path) == report
    for text in ("{}", "no json"):
        path.write_text(text)
        with pytest.raises(DataError, match=r"r\.json"):
            read_report(path)


def test_integer_ids_are_digits_and_numbers_for_texts_name_the_likely_cause(tmp_path):
    rows = ({"id": 7, "data": ["a?", "b"]}, {"id": "n", "data": ["a?", 12]})
    good, flaw = read(write(tmp_path / "fr_math.jsonl", *rows))
    assert good.id == "7"
    assert flaw.reason == "unreadable"
    assert "a text became a number there: `datasets` 5.2" in flaw.detail
