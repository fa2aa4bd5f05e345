"""MLflow: a server by `MLFLOW_TRACKING_URI`, else a folder."""

import os
import time
from collections.abc import Mapping

from harness.tracking.tracker import TrackedRun

_EXPERIMENT = "ultralink-bench"
_KEY = "ultralink_bench.key"
_LONGEST = 500
"""Characters of a parameter's value that every server takes."""


class MlflowTracker:
    """One run a training, found again by its key; steps that it has are not told twice."""

    def __init__(self, run: TrackedRun) -> None:
        # The small package has no database, and takes a folder only when asked to.
        os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")
        from mlflow.entities import Param, RunTag
        from mlflow.tracking import MlflowClient

        local = (run.folder / "mlruns").absolute().as_uri()
        uri = os.environ.get("MLFLOW_TRACKING_URI") or local
        self._client = MlflowClient(tracking_uri=uri)
        name = os.environ.get("MLFLOW_EXPERIMENT_NAME", _EXPERIMENT)
        known = self._client.get_experiment_by_name(name)
        experiment = known.experiment_id if known else self._client.create_experiment(name)
        found = self._client.search_runs([experiment], f"tags.`{_KEY}` = '{run.key}'")
        if found:
            self._run = found[0].info.run_id
            self._client.update_run(self._run, status="RUNNING")
        else:
            made = self._client.create_run(experiment, run_name=run.name)
            self._run = made.info.run_id
            facts = {name: str(value)[:_LONGEST] for name, value in run.facts.items()}
            self._client.log_batch(
                self._run,
                params=[Param(name, value) for name, value in facts.items()],
                tags=[RunTag(_KEY, run.key)],
            )
        self._last: dict[str, int] = {}
        self.where = f"{uri}, experiment {name}, run {self._run}"

    def log(self, step: int, numbers: Mapping[str, float]) -> None:
        """Take the numbers of a step, those that it has not had."""
        from mlflow.entities import Metric

        now = int(time.time() * 1000)
        new = {name: value for name, value in numbers.items() if step > self._last_of(name)}
        if new:
            metrics = [Metric(name, value, now, step) for name, value in new.items()]
            self._client.log_batch(self._run, metrics=metrics)

    def _last_of(self, name: str) -> int:
        """The last step of a number that the run had when it was found."""
        if name not in self._last:
            history = self._client.get_metric_history(self._run, name)
            self._last[name] = max((metric.step for metric in history), default=-1)
        return self._last[name]

    def end(self, *, done: bool) -> None:
        """Close the run."""
        self._client.set_terminated(self._run, "FINISHED" if done else "FAILED")
