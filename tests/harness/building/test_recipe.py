"""A recipe is read strictly: what is wrong in it is said before anything runs."""

import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from harness.building.recipe import read_recipe
from harness.building.recipe_parts import Recipe
from harness.engine.source_hash import ROOT
from ultralink_data.errors import BenchError, ConfigError, DataError, PrerequisiteError

WHOLE = """
max_cost = 2.5
[models.m]
base_url = "http://127.0.0.1:1/v1"
model = "small"
price_in = 1.0
[[articles]]
file = "es.xml"
language = "es"
bounds = { min_tokens = 10 }
[ground]
model = "m"
limit = 3
config = { asking = { tries = 2 } }
[[sources]]
file = "chats.json"
source = "sharegpt"
[filter]
model = "m"
config = { threshold = 1 }
[translate]
model = "m"
languages = ["es", "zh"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("es.xml", "chats.json"):
        (tmp_path / name).touch()
    return tmp_path


def recipe_file(folder: Path, text: str) -> Path:
    path = folder / "recipe.toml"
    path.write_text(text)
    return path


def test_an_endpoint_is_described_as_on_the_command_line(folder):
    own = 'price_in = 1.0\nnever_send = ["seed"]\nthinking = "strip"\ntemperature = 0.6\n'
    own += "extra_body = { chat_template_kwargs = { enable_thinking = false } }"
    recipe = read_recipe(recipe_file(folder, WHOLE.replace("price_in = 1.0", own)))
    found = recipe.models["m"].identity
    assert (found.never_send, found.thinking, found.temperature) == (("seed",), "strip", 0.6)
    assert found.extra_body == {"chat_template_kwargs": {"enable_thinking": False}}
    settings = ['models.m.never_send=["stop"]', "models.m.concurrency=2"]
    with_more = read_recipe(folder / "recipe.toml", settings)
    assert with_more.models["m"].never_send == ("stop",)
    assert with_more.models["m"].concurrency == 2


def test_fields_and_defaults_are_typed(folder):
    recipe = read_recipe(recipe_file(folder, WHOLE))
    assert recipe.ground is not None
    assert (recipe.ground.limit, recipe.ground.config.asking.tries) == (3, 2)
    assert recipe.ground.config.context_tokens == 4070
    assert recipe.articles[0].bounds.min_tokens == 10
    assert recipe.translate is not None
    assert recipe.translate.languages == ("es", "zh")
    assert recipe.keep_english


def test_a_setting_changes_a_field(folder):
    path = recipe_file(folder, WHOLE)
    recipe = read_recipe(path, ["ground.limit=9", "max_cost=null"])
    assert recipe.ground is not None
    assert (recipe.ground.limit, recipe.max_cost) == (9, None)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("limit = 3", "limits = 3", "limits"),
        ("limit = 3", 'limit = "3"', "ground.limit"),
        ("limit = 3", "limit = 0", "ground.limit must be 1 or more, got 0"),
        ('source = "sharegpt"', 'source = "metamath"', "filters 'sharegpt' and has no such source"),
        ("asking = { tries = 2 }", "answer_reply_tokens = -5", "answer_reply_tokens must be 1"),
        ("max_cost = 2.5", "max_cost = -3.0", "max_cost must be 0 or more, got -3.0"),
        ("tries = 2", "tries = 0", "tries must be 1 or more, got 0"),
        ('model = "m"\nlimit', 'model = "n"\nlimit', "unknown model of the recipe 'n'"),
        ('language = "es"', 'language = "se"', "unknown language 'se'"),
        ('languages = ["es", "zh"]', 'languages = ["xx"]', "unknown language 'xx'"),
        ('languages = ["es", "zh"]', 'languages = ["en"]', "'en'"),
        ('languages = ["es", "zh"]', 'languages = ["es", "es"]', "'es'"),
        ('source = "sharegpt"', 'source = "shargpt"', "unknown source 'shargpt'"),
        ("[ground]", "[grond]", "grond"),
        ('[filter]\nmodel = "m"', "[filter]", "filter.config.model = false"),
        ("price_in = 1.0", "price_in = 1.0\nmax_cost = 1.0", "models.m.max_cost"),
        ("price_in = 1.0", "price_in = 1.0\nkey = 'secret'", "key"),
        ("price_in = 1.0", 'price_in = 1.0\nnever_send = ["sed"]', "'sed' is none of temperature"),
        ("price_in = 1.0", 'price_in = 1.0\nthinking = "drop"', "thinking"),
        ("threshold = 1", "threshold = 1", "max_cost 2.5 needs a price"),
    ],
)
def test_what_is_wrong_is_named(folder, old, new, said):
    text = WHOLE.replace(old, new)
    if "needs a price" in said:
        text = text.replace("price_in = 1.0\n", "")
    with pytest.raises(ConfigError) as error:
        read_recipe(recipe_file(folder, text))
    assert said in error.value.message + error.value.hint
    assert "secret" not in error.value.message + error.value.hint


def test_a_file_that_is_not_there_is_named_with_its_folder(folder):
    (folder / "chats.json").unlink()
    with pytest.raises(DataError, match=r"'chats.json', but there is no .*/chats.json"):
        read_recipe(recipe_file(folder, WHOLE))


@pytest.mark.parametrize("text", ["[ground", "\udce4", "", "articles = []\nsources = []"])
def test_no_recipe_at_all(folder, text):
    path = folder / "recipe.toml"
    path.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(BenchError):
        read_recipe(path)


def test_a_recipe_that_is_not_there(tmp_path):
    with pytest.raises(PrerequisiteError, match=r"no recipe at .*none\.toml"):
        read_recipe(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("limit = 3", "limit = = 3", "not valid TOML"),
        ("limit = 3", "limitt = 3", "unknown field `limitt`"),
        ('source = "sharegpt"', "source = 3", "field `sources[0].source`"),
    ],
)
def test_the_line_of_what_is_wrong_is_named(folder, old, new, said):
    text = WHOLE.replace(old, new)
    line = next(n for n, one in enumerate(text.splitlines(), 1) if new in one)
    with pytest.raises(ConfigError) as error:
        read_recipe(recipe_file(folder, text))
    assert f"recipe.toml:{line}: " in error.value.message
    assert said in error.value.message


def test_articles_without_ground_are_an_error(folder):
    text = WHOLE.replace("[ground]", "[translate2]").split("[ground]")[0]
    text = text[: text.index("[translate2]")]
    with pytest.raises(ConfigError, match="articles and ground go together"):
        read_recipe(recipe_file(folder, text))


def test_the_documented_recipe_has_the_fields_of_the_program():
    text = (ROOT / "docs" / "data_build.md").read_text()
    (toml,) = re.findall(r"```toml\n(.*?)```", text, re.S)
    recipe = msgspec.convert(tomllib.loads(toml), Recipe)
    assert recipe.prune is not None
    assert recipe.check is not None


TWO_MODELS = """
[[sources]]
file = "chats.json"
source = "sharegpt"

[models.judge]
base_url = "http://127.0.0.1:1/v1"
model = "small"
price_in = 1.0

[models."local.7b"]
base_url = "http://127.0.0.1:1/v1"
model = "large"
price_in = 2.0
never_send = ["seed"]
extra_body = { top_k = 3 }

[translate]
model = "judge"
languages = ["es"]
config = { asking = { tries = 2 } }
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("price_in = 2.0", "prize_in = 2.0", "unknown field `prize_in`"),
        ("price_in = 2.0", 'price_in = "2"', "at field `models.local.7b.price_in`"),
        ("price_in = 1.0", 'price_in = "1"', "at field `models.judge.price_in`"),
        ("price_in = 2.0", "price_in = -2.0", "price_in must be 0 or more, got -2.0"),
        ('["seed"]', '["seed", "sed"]', "'sed' is none of temperature"),
        ('["seed"]', '["seed", 3]', "at field `models.local.7b.never_send[1]`"),
        ("{ top_k = 3 }", "{ temperature = 3 }", "extra_body must not have 'temperature'"),
        ("price_in = 2.0", "max_cost = 2.0", "max_cost 2 needs a price"),
        ("price_in = 2.0", "price_in = 2.0\nmax_cost = 2.0", "max_cost: the recipe's own"),
        ('languages = ["es"]', "languages = []", "translate.languages must list languages"),
        ("tries = 2", "tries = 0", "tries must be 1 or more, got 0"),
        ('model = "judge"', 'model = "jugde"', "unknown model of the recipe 'jugde'"),
        ('languages = ["es"]', 'languages = ["es", "xx"]', "unknown language 'xx'"),
        ('source = "sharegpt"', 'source = "shargpt"', "unknown source 'shargpt'"),
        ('file = "chats.json"', 'file = "chat.json"', "there is no"),
    ],
)
def test_the_line_is_named_inside_tables_by_name_too(folder, old, new, said):
    text = TWO_MODELS.replace(old, new)
    assert text != TWO_MODELS
    changed = new.splitlines()[-1]
    line = next(n for n, one in enumerate(text.splitlines(), 1) if changed in one)
    with pytest.raises(BenchError) as error:
        read_recipe(recipe_file(folder, text))
    assert f"recipe.toml:{line}: " in error.value.message
    assert said in error.value.message


def test_a_missing_field_of_the_second_model_names_its_table(folder):
    text = TWO_MODELS.replace('model = "large"\n', "")
    line = text.splitlines().index('[models."local.7b"]') + 1
    with pytest.raises(ConfigError, match=rf"recipe.toml:{line}: .*`model`.*models.local.7b"):
        read_recipe(recipe_file(folder, text))


def test_what_an_option_put_there_names_no_line_of_the_file(folder):
    path = recipe_file(folder, TWO_MODELS)
    for setting in ("translate.model=jugde", 'translate={"model":"jugde","languages":["es"]}'):
        with pytest.raises(ConfigError, match=r"recipe.toml: unknown model of the recipe 'jugde'"):
            read_recipe(path, [setting])
