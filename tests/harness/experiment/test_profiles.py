"""Which tasks and languages an experiment of a profile has."""

from pathlib import Path

import pytest

from harness.experiment import profiles
from tasks import registry
from tasks.eval_config import TaskRun
from tests.small_benchmarks import write_humaneval, write_mgsm
from ultralink_data.errors import ConfigError


@pytest.mark.parametrize("name", profiles.PROFILES)
def test_a_profile_asks_what_its_benchmarks_have(name: str) -> None:
    for run in profiles.get(name).eval.runs:
        run.benchmark().check(run.languages, run.protocol)


def test_the_profile_s_own_task_stays_as_it_is() -> None:
    config = profiles.small()
    assert profiles.with_tasks(config, ("humaneval",)).eval.runs == (config.eval.runs[1],)
    assert config.eval.runs[0].protocol == registry.get("mgsm").protocol_in("small")


def test_another_benchmark_is_asked_in_its_protocol_and_the_profile_s_size() -> None:
    config = profiles.with_tasks(profiles.tiny(), ("mgsm", "starter_math"))
    added, own = config.eval.runs
    assert own == profiles.tiny().eval.runs[0]
    assert added == TaskRun(
        task="mgsm", languages=("en", "zh"), protocol="direct", generate=4, likelihood=8
    )
    (added,) = profiles.with_tasks(profiles.small(), ("starter_code",)).eval.runs
    assert (added.protocol, added.generate, added.likelihood) == ("chat", 50, 50)


def test_an_unknown_task_offers_the_nearest() -> None:
    with pytest.raises(ConfigError, match="unknown task 'mgms'") as error:
        profiles.with_tasks(profiles.tiny(), ("mgms",))
    assert "did you mean 'mgsm'" in error.value.hint


def test_a_task_without_a_shared_language_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(registry.get("mgsm")), "languages", ("fr",))
    with pytest.raises(ConfigError, match="none of the languages en, zh") as error:
        profiles.with_tasks(profiles.tiny(), ("mgsm",))
    assert "it has fr" in error.value.hint


def test_every_task_of_small_has_bits_per_byte_in_every_language(tmp_path: Path) -> None:
    write_mgsm(tmp_path)
    write_humaneval(tmp_path)
    for run in profiles.small().eval.runs:
        benchmark = run.benchmark()
        for language in run.languages:
            problem = benchmark.problems(language, tmp_path)[0]
            assert benchmark.references(problem, run.protocol), (run.task, language)


@pytest.mark.parametrize(
    ("profile", "languages", "asked"),
    [
        ("small", ("en", "de", "sw"), {"mgsm": {"en", "de", "sw"}, "humaneval": {"en"}}),
        ("small", ("zh", "en"), {"mgsm": {"en", "zh"}, "humaneval": {"en", "zh"}}),
        ("tiny", ("en", "fr"), {"starter_math": {"en", "fr"}}),
        # In English alone by the profile's choice.
        (
            "starter",
            ("en", "ru"),
            {"starter_math": {"en", "ru"}, "starter_code": {"en", "ru"}, "humaneval": {"en"}},
        ),
    ],
)
def test_languages_beyond_a_profiles_own_are_asked_where_the_benchmark_has_them(
    profile, languages, asked
):
    config = profiles.with_languages(profiles.get(profile), languages)
    assert config.languages == languages
    assert {run.task: set(run.languages) for run in config.eval.runs} == asked
    # Choosing fewer of these afterwards adds none.
    again = profiles.with_languages(config, languages[:1] if profile != "starter" else ("en",))
    assert all(set(run.languages) <= asked[run.task] for run in again.eval.runs)
