"""Greedy generations of a small real model: vLLM, as a server and as a backend, beside `hf`."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.benchmark import LikelihoodSample, Sample
from tests.llm_server import free_port
from ultralink_data.store.release import decode_lines

ROOT = Path(__file__).parents[3]
PYTHON = Path(os.environ.get("ULTRALINK_VLLM_PYTHON") or ROOT / ".venv-vllm" / "bin" / "python")
START_SECONDS = 400
LANGUAGES = ("en", "zh", "es", "fr", "ru")
TASKS = ["--tasks", "mgsm", "--protocol", "mgsm=direct"]
TASKS += ["--languages", ",".join(LANGUAGES), "--limit", "4"]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PYTHON.exists(), reason="needs vLLM: `make test-vllm`"),
]


@pytest.fixture(scope="module")
def model(smollm2: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model as a folder: vLLM reads no GGUF file."""
    from train import loading

    folder = tmp_path_factory.mktemp("model") / "smol"
    loading.load_model(smollm2).save_pretrained(folder)
    loading.load_tokenizer(smollm2).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def environment(benchmarks: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.endswith("_KEY")}
    kept |= {"PYTHONPATH": str(ROOT), "ULTRALINK_BENCHMARKS": str(benchmarks)}
    return kept | {"VLLM_CPU_KVCACHE_SPACE": "1", "HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1"}


def evaluated(python: str, folder: Path, environment: dict[str, str], *words: str) -> list[Sample]:
    """The samples of `ultralink-bench eval`, run in `folder`, by task, language and problem."""
    folder.mkdir()
    program = "from harness.cli import main; raise SystemExit(main())"
    command = [python, "-c", program, "eval", *TASKS, *words]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    files = sorted(folder.glob("runs/evals/*/samples/*.jsonl"))
    assert len(files) == len(LANGUAGES)
    return [row for file in files for _, row in decode_lines(file, Sample)]


@pytest.fixture(scope="module")
def hf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the evaluation by transformers lies."""
    return tmp_path_factory.mktemp("hf") / "run"


@pytest.fixture(scope="module")
def expected(model: Path, environment: dict[str, str], hf: Path) -> list[Sample]:
    return evaluated(sys.executable, hf, environment, "--model", str(model))


def assert_same(found: list[Sample], expected: list[Sample]) -> None:
    """Equal but for half a character at the token limit: transformers shows it, vLLM does not."""
    assert len(found) == len(expected) == 4 * len(LANGUAGES)
    for mine, other in zip(found, expected, strict=True):
        assert mine.problem_id == other.problem_id
        assert mine.prompt == other.prompt
        assert mine.hit_limit == other.hit_limit
        ends = "\ufffd" if mine.hit_limit else ""
        assert mine.generation.rstrip(ends) == other.generation.rstrip(ends), mine.problem_id
        assert mine.outcome == other.outcome
    assert {sample.hit_limit for sample in expected} == {True, False}


@pytest.fixture
def server(model: Path, environment: dict[str, str], tmp_path: Path) -> Iterator[str]:
    """A real vLLM server; its address."""
    port = free_port()
    words = ["--model", str(model), "--served-model-name", "smol", "--dtype", "float32"]
    words += ["--host", "127.0.0.1", "--port", str(port), "--max-model-len", "2048"]
    with (tmp_path / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [PYTHON, "-m", "vllm.entrypoints.openai.api_server", *words],
            cwd=tmp_path,
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(f"http://127.0.0.1:{port}/health"):
            text = (tmp_path / "server.log").read_text(errors="replace")
            assert process.poll() is None, text[-3000:]
            assert time.monotonic() < deadline, text[-3000:]
            time.sleep(1)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait(60)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except OSError:
        return False


def test_a_vllm_server_answers_as_hf_does(
    server: str, environment: dict[str, str], expected: list[Sample], tmp_path: Path
) -> None:
    words = ["--backend", "openai-chat", "--base-url", server, "--model", "smol"]
    assert_same(evaluated(sys.executable, tmp_path / "run", environment, *words), expected)


def test_the_backend_vllm_answers_and_scores_as_hf_does(
    model: Path, environment: dict[str, str], hf: Path, expected: list[Sample], tmp_path: Path
) -> None:
    words = ["--backend", "vllm", "--model", str(model), "--max-length", "2048"]
    assert_same(evaluated(str(PYTHON), tmp_path / "run", environment, *words), expected)
    mine, other = references(tmp_path / "run"), references(hf)
    assert len(mine) == len(other) == 4 * len(LANGUAGES)
    for found, wanted in zip(mine, other, strict=True):
        assert found.outcome == "scored"
        assert (found.problem_id, found.bytes) == (wanted.problem_id, wanted.bytes)
        assert found.bits == pytest.approx(wanted.bits, rel=1e-3)
        assert found.digit_bits == pytest.approx(wanted.digit_bits, rel=1e-3)


def references(folder: Path) -> list[LikelihoodSample]:
    files = sorted(folder.glob("runs/evals/*/likelihood/*.jsonl"))
    return [row for file in files for _, row in decode_lines(file, LikelihoodSample)]
