"""`run --with NAME=VALUE`: parameters that only one ablation has, in ours and in a user's file."""

from typing import Literal

import msgspec
import pytest
from command_line import Bench

from harness.experiment import profiles
from harness.experiment.ablation import Ablation, DataStage, Variant
from harness.experiment.ablation_parameters import arranged
from ultralink_data.errors import ConfigError

TINY = profiles.get("tiny")


class Knobs(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of every type that a parameter may have."""

    file: str = ""
    count: int = 3
    share: float | None = 0.5
    way: Literal["short", "long"] = "short"
    codes: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()


def knobs(ablation, parameters, config):
    told = msgspec.json.encode(parameters).decode()
    return msgspec.structs.replace(ablation, question=told, caveats=(config.profile,))


def with_knobs(arrange=knobs, **changes):
    fields = {
        "name": "mine",
        "question": "?",
        "reference": "a",
        "variants": (Variant(name="a", label="A"), Variant(name="b", label="B")),
        "parameters": Knobs(),
        "arrange": arrange,
    }
    return Ablation(**fields | changes)


def values(*given):
    return msgspec.json.decode(arranged(with_knobs(), given, TINY).question, type=Knobs)


def test_parameters_have_their_defaults_and_arrange_sees_the_config():
    made = arranged(with_knobs(), (), TINY)
    assert msgspec.json.decode(made.question, type=Knobs) == Knobs()
    assert made.caveats == ("tiny",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("file=a=b.jsonl", {"file": "a=b.jsonl"}),
        ("file=12", {"file": "12"}),
        ("file=true", {"file": "true"}),
        ("count=12", {"count": 12}),
        ("share=null", {"share": None}),
        ("share=1", {"share": 1.0}),
        ("way=long", {"way": "long"}),
        ("codes=en,zh", {"codes": ("en", "zh")}),
        ("codes=", {"codes": ()}),
        ("sizes=1,2", {"sizes": (1, 2)}),
    ],
)
def test_a_value_is_read_as_its_type_wants_it(text, expected):
    assert values(text) == Knobs(**expected)


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        (("fil=x",), "unknown parameter of mine 'fil'"),
        (("file",), "--with file: it has no value"),
        (("count=1", "count=2"), "count is given twice"),
        (("count=many",), "--with count=many: Expected `int`"),
        (("way=middle",), "Invalid enum value 'middle'"),
    ],
)
def test_what_does_not_fit_is_refused(given, complaint):
    with pytest.raises(ConfigError, match=complaint):
        arranged(with_knobs(), given, TINY)


def test_an_ablation_without_parameters_takes_none():
    plain = with_knobs(None, parameters=None)
    assert arranged(plain, (), TINY) is plain
    with pytest.raises(ConfigError, match="ablation mine has no parameters"):
        arranged(plain, ("x=1",), TINY)


def halve(rows, config):
    return rows[::2]


STAGE = DataStage(name="halve", config_type=Knobs, run=halve)


@pytest.mark.parametrize(
    ("arrange", "complaint"),
    [
        (lambda *_: None, "gave a NoneType"),
        (lambda a, *_: msgspec.structs.replace(a, name="other"), "changes 'name'"),
        (lambda a, *_: msgspec.structs.replace(a, stages=(STAGE,)), "changes 'stages'"),
    ],
)
def test_an_arrange_that_gives_something_else_is_refused(arrange, complaint):
    with pytest.raises(ConfigError, match=complaint):
        arranged(with_knobs(arrange), (), TINY)


def test_names_are_checked_again_after_arrange():
    wrong = with_knobs(lambda a, *_: msgspec.structs.replace(a, reference="c"))
    with pytest.raises(ValueError, match="reference 'c' is unknown"):
        arranged(wrong, (), TINY)


OWN = '''
"""Only rows whose answers are short; how short, the command says."""
import msgspec

from harness.experiment.ablation import Ablation, DataStage, Variant


class Short(msgspec.Struct, frozen=True):
    """Longest answer in characters."""

    characters: int = 80


def short(rows, config):
    """The rows with short answers."""
    return [row for row in rows if sum(map(len, row.turns[1::2])) <= config.characters]


def arrange(ablation, parameters, config):
    """One variant, as long as the command says."""
    variant = Variant(
        name=f"at-most-{parameters.characters}", label="short", stages={"short": parameters}
    )
    return msgspec.structs.replace(ablation, variants=(*ablation.variants, variant))


ABLATION = Ablation(
    name="short-answers",
    question="Do short answers do?",
    reference="whole",
    variants=(Variant(name="whole", label="all rows"),),
    stages=(DataStage(name="short", config_type=Short, run=short),),
    parameters=Short(),
    arrange=arrange,
)
'''


def test_a_users_ablation_takes_parameters_too(finished: Bench):
    (finished.home / "own.py").write_text(OWN)
    words = ("run", "--ablation", "own.py", "--profile", "tiny", "--dry-run")
    assert "at-most-80" in finished(*words).ok().out
    done = finished(*words, "--with", "characters=120").ok()
    assert "at-most-120" in done.out
    assert 'parameters of short-answers (--with NAME=VALUE):\n{\n  "characters": 120\n}' in done.out
    assert "at-most-80" not in done.out
    done = finished(*words, "--with", "characters=few")
    assert done.code == 2
    assert done.complaint[0].startswith("error: parameters of short-answers: --with characters=few")
