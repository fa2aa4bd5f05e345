"""`data stats`: the paper's table, its card and its JSON."""

import json

import msgspec
import pytest
import yaml
from dialogue_samples import dialogue, parallel
from markdown_it import MarkdownIt

from harness.cli import main
from leaderboard.dataset_card import card
from leaderboard.dataset_tables import paper_table
from ultralink_data.stage.outcome import BuildingStage, Spent, StageFile, StageManifest, Tally
from ultralink_data.store import dataset
from ultralink_data.store.front_matter import size_category
from ultralink_data.whole.describe import describe

HOSTILE = "m`\n# Owned <script> | x\x1b[2J"


def stage(**changes):
    made = StageManifest(
        stage=BuildingStage(
            name="ground", config='{"a":"```` <b>"}', inputs=("abc",), code_version="c"
        ),
        rows_in=12,
        accepted=9,
        rejected=3,
        tallies=(
            Tally(language="fr", what="accepted", reason="", count=9),
            Tally(language="fr", what="rejected", reason="refusal", count=3),
            Tally(language="fr", what="mended", reason="ended_at_echo", count=2),
        ),
        spent=Spent(replies=40, prompt_tokens=100, completion_tokens=50),
        files=(StageFile(name="d.jsonl", rows=9, bytes=1, sha256="d"),),
    )
    return msgspec.structs.replace(made, **changes)


@pytest.fixture
def folder(tmp_path):
    rows = [*parallel(120), dialogue("m", "fr", "chat_specific", model=HOSTILE, prompt="v1")]
    dataset.write(
        tmp_path / "d", rows, recipe="convert(x)", stages=[stage()], dropped={"refusal": 3}
    )
    return tmp_path / "d"


def cells_of(table, language, kind):
    (row,) = [r for r in table.rows if (r.cells[0].text, r.cells[1].text) == (language, kind)]
    return {c.name: cell.raw for c, cell in zip(table.columns, row.cells, strict=True)}


def test_the_table_has_the_papers_columns_and_sums(folder):
    cells = describe(dataset.stream(folder))
    table = paper_table("t", cells, "by estimate")
    one = cells_of(table, "zh", "math")
    assert one["dialogues"] == one["turns"] == one["sources"] == 120
    assert (one["question"], one["answer"], one["turn"]) == (8, 6, 14)
    assert cells_of(table, "zh", "all")["dialogues"] == 242
    assert cells_of(table, "all", "math")["dialogues"] == 360
    everything = cells_of(table, "all", "all")
    assert everything["dialogues"] == sum(cell.dialogues for cell in cells) == 727
    assert everything["turn"] == pytest.approx(
        sum(cell.tokens for cell in cells) / everything["turns"]
    )


def test_the_command_writes_table_json_and_card(folder, tmp_path, capsys):
    words = ["data", "stats", str(folder), "-o", str(tmp_path / "s.json")]
    assert main([*words, "--card", str(tmp_path / "README.md"), "--title", "My set"]) == 0
    out = capsys.readouterr().out
    manifest = dataset.read_manifest(folder)
    assert manifest.fingerprint in out
    found = json.loads((tmp_path / "s.json").read_text())
    assert found["fingerprint"] == manifest.fingerprint
    assert sum(cell["dialogues"] for cell in found["cells"]) == 727
    assert "\n# My set\n" in (tmp_path / "README.md").read_text()


def front_matter(text):
    _, head, body = text.split("---\n", 2)
    return yaml.safe_load(head), body


def test_the_front_matter_is_yaml_with_languages_size_and_files(folder):
    manifest = dataset.read_manifest(folder)
    title = 'a "b": \\ - c\n---\n# d'
    head, _ = front_matter(card(title, manifest, describe(dataset.stream(folder)), "x"))
    assert head["pretty_name"] == title
    assert head["language"] == ["en", "fr", "zh"]
    assert head["size_categories"] == ["n<1K"]
    assert head["license"] == "unknown"
    files = {config["config_name"]: config["data_files"] for config in head["configs"]}
    assert files["zh_math"] == "zh_math.jsonl"
    assert len(files) == 12


def test_the_card_says_how_the_rows_came_about(folder):
    manifest = dataset.read_manifest(folder)
    _, body = front_matter(card("t", manifest, describe(dataset.stream(folder)), "by estimate"))
    for fact in (
        manifest.fingerprint,
        "`convert(x)`",
        "Stage 1: ground",
        "| refusal | 3 |",
        "12 rows in, 3 rejected",
        "2 rows were changed before they were taken",
        "Under 100 dialogues, too few to speak for a language: en chat_specific (1)",
        "CC BY-SA",
        "MetaMathQA",
        "`v1`",
    ):
        assert fact in body


def test_settings_that_are_no_json_stand_as_they_are(folder):
    made = stage(stage=msgspec.structs.replace(stage().stage, name="sources", config="magicoder"))
    manifest = msgspec.structs.replace(dataset.read_manifest(folder), stages=(made,))
    text = card("t", manifest, describe(dataset.stream(folder)), "x")
    assert '```json\n"magicoder"\n```' in text
    assert "| code | Magicoder | MIT | yes |" in text
    assert "| math | MetaMathQA | MIT | not said |" in text


def test_nothing_from_a_manifest_or_model_becomes_markup(folder):
    manifest = msgspec.structs.replace(
        dataset.read_manifest(folder), recipe=HOSTILE, dropped={HOSTILE: 1}
    )
    text = card(HOSTILE, manifest, describe(dataset.stream(folder)), "x")
    _, body = front_matter(text)
    assert "\x1b" not in text
    tokens = MarkdownIt("commonmark").enable("table").parse(body)
    inline = [child for token in tokens for child in token.children or [] if token.children]
    kinds = {token.type for token in (*tokens, *inline)}
    assert not {kind for kind in kinds if kind.startswith(("html", "link", "image"))}
    titles = [tokens[n + 1].content for n, t in enumerate(tokens) if t.type == "heading_open"]
    assert len([title for title in titles if "Owned" in title]) == 1, "only the card's own title"
    (fence,) = [token.content for token in tokens if token.type == "fence"]
    assert json.loads(fence) == {"a": "```` <b>"}


@pytest.mark.parametrize(
    ("rows", "word"),
    [(0, "n<1K"), (999, "n<1K"), (1000, "1K<n<10K"), (10**6, "1M<n<10M"), (10**9, "n>1B")],
)
def test_sizes_are_the_hubs_words(rows, word):
    assert size_category(rows) == word


def test_a_card_needs_a_manifest(folder, tmp_path, capsys):
    (folder / "manifest.json").unlink()
    assert main(["data", "stats", str(folder), "--card", str(tmp_path / "c.md")]) == 2
    assert "data convert" in capsys.readouterr().err
    assert not (tmp_path / "c.md").exists()
    assert main(["data", "stats", str(folder / "zh_math.jsonl")]) == 0


@pytest.mark.parametrize(("option", "name"), [("-o", "s.json"), ("--card", "README.md")])
def test_a_file_that_is_neither_card_nor_numbers_stays(folder, tmp_path, capsys, option, name):
    words = ["data", "stats", str(folder), option, str(tmp_path / name)]
    assert main(words) == main(words) == 0
    (tmp_path / name).write_text("[1]")
    assert main(words) == 2
    assert "move it away" in capsys.readouterr().err
    assert (tmp_path / name).read_text() == "[1]"


@pytest.fixture
def tokenizer(tmp_path):
    """A tokenizer folder whose tokens are words and marks."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    plain = Tokenizer(models.WordLevel({"<unk>": 0, "It": 1}, unk_token="<unk>"))
    plain.pre_tokenizer = pre_tokenizers.Whitespace()
    PreTrainedTokenizerFast(tokenizer_object=plain, unk_token="<unk>").save_pretrained(
        tmp_path / "words"
    )
    return tmp_path / "words"


def counted(folder, tokenizer, out):
    words = ["data", "stats", str(folder), "--tokenizer", str(tokenizer), "-o", str(out)]
    assert main(words) == 0
    found = json.loads(out.read_text())
    (cell,) = [c for c in found["cells"] if (c["language"], c["kind"]) == ("en", "math")]
    return cell["question_tokens"], found["tokens_counted"]


def test_a_tokenizer_counts_exactly(folder, tokenizer, tmp_path):
    tokens, how = counted(folder, tokenizer, tmp_path / "s.json")
    assert tokens == 120 * len(["How", "many", "?"])
    assert how == "by the tokenizer words, without special tokens"


def test_a_tokenizer_that_would_be_misread_is_told_and_counts_as_stored(folder, tmp_path, capsys):
    from train.micro_tokenizer import train_tokenizer

    train_tokenizer(["How many?"] * 3, 300, tmp_path / "right")
    expected, _ = counted(folder, tmp_path / "right", tmp_path / "right.json")
    assert "tokenizer.json" not in capsys.readouterr().err
    wrong = tmp_path / "right" / "tokenizer_config.json"
    named = json.loads(wrong.read_text()) | {"tokenizer_class": "LlamaTokenizerFast"}
    wrong.write_text(json.dumps(named))
    (tmp_path / "right" / "config.json").write_text('{"model_type": "llama"}')
    assert counted(folder, tmp_path / "right", tmp_path / "wrong.json")[0] == expected
    assert "tokenizer.json is used as it is" in " ".join(capsys.readouterr().err.split())


@pytest.mark.slow
def test_a_gguf_files_tokenizer_counts_too(folder, smollm2, tmp_path):
    from train.loading import load_tokenizer

    each = load_tokenizer(smollm2)("How many?", add_special_tokens=False)["input_ids"]
    tokens, how = counted(folder, smollm2, tmp_path / "s.json")
    assert tokens == 120 * len(each)
    assert "SmolLM2" in how


def test_a_tokenizer_that_is_not_there_is_two_lines(folder, capsys):
    assert main(["data", "stats", str(folder), "--tokenizer", "nowhere/at/all"]) == 3
    assert "no model at nowhere/at/all" in capsys.readouterr().err


def test_the_hubs_library_loads_the_files_that_the_card_names(folder, tmp_path, monkeypatch):
    for name in ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE"):
        monkeypatch.setenv(name, "1")
    import datasets

    cells = describe(dataset.stream(folder))
    (folder / "README.md").write_text(card("t", dataset.read_manifest(folder), cells, "x"))
    dataset.check(folder)
    loaded = datasets.load_dataset(str(folder), "zh_math", cache_dir=str(tmp_path / "cache"))
    assert loaded["train"].num_rows == 120
    assert loaded["train"][0]["data"] == ["How many?", "Three."]


def test_the_table_says_how_many_rows_have_a_system_turn():
    rows = parallel(2)
    told = [msgspec.structs.replace(row, system="Say so. " * 4) for row in rows]

    def said(count):
        cells = describe([*told[:count], *rows[count:]])
        notes = paper_table("t", cells, "by estimate").notes
        return [note for note in notes if "system turn" in note]

    assert said(0) == []
    assert said(1) == ["1 row has a system turn, 8 tokens in all, which are in no column"]
    assert said(3) == ["3 rows have a system turn, 24 tokens in all, which are in no column"]
