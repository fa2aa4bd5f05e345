"""A benchmark is of the kind that its class says, or is refused."""

import pytest

from tasks import by_kind, registry
from tasks.benchmarks.starter_math import StarterMath
from ultralink_data.errors import ConfigError


@pytest.mark.parametrize(
    ("find", "graded_by", "kind"),
    [
        (by_kind.programs, "programs", "ProgramBenchmark"),
        (by_kind.judged, "judge", "JudgedBenchmark"),
    ],
)
def test_a_class_that_does_not_fit_its_kind_is_refused(monkeypatch, find, graded_by, kind):
    class Misfit(StarterMath):
        pass

    Misfit.graded_by = graded_by
    monkeypatch.setattr(registry, "get", lambda name: Misfit())
    with pytest.raises(ConfigError, match=f"its class Misfit is no {kind}") as caught:
        find("starter_math")
    assert kind in caught.value.hint


@pytest.mark.parametrize(("find", "known"), [(by_kind.programs, "humaneval"),
                                             (by_kind.judged, "omgeval")])  # fmt: skip
def test_a_benchmark_of_another_kind_is_refused_with_those_there_are(find, known):
    with pytest.raises(ConfigError, match="mgsm") as caught:
        find("mgsm")
    assert known in f"{caught.value.message} {caught.value.hint}"
