"""The artefacts of an experiment and their dependencies; makes those not in the store."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import msgspec

from harness.engine.artefact_store import DamagedArtefact, Marker, Store
from harness.engine.jobs import Artefact, Job
from harness.engine.pool import OnProgress, Pool
from harness.engine.worker import Progressed
from harness.progress.display import QUIET, Display, TimeLeft


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """One artefact to make: `make` builds its job once those named in `needs` are there.

    If it has to be made, and not only found in the store, it waits for those of `after` too; `make`
    is then given them as well. The key does not depend on them.
    """

    name: str
    needs: tuple[str, ...]
    make: Callable[[Mapping[str, Artefact]], Job]
    after: tuple[str, ...] = ()


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A finished node: where it is, and whether it already existed (`cached`)."""

    job: Job
    marker: Marker
    path: Path
    cached: bool

    @property
    def artefact(self) -> Artefact:
        """The artefact, as an input of a later stage."""
        return Artefact(path=str(self.path), fingerprint=self.marker.fingerprint)


class Graph:
    """Nodes and their state; `warn` is called for damaged artefacts that are made again."""

    def __init__(self, nodes: Iterable[Node], store: Store, warn: Callable[[str], None]) -> None:
        self._nodes = {node.name: node for node in nodes}
        self._store = store
        self._warn = warn
        self.made: dict[str, Made] = {}
        self._begun: dict[str, list[str]] = {}
        self._warned: set[str] = set()

    def look_up(self, names: Iterable[str]) -> list[str]:
        """Take what the store already has; return the names that are still missing."""
        missing = []
        for name in names:
            node = self._nodes[name]
            ready = all(need in self.made for need in node.needs)
            if name not in self.made and not (ready and self._take(node)):
                missing.append(name)
        return missing

    def makers(self, names: Iterable[str]) -> dict[str, str]:
        """Each missing one of these nodes, and the first that makes the same artefact.

        That is itself unless an earlier one will do. Needs come before what needs them. Keys of
        what is not made yet stand for its content, so nothing that differs is taken as one.
        """
        missing = self.look_up(names)
        known = {name: made.artefact for name, made in self.made.items()}
        first: dict[str, str] = {}
        found: dict[str, str] = {}
        for name in missing:
            node = self._nodes[name]
            found[name] = name
            if all(need in known for need in node.needs):
                key = node.make({need: known[need] for need in node.needs}).key
                known[name] = Artefact(path="", fingerprint=key)
                found[name] = first.setdefault(key, name)
        return found

    def make_missing(
        self,
        names: Iterable[str],
        pool: Pool,
        display: Display = QUIET,
        time: TimeLeft | None = None,
    ) -> None:
        """Make the missing ones of these nodes and show progress, with the time left by `time`.

        Raises:
            BenchError: the first error of a stage.
        """
        missing = self.look_up(self._with_needs(names))
        if not missing:
            return
        kept = "what is made is kept, and a training goes on from its last checkpoint"
        with display.jobs(len(missing), kept=kept, time=time) as meter:

            def on_progress(event: Progressed) -> None:
                meter.progressed(event.name, event.what, event.done, event.total)

            def on_made(name: str, made: Made) -> None:
                meter.finished(name, made.marker.circumstances.wall_seconds)

            self.run(missing, pool, on_progress, on_made)

    def _with_needs(self, names: Iterable[str]) -> list[str]:
        """The nodes, and before each what it needs."""
        found: dict[str, None] = {}

        def add(name: str) -> None:
            if name not in found:
                for need in self._nodes[name].needs:
                    add(need)
                found[name] = None

        for name in names:
            add(name)
        return [*found]

    def run(
        self,
        names: Iterable[str],
        pool: Pool,
        on_progress: OnProgress,
        on_made: Callable[[str, Made], None],
    ) -> None:
        """Make these nodes, whose needs are among them or made; calls `on_made` for each.

        Raises:
            BenchError: the first error of a stage.
        """
        waiting = self.look_up(names)

        def done(name: str, marker: Marker) -> Mapping[str, Job]:
            for same in self._begun.pop(marker.key):
                self._add(same, marker, cached=False)
                waiting.remove(same)
                on_made(same, self.made[same])
            return self._possible(waiting)

        pool.run(self._possible(waiting), done, on_progress)

    def job(self, name: str) -> Job:
        """The job of a node whose needs are made."""
        return self._job(self._nodes[name])

    def _possible(self, waiting: list[str]) -> dict[str, Job]:
        """Jobs whose needs are made, one per key; nodes found in the store count as made."""
        jobs: dict[str, Job] = {}
        begun = {name for names in self._begun.values() for name in names}
        again = True
        while again:
            again = False
            for name in [n for n in waiting if n not in begun]:
                node = self._nodes[name]
                if not all(need in self.made for need in node.needs):
                    continue
                if self._take(node):
                    waiting.remove(name)
                    again = True
                    continue
                if not all(before in self.made for before in node.after):
                    continue
                job = self._job(node)
                begun.add(name)
                if job.key in self._begun:
                    self._begun[job.key].append(name)
                else:
                    self._begun[job.key] = [name]
                    jobs[name] = job
        return jobs

    def _job(self, node: Node) -> Job:
        known = [need for need in (*node.needs, *node.after) if need in self.made]
        return node.make({need: self.made[need].artefact for need in known})

    def _take(self, node: Node) -> bool:
        job = self._job(node)
        try:
            marker = self._store.find(job.shelf, job.key)
        except DamagedArtefact as error:
            if job.key not in self._warned:
                self._warned.add(job.key)
                self._warn(f"{error.message}; making {node.name} again")
            return False
        if marker is None:
            return False
        self._add(node.name, marker, cached=True)
        return True

    def _add(self, name: str, marker: Marker, *, cached: bool) -> None:
        job = self._job(self._nodes[name])
        path = self._store.path(job.shelf, marker.key)
        self.made[name] = Made(job=job, marker=marker, path=path, cached=cached)
