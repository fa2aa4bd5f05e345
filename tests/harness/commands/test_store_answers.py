"""`store gc --older-than` removes kept answers by the age of the newest."""

import os
import time
from pathlib import Path

from harness.cli import main


def test_old_answers_go_and_new_ones_stay(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name, days in (("a" * 32, 40), ("b" * 32, 2)):
        for age in (50, days):
            path = Path("runs/answers") / name / "mgsm_en-0" / f"{age}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("{}")
            then = time.time() - age * 86400
            os.utime(path, (then, then))
    assert main(["store", "gc", "--older-than", "30", "--dry-run"]) == 0
    assert "answers older than 30 days: runs/answers/aaaa" in capsys.readouterr().out
    assert main(["store", "gc", "--older-than", "30"]) == 0
    assert [path.name for path in Path("runs/answers").iterdir()] == ["b" * 32]
    assert main(["store", "gc"]) == 0
    assert len(list(Path("runs/answers").rglob("*.json"))) == 2
