"""UltraLink's release form in and out, and what it says about a bad file."""

from pathlib import Path

import msgspec
import pytest
from dialogue_samples import dialogue

from ultralink_data.dialogue import Provenance
from ultralink_data.errors import ConfigError, DataError
from ultralink_data.store import release

GOOD = b'{"id":"a","data":["q","a"]}\n'

ROWS = [
    dialogue("1", turns=("2 + 2?", "4\n\n**four**"), parent="p", model="m", prompt="v1"),
    dialogue("2", turns=('"quoted" \\ \u2028', "数学：１８，\U0001f9ee", "e\u0301", "\u00e9")),
]


def written(folder: Path, content: bytes, name: str = "en_math.jsonl") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def read(path: Path):
    return list(release.read_file(path, *release.parse_file_name(path)))


def test_dialogues_come_back_whole(tmp_path):
    data, provenance = release.encode(ROWS)
    path = written(tmp_path, data)
    written(tmp_path, provenance, "en_math.provenance.jsonl")
    assert read(path) == ROWS


def test_a_system_turn_comes_back(tmp_path):
    row = msgspec.structs.replace(dialogue("7", turns=("q", "a")), system="Sé breve.")
    data, provenance = release.encode([row])
    fields = msgspec.json.decode(data)
    assert fields == {"id": "en_math_7", "data": ["q", "a"], "system": "Sé breve."}
    written(tmp_path, provenance, "en_math.provenance.jsonl")
    assert read(written(tmp_path, data)) == [row]


def test_a_released_file_comes_back_byte_for_byte(tmp_path):
    lines = [
        '{"id":"en_math_1","data":["2 + 2?","4\\n"]}',
        '{"id":"en_math_0","data":["¿Cuánto?","１８","и?","ещё"]}',
    ]
    content = "".join(f"{line}\n" for line in lines).encode()
    data, _ = release.encode(read(written(tmp_path, content)))
    assert data == content


def test_the_release_form_is_upstreams(tmp_path):
    data, _ = release.encode([dialogue("7", turns=("q1", "a1", "q2", "a2"))])
    assert msgspec.json.decode(data) == {"id": "en_math_7", "data": ["q1", "a1", "q2", "a2"]}


def test_without_a_provenance_file_a_row_is_its_own_source(tmp_path):
    assert read(written(tmp_path, GOOD))[0].provenance == Provenance(source_id="a")


def test_the_real_rows_are_read_and_written_again(benchmarks, tmp_path):
    path = benchmarks / "ultralink" / "ultralink_readme_examples.jsonl"
    rows = [row for _, row in release.decode_lines(path, release.ReleaseRow)]
    assert [row.id.partition("_")[0] for row in rows] == ["zh", "fr", "ru", "es"]
    for row in rows:
        language = row.id.partition("_")[0]
        line = msgspec.json.encode(row) + b"\n"
        file = written(tmp_path, line, f"{language}_chat_specific.jsonl")
        (found,) = read(file)
        assert (found.language, found.kind, found.turns) == (language, "chat_specific", row.data)
        assert release.encode([found])[0] == line


BAD_LINES = [
    (b'{"id":"b","data":["q","a"]', "truncated"),
    (b'{"id":"b","data":["q","a"]} trailing', "malformed"),
    (b"[]", "object"),
    (b"null", "object"),
    (b'{"id":"b","data":["q","a","q"]}', "`data` has 3 turns"),
    (b'{"id":"b","data":[]}', "`data` has no turns"),
    (b'{"id":"b","data":["q"," "]}', r"`data\[1\]` is empty"),
    (b'{"id":"b","data":["q",7]}', r"field `data\[\.\.\.\]`|field `data\[1\]`"),
    (b'{"id":"b","data":"q"}', "field `data`"),
    (b'{"id":3.5,"data":["q","a"]}', "field `id`"),
    (b'{"id":"","data":["q","a"]}', "`id` is empty"),
    (b'{"id":"b","data":["q","a"],"lang":"en"}', "unknown field `lang`"),
    (b'{"data":["q","a"]}', "missing required field `id`"),
    (b'{"id":"b"}', "missing required field `data`"),
    (b'{"id":"b","data":["q","\xff"]}', r"byte 23 is not UTF-8 \(0xff\)"),
    (b'{"id":"b","data":["q","\xe4\xb8"]}', "not UTF-8"),
    (b'{"id":"b","data":["q","\\ud800"]}', "truncated|surrogate"),
    (b'{"id":"a","data":["q","a"]}', "id 'a' stands already in line 1"),
    (b"", "the line is empty"),
    (b"  ", "the line is empty"),
]


@pytest.mark.parametrize(("line", "complaint"), BAD_LINES)
def test_a_bad_line_is_named_with_file_line_and_field(tmp_path, line, complaint):
    path = written(tmp_path, GOOD + line + b"\n" + GOOD.replace(b'"a"', b'"c"', 1))
    with pytest.raises(DataError, match=complaint) as caught:
        read(path)
    assert caught.value.message.startswith(f"{path}:2: ")
    assert "\n" not in caught.value.message


def test_a_file_of_another_kind_is_told_by_its_first_row_alone(tmp_path):
    first = written(tmp_path, b'{"id":"a","language":"en","turns":["q","a"]}\n')
    with pytest.raises(DataError, match=r"unknown field|missing required field") as caught:
        read(first)
    assert caught.value.hint.startswith("a file of another kind? Rows here have id, data. Else fix")
    later = written(tmp_path, GOOD + b'{"id":"b","turns":["q","a"]}\n')
    with pytest.raises(DataError, match=r":2: ") as caught:
        read(later)
    assert caught.value.hint.startswith("fix or delete that line")


def test_what_is_wrong_with_a_row_names_its_place():
    with pytest.raises(DataError) as caught, release.at_line(Path("a.jsonl"), 7):
        raise ConfigError("unknown language 'xx'", hint="known: en")
    assert (caught.value.message, caught.value.hint) == (
        "a.jsonl:7: unknown language 'xx'",
        "known: en",
    )


def test_lines_count_from_one(tmp_path):
    with pytest.raises(DataError, match=r"en_math\.jsonl:1: "):
        read(written(tmp_path, b"{\n"))


def test_a_last_line_without_line_end_is_a_row(tmp_path):
    assert len(read(written(tmp_path, GOOD.rstrip(b"\n")))) == 1


def test_windows_line_ends_are_read(tmp_path):
    assert read(written(tmp_path, GOOD.replace(b"\n", b"\r\n")))[0].turns == ("q", "a")


def test_a_file_without_a_row_is_refused(tmp_path):
    with pytest.raises(DataError, match="has no row"):
        read(written(tmp_path, b""))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"cannot read .*en_math\.jsonl: No such file"):
        read(tmp_path / "en_math.jsonl")


def test_provenance_of_an_unknown_row_is_refused(tmp_path):
    path = written(tmp_path, GOOD)
    _, provenance = release.encode([dialogue("9")])
    written(tmp_path, provenance, "en_math.provenance.jsonl")
    with pytest.raises(DataError, match="en_math_9"):
        read(path)


def test_a_bad_line_of_the_provenance_file_is_named(tmp_path):
    path = written(tmp_path, GOOD)
    written(tmp_path, b'{"id":"a"}\n', "en_math.provenance.jsonl")
    with pytest.raises(DataError, match=r"en_math\.provenance\.jsonl:1: .*`provenance`"):
        read(path)


@pytest.mark.parametrize("kind", ["chat_specific", "chat_agnostic", "math", "code"])
def test_language_and_kind_stand_in_the_file_name(kind):
    assert release.parse_file_name(Path("x") / release.file_name("zh", kind)) == ("zh", kind)


@pytest.mark.parametrize(
    "name", ["math.jsonl", "en_poem.jsonl", "en_math.json", "_math.jsonl", "en-math.jsonl"]
)
def test_another_file_name_is_refused(name):
    with pytest.raises(DataError, match="not named"):
        release.parse_file_name(Path(name))


def test_an_unknown_kind_is_refused_with_the_known_ones():
    with pytest.raises(DataError, match="poem") as caught:
        release.as_kind("poem")
    assert "chat_agnostic" in caught.value.hint


@pytest.mark.parametrize(
    ("line", "key"),
    [
        (b'{"a": 1, "b": 2}', None),
        (b'{"a": 1, "a": 1}', "a"),
        (b'{"a": {"b": 1}, "c": {"b": 2}}', None),
        (b'{"a": [{"b": 1, "c": 2, "b": 3}]}', "b"),
        (b'{"a": 1, "\\u0061": 2}', "a"),
        (b'{"a": "\\"a\\": 1, \\"a\\": 2"}', None),
        (b'["a", "a"]', None),
    ],
)
def test_a_key_given_twice_is_found_at_any_depth(line, key):
    assert release.repeated_key(line) == key


@pytest.mark.parametrize(("written_id", "digits"), [("7", "7"), ("0", "0"), ("-3", "-3")])
def test_an_id_that_is_an_integer_is_its_digits(tmp_path, written_id, digits):
    line = b'{"id":%s,"data":["q","a"]}\n' % written_id.encode()
    path = written(tmp_path, line)
    (tmp_path / "provenance").mkdir()
    origin = b'{"id":%s,"provenance":{"source_id":12,"parent_id":3}}\n' % written_id.encode()
    written(tmp_path / "provenance", origin, "en_math.jsonl")
    (row,) = read(path)
    assert row.id == digits
    assert (row.provenance.source_id, row.provenance.parent_id) == ("12", "3")


def test_an_integer_longer_than_a_machine_word_keeps_its_digits(tmp_path):
    path = written(tmp_path, b'{"id":123456789012345678901234567890,"data":["q","a"]}\n')
    (row,) = read(path)
    assert row.id == "123456789012345678901234567890"


def test_the_same_id_as_text_and_as_integer_is_one(tmp_path):
    lines = b'{"id":"7","data":["q","a"]}\n{"id":7,"data":["q","a"]}\n'
    path = written(tmp_path, lines)
    with pytest.raises(DataError, match="id '7' stands already in line 1"):
        read(path)


@pytest.mark.parametrize("value", ["12", "3.5", "true"])
def test_a_text_that_became_a_number_names_the_likely_cause(tmp_path, value):
    path = written(tmp_path, b'{"id":"a","data":["q",%s]}\n' % value.encode())
    with pytest.raises(
        DataError, match=r":1: Expected `str`, got .* at field `data\[1\]`"
    ) as found:
        read(path)
    assert "`datasets` 5.2" in found.value.hint
    assert "features=" in found.value.hint


@pytest.mark.parametrize("value", ["null", '{"from": "gpt"}', '["a"]'])
def test_other_wrong_types_are_not_blamed_on_datasets(tmp_path, value):
    path = written(tmp_path, b'{"id":"a","data":["q",%s]}\n' % value.encode())
    with pytest.raises(DataError) as found:
        read(path)
    assert "`datasets`" not in found.value.hint
