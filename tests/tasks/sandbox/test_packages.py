"""Packages in the jail: only their own files, read-only, and the jail holds as without them."""

import os
from pathlib import Path

import pytest

from tasks.isolation import isolation
from tasks.sandbox import Limits, Program, ProgramOutcome, find_packages, run_programs
from tasks.sandbox.packages import FOLDER, ShownPackages
from ultralink_data.errors import ConfigError, PrerequisiteError

LONG = Limits(wall_seconds=20)
ROOT = Path(__file__).parents[3]
SECRET = "not a file of the package"


@pytest.fixture(scope="module")
def numpy() -> ShownPackages:
    return find_packages(("numpy",))


def said(body: str, packages: ShownPackages, *more: str) -> list[str]:
    """What programs report: "" if `f()` returned True, else its text or the failure."""
    programs = [
        Program(
            source=f"import os, sys\ndef f():\n{one}",
            test="def check(c):\n    found = c()\n    assert found is True, found\n",
            entry_point="f",
        )
        for one in (body, *more)
    ]
    found = run_programs(programs, LONG, 1, packages=packages)
    return ["" if r.outcome is ProgramOutcome.PASSED else r.detail for r in found]


def toy(root: Path, name: str, files: dict[str, str], requires: tuple[str, ...] = ()) -> None:
    """An installed package, with its list of files."""
    info = f"{name.replace('-', '_')}-1.0.dist-info"
    needs = "".join(f"Requires-Dist: {one}\n" for one in requires)
    files = {
        **files,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{needs}",
    }
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    lines = [f"{path},,\n" for path in (*files, f"{info}/RECORD", "../../bin/command")]
    (root / info / "RECORD").write_text("".join(lines))


@pytest.fixture
def site(tmp_path, monkeypatch) -> Path:
    """A folder of packages: toy-a requires toy_b; what stands beside them is nobody's business."""
    root = tmp_path / "site"
    toy(
        root,
        "toy-a",
        {"toy_a/__init__.py": "import toy_b\nV = toy_b.V + 1\n", "toy_a/sub/__init__.py": ""},
        ("Toy_B>=0.5", "toy-extra; extra == 'all'", "toy-other; python_version < '3'"),
    )
    toy(root, "toy-b", {"toy_b.py": "V = 1\n"})
    toy(root, "toy-c", {"toy_c/__init__.py": SECRET})
    (root / "toy_a" / "planted.txt").write_text(SECRET)
    (root / "toy_a" / "sub" / "link").symlink_to(tmp_path)
    (root / "toy_a" / "__pycache__").mkdir()
    (root / "toy_a" / "__pycache__" / "planted.cpython-311.pyc").write_text(SECRET)
    (tmp_path / "outside.txt").write_text(SECRET)
    monkeypatch.syspath_prepend(str(root))
    find_packages.cache_clear()
    yield root
    find_packages.cache_clear()


def test_only_the_package_and_what_it_requires_is_shown(site: Path) -> None:
    found = find_packages(("toy.A",))
    assert found.versions == ("toy-a 1.0", "toy-b 1.0")
    assert (found.modules, found.roots) == (("toy_a",), (str(site),))
    assert sorted(place.removeprefix(f"{FOLDER}/") for _, place in found.binds) == [
        "toy_a-1.0.dist-info",
        "toy_a/__init__.py",
        "toy_a/sub/__init__.py",
        "toy_b-1.0.dist-info",
        "toy_b.py",
    ]
    assert {"toy_a", "toy_b"} <= found.provided
    looks = """\
    import toy_a
    files = sorted(
        os.path.join(place, name)
        for place, _, names in os.walk('/packages') for name in names
        if '.dist-info' not in place
    )
    other = [one for one in ('toy_c', 'msgspec', 'pytest', 'numpy') if can_import(one)]
    return (toy_a.V == 2 and not other) and len(files) == 3 or (files, other)

def can_import(name):
    try:
        __import__(name)
    except ImportError:
        return False
    return True
"""
    assert said(looks, found) == [""]


def test_a_folder_without_other_files_is_shown_as_one(site: Path) -> None:
    for path in (
        "toy_a/planted.txt",
        "toy_a/sub/link",
        "toy_a/__pycache__/planted.cpython-311.pyc",
    ):
        (site / path).unlink()
    (site / "toy_a" / "__pycache__" / "__init__.cpython-311.pyc").write_text("")
    places = [place for _, place in find_packages(("toy-a",)).binds]
    assert f"{FOLDER}/toy_a" in places
    assert len(places) == 4


def test_a_file_that_an_installer_linked_to_its_store_is_shown(site: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    store.mkdir()
    (store / "text").write_text("V = 5\n")
    (site / "toy_b.py").unlink()
    (site / "toy_b.py").symlink_to(store / "text")
    (site / "toy_a" / "sub" / "__init__.py").unlink()
    found = find_packages(("toy-a",))
    assert (str(store / "text"), f"{FOLDER}/toy_b.py") in found.binds
    assert not any("sub" in place for _, place in found.binds)
    assert said("    import toy_a\n    return toy_a.V == 6\n", found) == [""]


def test_extras_that_a_package_asks_of_another_are_shown(site: Path) -> None:
    toy(site, "toy-d", {"toy_d.py": ""}, ("toy-e[Fast]", "toy-c; extra == 'all'"))
    toy(site, "toy-e", {"toy_e.py": ""}, ("toy-b; extra == 'fast'", "toy-c; extra == 'slow'"))
    found = find_packages(("toy-d",))
    assert found.versions == ("toy-b 1.0", "toy-d 1.0", "toy-e 1.0")


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("toy-z", PrerequisiteError, "package toy-z is not installed"),
        ("../etc", ConfigError, "'../etc' is no name"),
        ("/etc", ConfigError, "'/etc' is no name"),
        ("", ConfigError, "'' is no name"),
        ("a b", ConfigError, "'a b' is no name"),
        ("os", ConfigError, "os is a part of Python"),
        ("sklearn", ConfigError, "sklearn is a module, not a package"),
    ],
)
def test_what_cannot_be_shown_is_named(site: Path, name: str, error: type, words: str) -> None:
    with pytest.raises(error, match=words):
        find_packages((name,))


def test_what_a_package_requires_must_be_there_and_have_a_list_of_files(site: Path) -> None:
    (site / "toy_b-1.0.dist-info" / "RECORD").unlink()
    with pytest.raises(PrerequisiteError, match="toy-b was installed without a list"):
        find_packages(("toy-a",))
    find_packages.cache_clear()
    (site / "toy_b-1.0.dist-info" / "METADATA").unlink()
    (site / "toy_b-1.0.dist-info").rmdir()
    with pytest.raises(PrerequisiteError, match="toy-b, which toy-a requires, is not installed"):
        find_packages(("toy-a",))


RIGHT = """\
    import numpy as np
    assert np.median([1, 2, 3, 10]) == 2.5
    return {body}
"""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("np.int64(3) + 1", "4"),
        ("np.float32(0.5)", "0.5"),
        ("np.float64(0.5)", "0.5"),
        ("np.bool_(True)", "True"),
        ("np.any(np.array([0]))", "False"),
        (
            "[np.int8(1), (np.uint64(2**63),), {np.int64(1): np.str_('a')}]",
            "[1, (2**63,), {1: 'a'}]",
        ),
        ("np.arange(3).tolist()", "[0, 1, 2]"),
    ],
)
def test_numbers_of_a_package_arrive_as_ours(
    workers: str, numpy: ShownPackages, body: str, expected: str
) -> None:
    program = Program(
        source=f"def f():\n{RIGHT.format(body=body)}",
        test=f"def check(c):\n    assert c() == {expected}\n    assert c() != 77\n",
        entry_point="f",
    )
    [found] = run_programs([program], LONG, 1, packages=numpy)
    assert found.outcome is ProgramOutcome.PASSED, found.detail


LOOKS = {
    "write": """\
    import numpy
    for path in (numpy.__file__, '/packages/new', os.path.dirname(numpy.__file__) + '/new'):
        try:
            open(path, 'a')
            return 'wrote ' + path
        except OSError as error:
            if error.errno not in (13, 30):  # not allowed, or read-only
                return path + str(error)
    return True
""",
    "mounts": """\
    lines = [line.split() for line in open('/proc/self/mountinfo')]
    shown = [line for line in lines if line[4].startswith('/packages')]
    open_ = [line[4] for line in shown if not {'ro', 'nosuid', 'nodev'} <= set(line[5].split(','))]
    return True if shown and not open_ else str(open_ or 'none')
""",
    "host": """\
    import ctypes, socket
    there = [p for p in ('/home', '/etc/passwd', '/var', '@ROOT@') if os.path.exists(p)]
    try:
        socket.create_connection(('127.0.0.1', 22), 0.2)
        there.append('network')
    except OSError:
        pass
    if ctypes.CDLL(None).umount2(b'/packages', 2) == 0 or os.getuid() == 0:
        there.append('rights')
    return True if not there else str(there)
""",
    "others": """\
    import importlib
    found = []
    for name in ('pytest', 'msgspec', 'torch', 'tasks', 'pip', 'scipy'):
        try:
            importlib.import_module(name)
            found.append(name)
        except ImportError:
            pass
    return True if not found else str(found)
""",
    "forges": """\
    import numbers, numpy
    class Same(numpy.ndarray):
        __eq__ = lambda self, other: True
    numpy.core = sys.modules['numpy'].median = None
    return Same((1,)).__eq__(1) is True and numpy.zeros(1).view(Same)
""",
    "patched before": """\
    import numpy
    return callable(numpy.median) and os.listdir('/tmp') == []
""",
}


def test_the_jail_holds(workers: str, numpy: ShownPackages) -> None:
    looks = [look.replace("@ROOT@", str(ROOT)) for look in LOOKS.values()]
    found = dict(zip(LOOKS, said(looks[0], numpy, *looks[1:]), strict=True))
    forged = found.pop("forges")
    assert forged  # an array that is equal to everything is equal to nothing here
    assert set(found.values()) == {""}, found


def test_without_the_option_nothing_is_there(workers: str) -> None:
    look = "    return not os.path.exists('/packages') and '/packages' not in sys.path\n"
    lacks = "    import numpy\n    return True\n"
    none = ShownPackages()
    assert said(look, none, lacks) == ["", "ModuleNotFoundError: No module named 'numpy'"]


def test_without_a_sandbox_packages_are_found_where_they_lie(numpy: ShownPackages) -> None:
    with isolation(False):
        assert said("    import numpy\n    return bool(numpy.any([1]))\n", numpy) == [""]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can close a folder to itself")
def test_a_package_in_a_closed_folder_is_shown_to_nobody(site: Path) -> None:
    """As root, programs run as nobody, who may not enter /root, say."""
    site.parent.chmod(0o700)
    assert said("    import toy_a\n    return toy_a.V == 2\n", find_packages(("toy-a",))) == [""]
