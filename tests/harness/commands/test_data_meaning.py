"""The check by meaning over real HTTP: in `data translate` and of existing rows."""

import json
from pathlib import Path

import msgspec
import pytest

from harness.cli import main
from tests.llm_server import Answer, Server, serving
from ultralink_data.dialogue import Dialogue, Provenance
from ultralink_data.stage.outcome import Rejected, StageManifest
from ultralink_data.translation.meaning_report import MeaningRow

ENGLISH = "The club has 35 members and charges 20 euros per month. How much does it take in a year?"
RIGHT = "El club tiene 35 socios y cobra 20 euros al mes. ¿Cuánto recauda en un año?"
WRONG = "El club tiene 35 socios y cobra 20 euros al año. ¿Cuánto recauda en un año?"
FRENCH = "Le club a 35 membres et demande 20 euros par mois. Combien reçoit-il en un an ?"
ANSWER, ANSWER_ES = "It takes quite a lot of money.", "Recauda bastante dinero."
ANSWER_FR = "Il reçoit pas mal d'argent."


def reading(span: str) -> str:
    quantities = [
        {"value": "35", "unit": "", "what": "members", "relation": "amount", "to": ""},
        {"value": 20, "unit": "euro", "what": "fee", "relation": "rate", "to": span},
    ]
    asked = {"what": "money", "unit": "euro"}
    return json.dumps({"quantities": quantities, "asked": asked})


READINGS = {
    ENGLISH: reading("month"),
    RIGHT: reading("each month"),
    WRONG: reading("year"),
    FRENCH: reading("month"),
}


def asked_for_reading(body: dict) -> str | None:
    """The text whose quantities a request asks for."""
    if body["messages"][0]["role"] != "system":
        return None
    content = next(m["content"] for m in body["messages"] if m["role"] == "user")
    marker, _, rest = content.partition("\n")
    return rest.partition(f"\n{marker}")[0]


class Speaker:
    """Translates wrong at first and right once told; reads by the table, or as `reads` says."""

    def __init__(self, reads: dict[str, str] | None = None, *, stubborn: bool = False) -> None:
        self.reads = READINGS | (reads or {})
        self.stubborn = stubborn
        self.texts: list[str] = []

    def __call__(self, body: dict, number: int) -> Answer:
        text = asked_for_reading(body)
        if text is not None:
            self.texts.append(text)
            return Answer(self.reads[text])
        said = json.dumps(body["messages"], ensure_ascii=False)
        again = "was not accepted" in said
        french = "français" in said
        if ANSWER in said:
            return Answer(ANSWER_FR if french else ANSWER_ES)
        if french:
            return Answer(FRENCH)
        return Answer(RIGHT if again and not self.stubborn else WRONG)


def rows(path: Path, *, count: int = 1) -> Path:
    made = [
        Dialogue(
            id=f"r{n}",
            language="en",
            kind="math",
            turns=(ENGLISH, ANSWER),
            provenance=Provenance(source_id=f"r{n}"),
        )
        for n in range(count)
    ]
    path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in made))
    return path


def translate(server: Server, folder: Path, *more: str) -> int:
    words = ["data", "translate", str(rows(folder / "rows.jsonl")), "--languages", "es"]
    words += ["-o", str(folder / "t.jsonl"), "--model", "m", "--base-url", server.url]
    return main([*words, "--runs", str(folder / "runs"), *more])


def decoded(path: Path, kind: type) -> list:
    return [msgspec.json.decode(line, type=kind) for line in path.read_bytes().splitlines()]


def tallied(folder: Path, what: str) -> dict[str, int]:
    found = msgspec.json.decode((folder / "t.manifest.json").read_bytes(), type=StageManifest)
    return {t.reason: t.count for t in found.tallies if t.what == what}


def test_a_translation_that_says_something_else_is_asked_again_and_told_what(tmp_path):
    speaker = Speaker()
    with serving(speaker) as server:
        assert translate(server, tmp_path, "--check-meaning") == 0
        asked = len(server.requests)
        assert translate(server, tmp_path, "--check-meaning") == 0
        assert len(server.requests) == asked
        told = json.dumps(server.requests, ensure_ascii=False)
    assert decoded(tmp_path / "t.jsonl", Dialogue)[0].turns == (RIGHT, ANSWER_ES)
    assert tallied(tmp_path, "failed_check") == {"meaning": 1}
    assert "per month is not per year" in told
    assert speaker.texts == [ENGLISH, WRONG, RIGHT]


def test_without_the_option_no_reading_is_asked_for(tmp_path):
    speaker = Speaker()
    with serving(speaker) as server:
        assert translate(server, tmp_path) == 0
        assert len(server.requests) == 2
    assert decoded(tmp_path / "t.jsonl", Dialogue)[0].turns[0] == WRONG
    assert speaker.texts == []


def test_a_stubborn_translator_is_rejected_for_the_meaning(tmp_path):
    with serving(Speaker(stubborn=True)) as server:
        assert translate(server, tmp_path, "--check-meaning", "--tries", "2") == 3
    (rejected,) = decoded(tmp_path / "t.rejected.jsonl", Rejected)
    assert rejected.reason == "meaning"
    assert "20 euro fee" in rejected.detail
    assert rejected.output == WRONG


def test_each_request_holds_one_of_the_two_texts_only(tmp_path):
    with serving(Speaker()) as server:
        assert translate(server, tmp_path, "--check-meaning", "--languages", "fr") == 0
        bodies = [body for body in server.requests if asked_for_reading(body)]
    texts = (ENGLISH, RIGHT, WRONG, FRENCH, ANSWER, ANSWER_ES, ANSWER_FR)
    for body in bodies:
        whole = json.dumps(body, ensure_ascii=False)
        assert [text for text in texts if text in whole] == [asked_for_reading(body)]
        assert "translat" not in whole.casefold()
        assert body["temperature"] == 0
        assert body["response_format"]["type"] == "json_schema"
    # The source is read once for both languages unless both rows asked at the same moment.
    assert 4 <= len(bodies) <= 5


@pytest.mark.parametrize(
    ("reads", "said"),
    [
        ({ENGLISH: "I cannot say."}, "the text was not read: not_json"),
        ({WRONG: reading("year").replace("35", "34")}, "the translation was not read: missing"),
        ({WRONG: "{" * 60_000}, "the translation was not read: long_reading"),
        ({WRONG: reading("year") * 2}, "the translation was not read: not_json"),
    ],
)
def test_what_cannot_be_read_is_never_taken_for_right(tmp_path, reads, said):
    with serving(Speaker(reads)) as server:
        assert translate(server, tmp_path, "--check-meaning", "--tries", "2") == 3
    (rejected,) = decoded(tmp_path / "t.rejected.jsonl", Rejected)
    assert rejected.reason == "meaning_unread"
    assert said in rejected.detail
    kept = tmp_path / "kept"
    kept.mkdir()
    with serving(Speaker(reads)) as server:
        options = ("--check-meaning", "--tries", "2", "--keep-unread")
        assert translate(server, kept, *options) == 0
    assert len(decoded(kept / "t.jsonl", Dialogue)) == 1
    assert tallied(kept, "mended") == {"meaning_unread": 1}


def test_a_reading_that_the_endpoint_refuses_rejects_the_row_as_refused(tmp_path):
    speaker = Speaker()

    def rule(body: dict, number: int) -> Answer:
        if asked_for_reading(body) == WRONG:
            error = {"message": "This content is not allowed.", "code": "content_policy_violation"}
            return Answer(status=400, body=json.dumps({"error": error}).encode())
        return speaker(body, number)

    with serving(rule) as server:
        assert translate(server, tmp_path, "--check-meaning", "--keep-unread") == 3
    (rejected,) = decoded(tmp_path / "t.rejected.jsonl", Rejected)
    assert rejected.reason == "refused_request"


def test_thinking_around_a_reading_is_cut(tmp_path):
    thought = "<think>The text says 99 per day.</think>\n"
    reads = {text: thought + reply for text, reply in READINGS.items()}
    with serving(Speaker(reads)) as server:
        assert translate(server, tmp_path, "--check-meaning") == 0
    assert decoded(tmp_path / "t.jsonl", Dialogue)[0].turns[0] == RIGHT


def test_plain_replies_send_no_schema(tmp_path):
    with serving(Speaker()) as server:
        assert translate(server, tmp_path, "--check-meaning", "--structured", "never") == 0
        assert not any("response_format" in body for body in server.requests)


def test_a_turn_without_numbers_costs_nothing(tmp_path):
    speaker = Speaker()
    with serving(speaker) as server:
        assert translate(server, tmp_path, "--check-meaning") == 0
    assert not {ANSWER, ANSWER_ES} & set(speaker.texts)


def test_a_turn_with_too_many_numbers_is_not_asked_about(tmp_path):
    many = " ".join(str(n) for n in range(100, 150))
    row = msgspec.json.decode(rows(tmp_path / "rows.jsonl").read_bytes(), type=Dialogue)
    row = msgspec.structs.replace(row, turns=(f"The codes are {many}.", ANSWER))
    (tmp_path / "rows.jsonl").write_bytes(msgspec.json.encode(row) + b"\n")
    done = msgspec.structs.replace(
        row,
        id="es/r0",
        language="es",
        turns=(f"Los códigos son {many}.", ANSWER_ES),
        provenance=Provenance(source_id="r0", parent_id="r0"),
    )
    (tmp_path / "es.jsonl").write_bytes(msgspec.json.encode(done) + b"\n")
    with serving(Speaker()) as server:
        assert report(server, tmp_path, "es.jsonl") == 0
        assert not server.requests
    (found,) = decoded(tmp_path / "m.jsonl", MeaningRow)
    assert (found.verdict, found.detail) == ("unread", "the text was not read: 50 numbers, over 40")


def report(server: Server, folder: Path, *files: str) -> int:
    words = ["data", "meaning", *(str(folder / name) for name in files)]
    words += ["--source", str(folder / "rows.jsonl"), "-o", str(folder / "m.jsonl")]
    words += ["--model", "m", "--base-url", server.url, "--runs", str(folder / "runs")]
    return main(words)


def test_existing_rows_are_counted_by_verdict(tmp_path, capsys):
    rows(tmp_path / "rows.jsonl", count=3)
    unread = RIGHT.replace("club", "círculo")
    texts = {"r0": RIGHT, "r1": WRONG, "r2": unread}
    made = [
        Dialogue(
            id=f"es/{name}",
            language="es",
            kind="math",
            turns=(text, ANSWER_ES),
            provenance=Provenance(source_id=name, parent_id=name),
        )
        for name, text in texts.items()
    ]
    (tmp_path / "es.jsonl").write_bytes(b"".join(msgspec.json.encode(r) + b"\n" for r in made))
    with serving(Speaker({unread: "?"})) as server:
        assert report(server, tmp_path, "es.jsonl") == 0
        asked = len(server.requests)
        assert report(server, tmp_path, "es.jsonl") == 0
        assert len(server.requests) == asked
    found = {row.id: row for row in decoded(tmp_path / "m.jsonl", MeaningRow)}
    verdicts = {name: row.verdict for name, row in found.items()}
    assert verdicts == {
        "es/r0/0": "same",
        "es/r1/0": "differs",
        "es/r2/0": "unread",
    }
    assert "per month is not per year" in found["es/r1/0"].detail
    (count,) = json.loads((tmp_path / "m.counts.json").read_bytes())
    assert (count["same"], count["differs"], count["unread"]) == (1, 1, 1)
    shown = capsys.readouterr().out
    assert "not checked" in shown
    assert "meaning: " in shown


def test_rows_of_other_sources_are_named(tmp_path, capsys):
    rows(tmp_path / "rows.jsonl")
    row = msgspec.json.decode((tmp_path / "rows.jsonl").read_bytes(), type=Dialogue)
    (tmp_path / "es.jsonl").write_bytes(msgspec.json.encode(row) + b"\n")
    with serving(Speaker()) as server:
        assert report(server, tmp_path, "es.jsonl") == 3
    assert "was translated from" in capsys.readouterr().err
