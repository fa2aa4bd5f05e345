"""Wrong words on the command line are two lines: what is wrong, and where the right ones are."""

import pytest

from harness import cli

WRONG = [
    ((), "the following arguments are required: COMMAND", "see `ultralink-bench --help`"),
    (("data",), "the following arguments are required: COMMAND", "see `ultralink-bench data"),
    (("eval",), "the following arguments are required: --model", "see `ultralink-bench eval --he"),
    (
        ("run", "--ablaton", "prune"),
        "unrecognized arguments: --ablaton",
        "did you mean --ablation?",
    ),
    (("eval", "--model", "m", "--Languages", "en"), "--Languages", "did you mean --languages?"),
    (("eval", "--model", "m", "--batch_size", "3"), "--batch_size", "did you mean --batch-size?"),
    (("eval", "--model", "m", "--lang", "en"), "--lang", "did you mean --languages?"),
    (("eval", "--model", "m", "--to", "es"), "--to", "did you mean --languages?"),
    (("train", "--lr", "1"), "--lr", "did you mean --learning-rate?"),
    (("eval", "--model", "m", "--colour", "red"), "--colour", "see `ultralink-bench eval --help`"),
    (("grade", "mgsm", "f", "--agains", "g"), "--agains", "did you mean --baseline?"),
    (("evl",), "argument COMMAND: invalid choice: 'evl'", "did you mean eval? see `ultralink-b"),
    (
        ("data", "cehck", "x"),
        "invalid choice: 'cehck'",
        "did you mean check? see `",
    ),
    (
        ("eval", "--model", "m", "--limits", "3"),
        "unrecognized arguments: --limits 3",
        "did you mean --limit? see `ultralink-bench eval --help`",
    ),
    (
        ("eval", "--model", "m", "--limit", "1", "x"),
        "unrecognized arguments: x",
        "see `ultralink-bench eval --h",
    ),
    (("--all", "eval", "--model", "m"), "unrecognized arguments: --all", "see `ultralink-bench -"),
    (
        ("run", "--ablation", "a", "--budget", "stepss"),
        "argument --budget: invalid choice: 'stepss'",
        "did you mean steps? see `ultralink-bench run --help`",
    ),
    (
        ("run", "--ablation", "a", "--seeds", "0,", "1,", "2", "--dry-run"),
        "unrecognized arguments: 1, 2",
        "values are separated by commas: --seeds 0,1,2",
    ),
    (
        ("eval", "--model", "m", "--languages", "en", "zh"),
        "unrecognized arguments: zh",
        "values are separated by commas: --languages en,zh",
    ),
    (("run", "--seeds", "x"), "argument --seeds: 'x' is not a whole number", "see `ultralink-b"),
    (
        ("eval", "--model", "m", "--limit", "1", "a\nb\x1b[31m"),
        "unrecognized arguments: a",
        "see `ultralink-bench",
    ),
    (("run", "--out", "x\udcff"), "x\\udcff is no UTF-8", "see `ultralink-bench --help`"),
]


@pytest.mark.parametrize(("words", "said", "hint"), WRONG, ids=[str(row[0]) for row in WRONG])
def test_wrong_words_are_two_lines(
    words: tuple[str, ...], said: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(list(words)) == 2
    written = capsys.readouterr()
    first, second = written.err.splitlines()
    assert first.startswith("error: ")
    assert said in first
    assert "\x1b" not in first
    assert second.startswith(f"  {hint}")
    assert written.out == ""
