"""What is reported of the machine, and the refusal where no sandbox can be made."""

import os

import msgspec
import pytest

from tasks.sandbox import Limits, Program, capability, jail_recipe, run_programs, sandbox_report
from tasks.sandbox.jail_recipe import Attempts, find_recipe
from tasks.sandbox.seccomp import filter_program
from ultralink_data.errors import PrerequisiteError


def test_report_names_what_is_in_force_and_can_be_stored() -> None:
    found = sandbox_report()
    assert found.usable
    assert found.bwrap_version[0].isdigit()
    assert any("namespaces" in line for line in found.in_force)
    for controller, version in (("pids", found.cgroup_pids), ("memory", found.cgroup_memory)):
        lines = found.in_force if version else found.missing
        assert any(controller in line for line in lines)
    assert msgspec.json.decode(msgspec.json.encode(found), type=type(found)) == found


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_root_becomes_an_unprivileged_user() -> None:
    assert sandbox_report().uid_dropped or any("root" in m for m in sandbox_report().missing)


def test_without_a_sandbox_nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    none = Attempts(recipe=None, failures=("bwrap: no permission",))
    monkeypatch.setattr(capability, "find_recipe", lambda: none)
    program = Program(source="", test="def check(c): pass", entry_point="f")
    with pytest.raises(PrerequisiteError, match="no permission") as caught:
        run_programs([program], Limits(), workers=1)
    assert "user namespaces" in caught.value.hint
    capability.sandbox_report.cache_clear()
    try:
        assert not sandbox_report().usable
        assert "no permission" in sandbox_report().reason
    finally:
        capability.sandbox_report.cache_clear()


def test_weaker_recipe_is_taken_where_the_strongest_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse_proc(candidate: jail_recipe.JailRecipe) -> str | None:
        return "Can't mount proc" if candidate.new_proc else None

    monkeypatch.setattr(jail_recipe, "_try", refuse_proc)
    attempts = find_recipe.__wrapped__()
    assert attempts.recipe is not None
    assert not attempts.recipe.new_proc
    assert attempts.failures[0] == "Can't mount proc"


def test_jail_binds_neither_homes_nor_packages() -> None:
    found = find_recipe().recipe
    assert found is not None
    for path in found.mounts.binds:
        assert path not in ("/", "/usr", "/home", "/root", os.path.expanduser("~"))
    assert not any(path.endswith("-packages") for path in found.mounts.binds)


def test_filter_has_whole_instructions_and_no_wild_jumps() -> None:
    program = filter_program()
    if program is None:
        pytest.skip("no filter for this architecture")
    count = len(program) // 8
    assert len(program) % 8 == 0
    for index in range(count):
        code, true, false = (
            program[index * 8] | program[index * 8 + 1] << 8,
            *program[index * 8 + 2 : index * 8 + 4],
        )
        if code & 7 == 5:
            assert index + 1 + max(true, false) < count
