"""What of the code and of the packages a stage depends on."""

import pytest

from harness.engine.stage_code import StageUse, building_code, code_of, in_languages

TRANSLATE = "ultralink_data.translation.translate"
SOURCES = "ultralink_data.sources"
CALLER = "harness.building.translate_stage"


def test_the_glue_counts_and_the_order_of_languages_does_not():
    modules = ("ultralink_data.dialogue",)
    assert code_of(modules, StageUse(), "a") != code_of(modules, StageUse(), "b")
    assert in_languages(["es", "ru"]) == in_languages(["ru", "es", "es"])


def test_languages_in_use_decide():
    codes = [building_code(CALLER, TRANSLATE, languages=x) for x in (["es"], ["ru"], ["es", "ru"])]
    assert len({code.source for code in codes}) == 3


def test_an_idle_package_is_not_among_the_versions():
    code = building_code(CALLER, TRANSLATE, languages=["es"])
    assert set(code.packages) == {"numpy", "py3langid"}
    idle = building_code(CALLER, TRANSLATE, languages=["es"], idle=frozenset({"py3langid"}))
    assert (idle.source, idle.packages.keys()) == (code.source, {"numpy"})


def test_other_plug_ins_are_chosen_too():
    chosen = [((SOURCES, frozenset({name})),) for name in ("metamath", "sharegpt")]
    one, other = (building_code(CALLER, SOURCES, languages=["en"], chosen=x) for x in chosen)
    assert one.source != other.source
    assert (set(one.packages), set(other.packages)) == (set(), {"numpy", "py3langid"})
    every = building_code(CALLER, SOURCES, languages=["en"])
    assert every.source not in (one.source, other.source)


def test_a_module_that_is_not_there_is_named():
    with pytest.raises(ValueError, match=r"no module 'ultralink_data\.none'"):
        building_code(CALLER, "ultralink_data.none")
    with pytest.raises(ValueError, match=r"no module 'harness\.none'"):
        building_code("harness.none", TRANSLATE)
