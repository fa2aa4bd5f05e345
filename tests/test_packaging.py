"""What is shipped: the wheel, the command installed from it, the lock, the hooks."""

import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("packaging")  # one process builds the wheel, once

ROOT = Path(__file__).parent.parent
ROOMS = {"harness", "leaderboard", "tasks", "train", "ultralink_data"}


def pinned() -> dict[str, str]:
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    pins = [re.match(r"([a-z0-9-]+)==(\S+)", line) for line in lines if line[:1].strip(" #")]
    assert all(pins), "every requirement is pinned"
    return {pin[1]: pin[2] for pin in pins if pin}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = out.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def command(wheel, tmp_path_factory):
    """The command in an environment that has the wheel, and the rest from this one."""
    folder = environment(tmp_path_factory.mktemp("installed"))
    install(folder, wheel)
    return folder / "bin" / "ultralink-bench"


def environment(folder):
    """A virtual environment that sees the packages of this one, but not this checkout."""
    folder = folder / "venv"
    venv.create(folder, symlinks=True)
    # As plain path entries: .pth files in them, our own editable one too, are not followed.
    here = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (site_packages(folder) / "outer.pth").write_text("\n".join(sorted(here)))
    return folder


def site_packages(folder):
    (packages,) = folder.glob("lib/python*/site-packages")
    return packages


def install(folder, wheel):
    """What `pip install WHEEL` does in that environment."""
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "install"]
    flags = ["--quiet", "--no-deps", "--no-index", "--no-compile", "--disable-pip-version-check"]
    subprocess.run([*pip, *flags, str(wheel)], check=True)


def foreign_wheel(folder):
    """A wheel of another project that has packages `tasks` and `train`, as many have."""
    path = folder / "todo_list-1.0-py3-none-any.whl"
    info = "todo_list-1.0.dist-info"
    files = {
        "tasks/__init__.py": "TASKS = []\n",
        "tasks/reminders.py": "WHEN = 'tomorrow'\n",
        "train/__init__.py": "STATIONS = []\n",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: todo-list\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
        archive.writestr(f"{info}/RECORD", "".join(f"{name},,\n" for name in files))
    return path


@pytest.fixture
def hostile(tmp_path):
    """A folder with modules of two of our names, which tell when they are imported."""
    for name in ("train", "tasks"):
        (tmp_path / f"{name}.py").write_text(f"raise RuntimeError('the hostile {name}.py ran')\n")
    return tmp_path


def start(command, *arguments, cwd, path=None):
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    if path:
        environment["PYTHONPATH"] = str(path)
    return subprocess.run(
        [str(command), *arguments], cwd=cwd, env=environment, capture_output=True, text=True
    )


def test_the_wheel_holds_the_five_packages_and_nothing_else(wheel):
    ours = {
        str(path.relative_to(ROOT))
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.is_file() and path.parent.name != "__pycache__"
    }
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    held = {name for name in names if ".dist-info/" not in name}
    assert held == ours
    assert any(re.fullmatch(r"ultralink_data/starter/texts/\w+\.toml", name) for name in held)
    assert "leaderboard/site/assets/site.css" in held
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert {f"{room}/py.typed" for room in ROOMS} <= held


def test_the_installed_command_runs_beside_modules_of_its_names(command, hostile):
    helped = start(command, "--help", cwd=hostile)
    assert (helped.returncode, helped.stderr) == (0, "")
    listed = start(command, "tasks", "list", cwd=hostile)
    assert (listed.returncode, listed.stderr) == (0, "")
    assert "humaneval" in listed.stdout


def test_an_intruder_on_the_path_is_named_in_two_lines(command, hostile, tmp_path_factory):
    done = start(command, "--help", cwd=tmp_path_factory.mktemp("cwd"), path=hostile)
    assert done.returncode == 2
    first, second = done.stderr.splitlines()
    assert first.startswith(f"error: {hostile / 'tasks.py'} stands in the way")
    assert "PYTHONPATH" in second
    assert done.stdout == ""


def test_a_package_that_another_wheel_has_overwritten_is_named_in_two_lines(wheel, tmp_path):
    folder = environment(tmp_path)
    command, foreign = folder / "bin" / "ultralink-bench", foreign_wheel(tmp_path)
    install(folder, wheel)
    assert start(command, "tasks", "list", cwd=tmp_path).returncode == 0
    install(folder, foreign)
    done = start(command, "tasks", "list", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    first, second = done.stderr.splitlines()
    said = re.match(r"error: (tasks|train)/__init__.py is not the file that .* installed", first)
    assert said
    assert first.endswith(f": todo-list has a package `{said[1]}` too")
    assert "python -m venv" in second


def test_a_wheel_beside_packages_of_its_names_works_and_doctor_names_them(wheel, tmp_path):
    folder = environment(tmp_path)
    install(folder, foreign_wheel(tmp_path))
    install(folder, wheel)
    command = folder / "bin" / "ultralink-bench"
    assert (site_packages(folder) / "tasks" / "reminders.py").is_file()
    listed = start(command, "tasks", "list", cwd=tmp_path)
    assert (listed.returncode, listed.stderr) == (0, "")
    done = start(command, "doctor", cwd=tmp_path)
    assert done.returncode == 3
    said = " ".join(done.stdout.split())
    assert "package names BROKEN tasks is also of todo-list; train is also of todo-list" in said


def test_the_lock_pins_what_the_project_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = project["dependencies"] + project["optional-dependencies"]["dev"]
    names = {re.split(r"[\[<>=!;~ ]", line)[0] for line in asked}
    assert names <= set(pinned())


def test_the_lock_fits_a_cpu_and_names_no_place():
    assert not [name for name in pinned() if re.match(r"nvidia|cuda|triton", name)]
    assert "+" not in pinned()["torch"]
    text = (ROOT / "requirements.lock").read_text()
    assert not re.search(r"://|--(extra-)?index-url|--find-links|file:| @ ", text)


def test_the_hooks_run_what_ci_runs():
    hooks = re.findall(r"entry: (.+)", (ROOT / ".pre-commit-config.yaml").read_text())
    recipe = (ROOT / "Makefile").read_text().partition("\ncheck:")[2].partition("\n\n")[0]
    assert hooks == re.findall(r"\t(.+)", recipe.replace("$(BIN)", ".venv/bin"))
    assert "make test" in (ROOT / ".ci" / "run").read_text().splitlines()
