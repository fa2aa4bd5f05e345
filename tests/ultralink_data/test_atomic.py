"""Files and folders appear whole or not at all, also on a full or read-only disk."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from small_disk import mounted

from ultralink_data import atomic
from ultralink_data.errors import ConfigError, PrerequisiteError
from ultralink_data.store import dataset

ROOT = Path(__file__).parents[2]


@pytest.fixture(params=["without a name", "hidden", "refused"])
def way(request, monkeypatch):
    """Both ways to make a file that is not there yet, and a file system that refuses the first."""
    monkeypatch.setattr(atomic, "_CAN_NAME", request.param != "hidden")
    if request.param == "refused":
        plain = os.open

        def refused(path, flags, *words, **options):
            if flags & os.O_TMPFILE == os.O_TMPFILE:
                raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))
            return plain(path, flags, *words, **options)

        monkeypatch.setattr(os, "open", refused)
    return request.param


def test_a_reader_never_sees_a_part_of_a_file(tmp_path, monkeypatch, way):
    path = tmp_path / "f"
    atomic.write_bytes(path, b"old")
    seen = []
    replace = os.replace
    monkeypatch.setattr(os, "replace", lambda a, b: (seen.append(path.read_bytes()), replace(a, b)))
    atomic.write_bytes(path, b"new" * 1000)
    assert seen == [b"old"]
    assert path.read_bytes() == b"new" * 1000
    assert os.listdir(tmp_path) == ["f"]


def test_others_may_read_what_was_written(tmp_path):
    atomic.write_bytes(tmp_path / "f", b"x")
    with atomic.new_directory(tmp_path / "d") as folder:
        (folder / "f").write_bytes(b"x")
    assert oct((tmp_path / "f").stat().st_mode)[-3:] == "644"
    assert oct((tmp_path / "d").stat().st_mode)[-3:] == "755"


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, way):
    atomic.write_bytes(tmp_path / "f", b"old")

    def full(handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(PrerequisiteError, match="No space left"):
        atomic.write_bytes(tmp_path / "f", b"new")
    assert os.listdir(tmp_path) == ["f"]
    assert (tmp_path / "f").read_bytes() == b"old"


def test_a_process_that_is_killed_while_it_writes_leaves_no_file(tmp_path):
    script = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom ultralink_data import atomic\n"
        "os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)\n"
        "atomic.write_bytes(Path(sys.argv[1]), b'x' * 100_000)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, tmp_path / "f"], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert os.listdir(tmp_path) == []


def test_text_keeps_its_line_ends(tmp_path):
    atomic.write_text(tmp_path / "f", "a\r\nб\n")
    assert (tmp_path / "f").read_bytes() == "a\r\nб\n".encode()


def test_a_failure_leaves_the_old_folder_and_nothing_else(tmp_path):
    with atomic.new_directory(tmp_path / "d") as folder:
        (folder / "old").touch()
    with pytest.raises(ZeroDivisionError), atomic.new_directory(tmp_path / "d") as folder:
        (folder / "new").write_bytes(b"x" * (1 // 0))
    assert [p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*")] == ["d", "d/old"]


def test_a_folder_is_replaced_whole(tmp_path):
    for name in ("old", "new"):
        with atomic.new_directory(tmp_path / "d") as folder:
            (folder / name).touch()
    assert [p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*")] == ["d", "d/new"]


@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_a_folder_that_replaces_nothing_leaves_what_came_meanwhile(tmp_path, kind):
    """Two commands with one name to write to: the one that ends first keeps it."""
    made = tmp_path / "d"
    (tmp_path / "first").mkdir()
    (tmp_path / "first" / "file").touch()

    def write() -> None:
        with atomic.new_directory(made, replaces=False) as folder:
            (folder / "second").touch()
            if kind == "folder":
                (tmp_path / "first").rename(made)
            elif kind == "file":
                made.write_text("first")
            else:
                made.symlink_to("first")

    with pytest.raises(ConfigError, match=r"d is there now, and was not at first"):
        write()
    found = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*")}
    left = {"d", "d/file"} if kind == "folder" else {"d", "first", "first/file"}
    assert found == left
    with atomic.new_directory(tmp_path / "e", replaces=False) as folder:
        (folder / "new").touch()
    assert (tmp_path / "e" / "new").exists()


KILLED = """
import os, shutil, signal, sys
from pathlib import Path
from ultralink_data import atomic

folder, exchanges, steps = Path(sys.argv[1]), sys.argv[2] == "exchange", int(sys.argv[3])
if not exchanges:
    atomic._exchange = lambda one, other: False

def counted(step):
    def call(*words, **options):
        global steps
        if steps == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        steps -= 1
        return step(*words, **options)
    return call

os.replace, shutil.rmtree = counted(os.replace), counted(shutil.rmtree)
atomic._exchange = counted(atomic._exchange)
with atomic.new_directory(folder) as new:
    (new / "new").touch()
"""


def replaced_until(folder: Path, way: str, steps: int) -> bool:
    """Replace `folder` in a process killed before its step of this number; False if it ended."""
    words = [sys.executable, "-c", KILLED, str(folder), way, str(steps)]
    done = subprocess.run(words, cwd=Path(atomic.__file__).parents[1], check=False)
    assert done.returncode in (0, -signal.SIGKILL)
    return done.returncode != 0


@pytest.mark.parametrize("way", ["exchange", "two renames"])
def test_a_process_killed_while_it_replaces_a_folder_leaves_the_old_or_the_new_one(tmp_path, way):
    states = []
    for steps in range(9):
        target = tmp_path / str(steps) / "d"
        target.mkdir(parents=True)
        (target / "old").touch()
        (target.parent / ".old-d.x.12345678" / "old").mkdir(parents=True)
        killed = replaced_until(target, way, steps)
        recovered = atomic.recover_directory(target)
        states.append((os.listdir(target), recovered))
        atomic.recover_directory(target)
        assert [os.listdir(target)] == [states[-1][0]]
        with atomic.new_directory(target) as again:
            (again / "again").touch()
        assert os.listdir(target) == ["again"]
        if not killed:
            break
    else:
        pytest.fail("it never came to its end")
    old, back, new = (["old"], False), (["old"], True), (["new"], False)
    expected = {"exchange": [old, new, new], "two renames": [old, old, back, new, new]}
    assert states == expected[way]


def test_the_next_write_finds_a_folder_that_was_left_aside(tmp_path, monkeypatch):
    monkeypatch.setattr(atomic, "_exchange", lambda one, other: False)
    (tmp_path / ".old-d.abcdefgh" / "old").mkdir(parents=True)
    with atomic.new_directory(tmp_path / "d") as folder:
        (folder / "new").touch()
    assert [p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*")] == ["d", "d/new"]


_HOLD = """
import sys
from pathlib import Path
from ultralink_data import atomic
with atomic.new_directory(Path(sys.argv[1])) as folder:
    (folder / "f").write_text("half")
    print(folder.name, flush=True)
    sys.stdin.read()
"""


def test_what_a_killed_process_left_of_a_folder_goes_and_what_a_live_one_has_stays(tmp_path):
    started = [
        subprocess.Popen(
            [sys.executable, "-c", _HOLD, tmp_path / "d"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    killed, live = (process.stdout.readline().strip() for process in started)
    started[0].kill()
    started[0].wait()
    kept = [f".d.part-{name}" for name in ("original", "abc")]  # the first is too new to go
    for name in (*kept, ".d.original", ".e.part-abcd1234"):
        (tmp_path / name).mkdir()
    for name in os.listdir(tmp_path):
        if name != kept[0]:
            os.utime(tmp_path / name, (0, 0))
    with atomic.new_directory(tmp_path / "d"):
        pass
    left = {"d", live, *kept, ".d.original", ".e.part-abcd1234"}
    assert {*os.listdir(tmp_path)} == left
    assert killed not in left
    started[1].communicate("")
    assert {*os.listdir(tmp_path)} == left - {live}
    assert os.listdir(tmp_path / "d") == ["f"]


def test_a_link_or_a_file_under_the_name_is_replaced_and_what_it_points_to_stays(tmp_path):
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "kept").touch()
    (tmp_path / "d").symlink_to(tmp_path / "far")
    (tmp_path / "f").touch()
    for name in "df":
        with atomic.new_directory(tmp_path / name) as folder:
            (folder / "new").touch()
    found = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*")}
    assert found == {"d", "d/new", "f", "f/new", "far", "far/kept"}


def test_a_full_disk_is_two_lines_and_no_part_of_a_file(tmp_path):
    with mounted(tmp_path / "disk", "size=64k") as disk:
        with pytest.raises(PrerequisiteError, match=r"cannot write .*big: No space left"):
            atomic.write_bytes(disk / "big", b"x" * 1_000_000)
        assert os.listdir(disk) == []


def test_a_full_disk_keeps_the_old_file(tmp_path):
    with mounted(tmp_path / "disk", "size=64k") as disk:
        atomic.write_bytes(disk / "f", b"old")
        with pytest.raises(PrerequisiteError):
            atomic.write_bytes(disk / "f", b"x" * 1_000_000)
        assert (disk / "f").read_bytes() == b"old"


def test_a_full_disk_leaves_no_half_dataset(tmp_path):
    from dialogue_samples import dialogue

    rows = [dialogue(str(n), turns=("q" * 100, "a" * 100)) for n in range(1000)]
    with mounted(tmp_path / "disk", "size=64k") as disk:
        with pytest.raises(PrerequisiteError, match="No space left") as caught:
            dataset.write(disk / "d", rows, recipe="r")
        assert os.listdir(disk) == []
    assert caught.value.exit_code == 3


def test_a_read_only_disk_is_two_lines(tmp_path):
    with mounted(tmp_path / "disk", "ro") as disk:
        with pytest.raises(PrerequisiteError, match="Read-only file system"):
            atomic.write_bytes(disk / "f", b"x")
        with (
            pytest.raises(PrerequisiteError, match="Read-only file system"),
            atomic.new_directory(disk / "deep" / "d"),
        ):
            pass


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_two_lines(tmp_path):
    (tmp_path / "locked").mkdir(mode=0o555)
    with pytest.raises(PrerequisiteError, match="Permission denied"):
        atomic.write_bytes(tmp_path / "locked" / "f", b"x")


@pytest.mark.parametrize("where", ["file/f", "file/deep/f"])
def test_a_file_in_the_place_of_a_folder_is_two_lines(tmp_path, where):
    (tmp_path / "file").touch()
    with pytest.raises(PrerequisiteError, match="cannot write"):
        atomic.write_bytes(tmp_path / where, b"x")
    with (
        pytest.raises(PrerequisiteError, match="cannot write"),
        atomic.new_directory(tmp_path / where),
    ):
        pass


def test_a_folder_in_the_place_of_a_file_is_two_lines(tmp_path):
    (tmp_path / "d").mkdir()
    with pytest.raises(PrerequisiteError, match="cannot write"):
        atomic.write_bytes(tmp_path / "d", b"x")
    assert os.listdir(tmp_path) == ["d"]


def test_a_name_too_long_is_two_lines(tmp_path):
    with pytest.raises(PrerequisiteError, match="File name too long"):
        atomic.write_bytes(tmp_path / ("x" * 300), b"x")


@pytest.mark.parametrize("write", [atomic.write_bytes, lambda path, _: atomic.check_writable(path)])
def test_a_path_through_a_file_is_two_lines_before_and_while_writing(tmp_path, write):
    (tmp_path / "f").write_text("x")
    with pytest.raises(PrerequisiteError, match="cannot write"):
        write(tmp_path / "f" / "report.json", b"x")


def test_a_place_where_no_folder_can_be_made_is_two_lines():
    with pytest.raises(PrerequisiteError, match=r"cannot write /proc/nothing/report\.json"):
        atomic.write_bytes(Path("/proc/nothing/report.json"), b"x")


def test_folders_that_are_still_to_be_made_are_writable(tmp_path):
    atomic.check_writable(tmp_path / "a" / "b" / "report.json")
    assert not list(tmp_path.iterdir())


def test_an_error_that_is_not_about_writing_is_not_hidden(tmp_path):
    with pytest.raises(FileNotFoundError), atomic.disk_errors(tmp_path):
        (tmp_path / "absent").read_bytes()
