"""Tables are written in the form that the file's name says."""

from leaderboard.render import to_csv, to_markdown
from leaderboard.table import text_table
from leaderboard.table_files import FORMS, write_tables

TABLES = [text_table("One", ["a", "b"], [("1", "x|y")]), text_table("Two", ["c"], [("&",)])]


def test_each_form_holds_every_table(tmp_path):
    files = {form: tmp_path / form / "t" for form in FORMS}
    assert write_tables(TABLES, files) == list(files.values())
    assert files["markdown"].read_text() == "\n".join(map(to_markdown, TABLES))
    assert files["csv"].read_bytes().decode() == "\n".join(map(to_csv, TABLES))
    latex = files["latex"].read_text()
    assert latex.startswith("% needs ")
    assert r"\&" in latex
