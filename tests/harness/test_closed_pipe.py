"""The reader of the output is gone (`| head`): what a command does and says by its exit code."""

import subprocess
import sys

import pytest

FROM = "import sys; from harness import show; from harness.progress.terminal import TERMINAL;"
LINES = {
    "stdout": "[show.console().print('x' * 100) for _ in range(2000)];",
    "stderr": "[(TERMINAL.say('x' * 100), show.warn('y' * 100)) for _ in range(2000)];",
}


@pytest.mark.parametrize("stream", LINES)
def test_a_closed_pipe_neither_ends_the_work_nor_changes_the_exit_code(stream, tmp_path):
    done = tmp_path / "done"
    code = f"{FROM} {LINES[stream]} open({str(done)!r}, 'w').close(); sys.exit(4)"
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", code], **pipes) as process:
        getattr(process, stream).readline()
        getattr(process, stream).close()
        other = {"stdout": process.stderr, "stderr": process.stdout}[stream].read()
        assert process.wait() == 4
    assert done.exists()
    assert other == b""
