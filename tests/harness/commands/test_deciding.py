"""What a policy names and a run does not ask is told before the work."""

import pytest

from harness.commands.deciding import warn_of_unasked
from harness.experiment import profiles
from harness.experiment.policy_file import read_policy


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[tasks.starter_math]\nmargin = 0.05", ""),
        ("[tasks.starter_math.languages.non-en]\n[tasks.starter_math.languages.zh]", ""),
        ("[tasks.starter_maths]", "starter_maths will stand as MISSING"),
        ("[tasks.humaneval]\ntier = 'advisory'", ""),
        (
            "[tasks.starter_math.languages.fr]\n[tasks.mgsm.languages.sw]",
            "starter_math fr, mgsm sw will stand as MISSING, and nothing passes (asked: "
            "starter_math in en, zh)",
        ),
        ("tier = 'supporting'\n[tasks.mgsm]\n[tasks.mgsm.languages.sw]\ntier = 'critical'", "sw"),
    ],
)
def test_critical_cells_that_are_not_asked_are_named_before_the_work(tmp_path, capsys, text, said):
    path = tmp_path / "policy.toml"
    path.write_text(text)
    warn_of_unasked(read_policy(path), profiles.tiny())
    err = capsys.readouterr().err
    assert bool(err) == bool(said)
    assert said in err
