"""Words that many answers got at once are told from those of single rows."""

import pytest

from harness.gate.same_words import same_words
from ultralink_data.dialogue import Dialogue, Provenance
from ultralink_data.whole.changed_rows import ChangedRow


def pair(name: str, before: str, after: str, language: str = "en") -> ChangedRow:
    old, new = (
        Dialogue(
            id=name,
            language=language,
            kind="math",
            turns=("How many?", said),
            provenance=Provenance(source_id=name),
        )
        for said in (before, after)
    )
    return ChangedRow(old, new)


@pytest.mark.parametrize(
    ("form", "named"),
    [
        ("As an AI language model, I can help. {}", True),
        ("{}\n\nI hope that this helps!", True),
        ("当然可以，我来为您解答。{}", True),
        ("{} It is {n} of them in all.", False),  # other words in each
        ("**Answer:** {}", False),
        ("{}!", False),
        ("```python\n{}\n```", False),
        ("{}", False),
    ],
)
def test_the_same_words_around_answers_are_told(form, named):
    answers = [f"There are {n} apples." for n in (7, 8, 9)]
    changed = [pair(s[10], s, form.format(s, n=s[10])) for s in answers]
    found = list(same_words(changed))
    assert [fault.row.id for fault in found] == ["7", "8", "9"] * named
    assert all(fault.reason == "same_words" and "of 3 rows" in fault.detail for fault in found)


def test_words_of_one_row_and_of_an_added_one_are_none():
    one = pair("7", "There are 7.", "Let me think of it. There are 7.")
    added = ChangedRow(None, pair("8", "x", "Let me think of it. There are 8.").after)
    assert list(same_words([one, added])) == []
