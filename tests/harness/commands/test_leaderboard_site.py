"""`leaderboard site`: what the command says of the store that it shows."""

from stored_examples import sample, store_run

from harness import cli


def test_a_store_without_scores_is_warned_of_and_its_site_written(tmp_path, capsys):
    (tmp_path / "runs").mkdir()
    words = ["leaderboard", "site", "--runs", str(tmp_path / "runs"), "-o", str(tmp_path / "site")]
    assert cli.main(words) == 0
    out, err = capsys.readouterr()
    assert out.startswith("0 runs, 0 experiments: ")
    assert "runs has a score: what can be shown was published" in "".join(err.split("\n"))
    assert (tmp_path / "site" / "index.html").is_file()
    store_run(tmp_path / "runs", "good", {("mgsm", "zh"): [sample("m1", "correct")]})
    assert cli.main(words) == 0
    out, err = capsys.readouterr()
    assert out.startswith("1 run, 0 experiments: ")
    assert "published" not in err
