"""`data ground` against a scripted model behind real HTTP: faults, kills, second runs."""

import hashlib
import json
import random
import time
from pathlib import Path

import msgspec
import pytest
from scripted_model import FAULTS, WRONG, Model, killed, river_answer, stored

from harness.cli import main
from tests.llm_server import Answer, Server, refusing, serving
from ultralink_data.dialogue import Dialogue
from ultralink_data.documents import Page
from ultralink_data.stage.outcome import Rejected, StageManifest

FINAL = ("d.jsonl", "d.rejected.jsonl")


def reply(messages: list[dict]) -> str:
    asked = messages[-1]["content"]
    if "Write only the question" in asked or "Write only the question" in messages[0]["content"]:
        mark = int(hashlib.sha256(json.dumps(messages).encode()).hexdigest()[:8], 16)
        return f"What do people who live near the river number {mark} say about its water?"
    return river_answer(messages)


def write_pages(path: Path, count: int) -> Path:
    pages = (
        Page(
            id=f"en:{n}",
            language="en",
            title=f"River {n}",
            revision="1",
            text=f"The river number {n} rises in the hills. " * 5,
        )
        for n in range(count)
    )
    path.write_bytes(b"".join(msgspec.json.encode(page) + b"\n" for page in pages))
    return path


def command(server: Server, folder: Path, pages: Path, *more: str) -> list[str]:
    words = ["data", "ground", str(pages), "-o", str(folder / "d.jsonl"), "--model", "m"]
    words += ["--base-url", server.url, "--runs", str(folder / "runs"), "--request-timeout", "9"]
    return [*words, "--concurrency", "8", *more]


def rows(path: Path, kind: type) -> list:
    return [msgspec.json.decode(line, type=kind) for line in path.read_bytes().splitlines()]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits after a fault are as short as a test wants them."""
    monkeypatch.setattr("ultralink_data.llm.client.Client._pause", lambda *_: 0.01)


def test_pages_become_dialogues_and_a_second_run_asks_nothing(tmp_path, capsys):
    pages = write_pages(tmp_path / "pages.jsonl", 12)
    model = Model(reply)
    with serving(model) as server:
        assert main(command(server, tmp_path, pages)) == 0
        asked = len(server.requests)
        assert main(command(server, tmp_path, pages)) == 0
        assert len(server.requests) == asked
    dialogues = rows(tmp_path / "d.jsonl", Dialogue)
    assert [d.id for d in dialogues] == [f"en:{n}#0" for n in range(12)]
    assert len({len(d.turns) for d in dialogues}) > 1
    assert sum(len(d.turns) for d in dialogues) == asked
    shown = capsys.readouterr().out
    assert "accepted rows" in shown
    assert "12 rows in, 0 rejected" in shown


ODD_TEXTS = {
    "en": ("\n\nThe river rises in the hills.", " \n\n"),
    "zh": ("\n\n这条河发源于山区。", "\n\u3000\n"),
    "ar": ("\r\n\r\nينبع النهر من التلال.", "\n"),
    "hi": ("\n \nनदी पहाड़ियों से निकलती है।", "\t"),
}


def test_pages_that_begin_with_an_empty_line_or_hold_blanks_alone_break_nothing(tmp_path, capsys):
    pages = tmp_path / "pages.jsonl"
    found = [
        Page(id=f"{code}:{n}", language=code, title="R", revision="1", text=text)
        for code, texts in ODD_TEXTS.items()
        for n, text in enumerate(texts)
    ]
    pages.write_bytes(b"\n".join(map(msgspec.json.encode, found)))
    with serving(Model(reply)) as server:
        assert main(command(server, tmp_path, pages, "--tries", "1")) == 0
    assert [d.id for d in rows(tmp_path / "d.jsonl", Dialogue)] == ["en:0#0"]
    rejected = rows(tmp_path / "d.rejected.jsonl", Rejected)
    assert [(r.id, r.reason) for r in rejected] == [
        (f"{code}:0#0", "wrong_language") for code in ("zh", "ar", "hi")
    ]


def test_what_the_endpoint_does_not_take_is_said_once_and_stands_in_the_manifest(tmp_path, capsys):
    pages = write_pages(tmp_path / "pages.jsonl", 12)
    model = Model(reply)
    with serving(refusing("seed", "temperature", "max_tokens", by="words", then=model)) as server:
        own = ("--extra-body", '{"think": false}')
        assert main(command(server, tmp_path, pages, *own)) == 0
    out, err = capsys.readouterr()
    assert "the model does not take seed, temperature: asked without" in out
    for name in ("seed", "temperature"):
        assert err.count(f"does not take {name}") == 1
    text = (tmp_path / "d.manifest.json").read_bytes()
    manifest = msgspec.json.decode(text, type=StageManifest)
    assert manifest.left_out == ("seed", "temperature")
    assert '"extra_body":{"think":false}' in manifest.stage.config
    sent = server.requests[-1]
    assert (sent["think"], "max_completion_tokens" in sent) == (False, True)
    assert manifest.accepted == 12


@pytest.mark.parametrize("count", [150, pytest.param(1000, marks=pytest.mark.slow)])
def test_every_row_ends_accepted_or_rejected_whatever_the_endpoint_does(tmp_path, count):
    pages = write_pages(tmp_path / "pages.jsonl", count)
    model = Model(reply, faults=0.2)
    more = ["--tries", "2", "--request-timeout", "0.5", "--concurrency", "16"]
    with serving(model) as server:
        assert main(command(server, tmp_path, pages, *more)) == 0
    assert set(model.kinds) == {name for name, _ in (*FAULTS, *WRONG)}
    accepted = {d.id for d in rows(tmp_path / "d.jsonl", Dialogue)}
    rejected = {r.id: r for r in rows(tmp_path / "d.rejected.jsonl", Rejected)}
    assert accepted | set(rejected) == {f"en:{n}#0" for n in range(count)}
    assert not accepted & set(rejected)
    assert {r.reason for r in rejected.values()} <= {
        "refusal",
        "wrong_language",
        "source_mention",
        "no_question",
    } | {"empty"}
    manifest = msgspec.json.decode((tmp_path / "d.manifest.json").read_bytes(), type=StageManifest)
    assert manifest.rows_in == count == len(accepted) + len(rejected)
    # Not what the server sent: on a busy machine an answer can come later than it is waited for.
    assert manifest.spent.replies == stored(tmp_path)


@pytest.mark.parametrize(
    ("status", "after"), [(402, 0), (402, 3), (400, 0), (400, 3)], ids=lambda x: str(x)
)
def test_a_used_up_account_rejects_no_row_and_the_run_goes_on_when_it_is_paid(
    tmp_path, capsys, status, after
):
    pages = write_pages(tmp_path / "pages.jsonl", 40)
    model = Model(reply)
    no = Answer(status=status, body=b'{"error": {"message": "Insufficient Balance"}}')
    with serving(lambda body, number: no if number >= after else model(body, number)) as server:
        assert main(command(server, tmp_path, pages)) == 3
        assert "Insufficient Balance" in capsys.readouterr().err
        assert not (tmp_path / "d.jsonl").exists()
        server.rule = model
        assert main(command(server, tmp_path, pages)) == 0
    assert len(rows(tmp_path / "d.jsonl", Dialogue)) == 40


@pytest.mark.parametrize("concurrency", ["1", "8"])
@pytest.mark.parametrize("forbidden", [0, 11])
def test_a_row_that_is_forbidden_holds_up_no_other(tmp_path, concurrency, forbidden):
    pages = write_pages(tmp_path / "pages.jsonl", 12)
    model, no = Model(reply), Answer(status=403, body=b'{"error": {"message": "moderated"}}')

    def moderated(body: dict, number: int) -> Answer:
        found = f"river number {forbidden} rises" in json.dumps(body)
        return no if found else model(body, number)

    with serving(moderated) as server:
        assert main(command(server, tmp_path, pages, "--concurrency", concurrency)) == 0
    (rejected,) = rows(tmp_path / "d.rejected.jsonl", Rejected)
    assert (rejected.id, rejected.reason) == (f"en:{forbidden}#0", "refused_request")


def test_an_endpoint_that_forbids_everything_ends_the_run(tmp_path, capsys):
    pages = write_pages(tmp_path / "pages.jsonl", 40)
    no = Answer(status=403, body=b'{"error": {"message": "wrong key"}}')
    with serving(lambda body, number: no) as server:
        assert main(command(server, tmp_path, pages)) == 3
        assert len(server.requests) <= 12
    assert "wrong key" in capsys.readouterr().err
    assert not (tmp_path / "d.jsonl").exists()


def test_the_cost_of_the_replies_stands_in_the_manifest_and_the_table(tmp_path, capsys):
    pages = write_pages(tmp_path / "pages.jsonl", 12)
    prices = ["--price-in", "1000", "--price-out", "2000"]
    with serving(Model(reply)) as server:
        words = command(server, tmp_path, pages, *prices)
        assert main([*words, "--max-cost", "1"]) == 4
        assert main(words) == 0
        asked = len(server.requests)
    path = tmp_path / "d.manifest.json"
    manifest = msgspec.json.decode(path.read_bytes(), type=StageManifest)
    assert manifest.cost == pytest.approx(asked * 0.12)  # those of both runs
    assert f"which cost {manifest.cost:.4g}" in capsys.readouterr().out


@pytest.mark.parametrize("kills", [4, pytest.param(20, marks=pytest.mark.slow)])
def test_a_killed_run_ends_with_the_same_bytes_and_asks_nothing_stored_again(tmp_path, kills):
    count = 15 * kills
    pages = write_pages(tmp_path / "pages.jsonl", count)
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    # Without time-outs: on a busy machine an answer that counts as sent could miss a short one.
    model = Model(reply, faults=0.05, wait=0.01, leave_out=("time-out",))
    with serving(model) as server:
        assert main(command(server, whole, pages)) == 0
        asked = sum(model.answered.values())
        model.seen.clear()
        model.answered.clear()
        words = command(server, broken, pages)
        dice = random.Random(kills)
        lost = 0
        for _ in range(kills):
            assert killed(words, server, dice.randint(1, asked // (kills + 2)))
            time.sleep(0.2)  # what was under way at the server comes to its end
            now_lost = sum(model.answered.values()) - stored(broken)
            assert lost <= now_lost <= lost + 8  # at most what was in flight
            lost = now_lost
        # The scripted server's address is part of the settings, so both runs are equal in it.
        assert main(words) == 0
        assert sum(model.answered.values()) - stored(broken) == lost
    for name in FINAL:
        assert (whole / name).read_bytes() == (broken / name).read_bytes()
    assert sorted(p.name for p in broken.iterdir()) == [
        "d.jsonl",
        "d.manifest.json",
        "d.rejected.jsonl",
        "runs",
    ]


def test_a_budget_ends_the_run_and_a_higher_one_goes_on(tmp_path, capsys):
    pages = write_pages(tmp_path / "pages.jsonl", 30)
    prices = ["--price-in", "1000", "--price-out", "1000"]
    with serving(Model(reply)) as server:
        assert main(command(server, tmp_path, pages, *prices, "--max-cost", "8")) == 4
        asked = len(server.requests)
        assert 0 < asked * 0.11 <= 8
        assert not (tmp_path / "d.jsonl").exists()
        assert "could exceed the budget of 8" in capsys.readouterr().err
        assert main(command(server, tmp_path, pages, *prices)) == 0
        assert len(server.requests) == sum(
            len(d.turns) for d in rows(tmp_path / "d.jsonl", Dialogue)
        )


def test_a_bad_page_is_named_with_its_line(tmp_path, capsys):
    pages = write_pages(tmp_path / "pages.jsonl", 3)
    pages.write_bytes(pages.read_bytes() + b'{"id": "en:9"}\n')
    with serving(Model(reply)) as server:
        assert main(command(server, tmp_path, pages)) == 3
        assert not server.requests
    assert "pages.jsonl:4: " in capsys.readouterr().err


def test_other_settings_never_write_over_a_finished_file(tmp_path, capsys):
    pages = write_pages(tmp_path / "pages.jsonl", 3)
    with serving(Model(reply)) as server:
        assert main(command(server, tmp_path, pages)) == 0
        assert main(command(server, tmp_path, pages, "--seed", "1")) == 2
    assert "exists already, made by `ground`" in capsys.readouterr().err
