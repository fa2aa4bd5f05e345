"""Worker processes: what they make, what they say when they fail, and that they end."""

import os
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

from harness.engine.artefact_store import Store
from harness.engine.environment import worker_environment
from harness.engine.jobs import Job, external, make_job
from harness.engine.pool import Pool, StageFailed
from harness.engine.stage_code import StageCode
from harness.engine.stage_configs import ImportConfig
from harness.engine.stages import Stage
from ultralink_data.errors import DataError, PrerequisiteError
from ultralink_data.starter.starter_config import StarterConfig

STARTER = make_job("starter", StarterConfig(per_template=1), {})


@pytest.fixture
def pool(tmp_path):
    with Pool(1, Store(tmp_path), worker_environment(1)) as pool:
        yield pool
        workers = [worker._process for worker in pool._workers]
    assert all(process.poll() is not None for process in workers)


def run(pool, jobs):
    done = {}

    def on_done(name, marker):
        done[name] = marker
        return {}

    pool.run(jobs, on_done, lambda event: None)
    return done


def test_a_worker_makes_a_job(pool, tmp_path):
    done = run(pool, {"data": STARTER})
    assert Store(tmp_path).find("datasets", STARTER.key).fingerprint == done["data"].fingerprint


def test_the_error_of_a_stage_keeps_its_kind_and_hint(pool, tmp_path):
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "en_math.jsonl").write_text("{}\n")
    job = make_job("import", ImportConfig(), {"source": external(tmp_path / "bad")})
    with pytest.raises(DataError, match=r"en_math\.jsonl:1: ") as caught:
        run(pool, {"data": job})
    assert caught.value.hint


def test_after_a_failure_the_worker_goes_on(pool, tmp_path):
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "en_math.jsonl").write_text("{}\n")
    job = make_job("import", ImportConfig(), {"source": external(tmp_path / "bad")})
    with pytest.raises(DataError):
        run(pool, {"data": job})
    assert run(pool, {"data": STARTER})


def test_a_bug_of_ours_comes_with_the_workers_traceback(pool):
    job = Job(stage="prune", config={}, inputs={}, seed=None)  # it has no dataset
    with pytest.raises(StageFailed, match="Traceback"):
        run(pool, {"data": job})


def test_a_worker_refuses_a_job_of_other_code(pool, monkeypatch):
    code = StageCode(source="of yesterday", packages={})
    monkeypatch.setattr(Stage, "code", lambda stage, config: code)
    with pytest.raises(PrerequisiteError, match="the code of stage starter changed"):
        run(pool, {"data": STARTER})


def test_a_killed_worker_is_no_bug_of_ours(pool):
    def kill_the_first():
        while not pool._workers:
            time.sleep(0.01)
        os.kill(pool._workers[0]._process.pid, signal.SIGKILL)

    killer = threading.Thread(target=kill_the_first)
    killer.start()
    with pytest.raises(PrerequisiteError, match="killed or crashed while it made data") as caught:
        run(pool, {"data": STARTER})
    killer.join()
    assert "memory" in caught.value.hint


def test_secrets_and_the_model_hub_stay_outside_the_workers(monkeypatch):
    monkeypatch.setenv("SOME_API_KEY", "secret")
    monkeypatch.setenv("HF_TOKEN", "secret")
    monkeypatch.setenv("PLAIN", "kept")
    environment = worker_environment(2)
    assert "secret" not in environment.values()
    assert environment["PLAIN"] == "kept"
    assert environment["HF_HUB_OFFLINE"] == "1"
    assert environment["OMP_NUM_THREADS"] == "2"
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert "OMP_NUM_THREADS" not in worker_environment(None)


@pytest.mark.parametrize("name", ["OMP_WAIT_POLICY", "GLIBC_TUNABLES"])
def test_threads_and_memory_are_tuned_for_a_cpu_unless_the_user_says_otherwise(monkeypatch, name):
    monkeypatch.delenv(name, raising=False)
    assert name in worker_environment(1)
    assert name not in worker_environment(None)
    monkeypatch.setenv(name, "the user's")
    assert worker_environment(1)[name] == "the user's"


def test_threads_spin_where_every_worker_has_cores_of_its_own(monkeypatch):
    monkeypatch.delenv("GOMP_SPINCOUNT", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    assert "GOMP_SPINCOUNT" in worker_environment(2, workers=2)
    assert "GOMP_SPINCOUNT" not in worker_environment(2, workers=3)
    assert "GOMP_SPINCOUNT" in worker_environment(4)
    assert "GOMP_SPINCOUNT" not in worker_environment(5)
    assert "GOMP_SPINCOUNT" not in worker_environment(None)
    monkeypatch.setenv("GOMP_SPINCOUNT", "0")
    assert worker_environment(2, workers=2)["GOMP_SPINCOUNT"] == "0"


def test_glibc_knows_the_tunables_of_a_worker():
    loader = next(Path("/").glob("lib*/ld-linux-*.so.*"), None)
    if loader is None:
        pytest.skip("no glibc here")
    environment = worker_environment(1)
    known = subprocess.run([loader, "--list-tunables"], env=environment, capture_output=True)
    if known.returncode:
        pytest.skip("glibc before 2.33 lists no tunables")
    values = dict(re.findall(r"^(\S+): (\S+)", known.stdout.decode(), re.MULTILINE))
    for setting in environment["GLIBC_TUNABLES"].split(":"):
        name, value = setting.split("=")
        assert int(values[name], 0) == int(value)


def test_a_worker_has_a_repeatable_gpu_workspace_before_its_first_job(monkeypatch):
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
    assert worker_environment(1)["CUBLAS_WORKSPACE_CONFIG"] == ":4096:8"
    monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", ":16:8")
    assert worker_environment(1)["CUBLAS_WORKSPACE_CONFIG"] == ":16:8"
