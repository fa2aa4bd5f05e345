"""A disk of a few kilobytes, and a disk that cannot be written, for tests of what goes wrong."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[Path]:
    """A tmpfs at `folder` with mount `options` such as `size=64k` or `ro`.

    Skips the test where mounting is not permitted; as root in CI that is a failure.
    """
    folder.mkdir(parents=True, exist_ok=True)
    mount = shutil.which("mount") or "mount"
    command = [mount, "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        failure = done.stderr.strip() if done.returncode else ""
    except OSError as error:
        failure = str(error)
    if failure:
        if os.environ.get("CI") and os.getuid() == 0:
            pytest.fail(f"cannot mount a tmpfs though root: {failure}")
        pytest.skip(f"cannot mount a tmpfs: {failure}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
