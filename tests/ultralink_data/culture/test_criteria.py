import msgspec
import pytest

from ultralink_data.culture.criteria import (
    CRITERIA,
    CultureLabel,
    CultureVerdict,
    first_of_each,
    label,
)
from ultralink_data.stage.outcome import Finding
from ultralink_data.starter.culture_cases import labels, rows


def finding(name: str, evidence: str = "x") -> Finding:
    return Finding(name=name, evidence=evidence)


def test_a_verdict_knows_its_total_and_scores():
    found = CultureVerdict(
        id="a", language="en", by="model", complete=True, findings=(finding("places"),)
    )
    assert found.total == 1
    assert [found.score(name) for name in CRITERIA] == [0, 0, 1, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("findings", "by", "complete", "says"),
    [
        (("places", "places"), "model", True, "occurs twice"),
        (("weather",), "model", True, "unknown criterion 'weather'"),
        ((), "keywords", True, "never judge all"),
    ],
)
def test_a_verdict_that_cannot_be_is_refused(findings, by, complete, says):
    with pytest.raises(ValueError, match=says):
        CultureVerdict(
            id="a",
            language="en",
            by=by,
            complete=complete,
            findings=tuple(map(finding, findings)),
        )


def test_a_label_needs_all_seven_as_0_or_1():
    line = b'{"id":"a","human_names":0,"code_formulas":0,"places":2,"conventions":0}'
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(line, type=CultureLabel)
    assert label("a", ["places"]).total == 1
    with pytest.raises(ValueError, match="weather"):
        label("a", ["weather"])


def test_the_first_finding_of_each_criterion_stays_in_their_order():
    found = (finding("places", "b"), finding("human_names"), finding("places", "c"))
    assert [(x.name, x.evidence) for x in first_of_each(found)] == [
        ("human_names", "x"),
        ("places", "b"),
    ]


def test_the_starter_set_gives_rows_and_labels_of_the_same_chats():
    assert [row.id for row in rows()] == [one.id for one in labels()]
    assert {row.kind for row in rows()} == {"chat_agnostic"}
    assert {one.total > 0 for one in labels()} == {True, False}
    for one in labels():
        assert (one.total > 0) == one.id.startswith("en-specific-")
