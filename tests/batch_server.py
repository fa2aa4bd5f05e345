"""A scripted provider with a batch interface on loopback: files, batches, results, and faults."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from tests.llm_server import Answer, completion

Rule = Callable[[dict[str, Any]], Answer]
"""From a request's body; `drop` leaves its result out, the reason "expired" lets it expire."""


class Fate(NamedTuple):
    """What becomes of a batch: after so many looks it has the status; `errors` where it failed."""

    status: str = "completed"
    looks: int = 1
    errors: tuple[dict[str, Any], ...] = ()


class Provider:
    """A running provider.

    `paid` counts the answers by custom id, over all batches. `fates` holds what becomes of the
    next batches, `faults` answers to the next calls whose path they name, before or (`late`)
    after the call has done its work.
    """

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.url = ""
        self.files: dict[str, bytes] = {}
        self.batches: list[dict[str, Any]] = []
        self.looks: Counter[str] = Counter()
        self.paid: Counter[str] = Counter()
        self.fates: list[Fate] = []
        self.faults: list[tuple[str, Answer, bool]] = []
        self.lock = threading.RLock()

    def sizes(self) -> list[int]:
        """Requests in each batch."""
        return [len(self.files[batch["input_file_id"]].splitlines()) for batch in self.batches]

    def add_file(self, content: bytes) -> dict[str, Any]:
        name = f"file-{len(self.files)}"
        self.files[name] = content
        return {"id": name, "object": "file", "bytes": len(content), "purpose": "batch"}

    def add_batch(self, asked: dict[str, Any]) -> dict[str, Any]:
        batch = {
            "id": f"batch_{len(self.batches)}",
            "object": "batch",
            "status": "validating",
            "created_at": 4e9,
            "endpoint": asked["endpoint"],
            "completion_window": asked["completion_window"],
            "input_file_id": asked["input_file_id"],
            "metadata": asked.get("metadata"),
            "fate": self.fates.pop(0) if self.fates else Fate(),
        }
        self.batches.append(batch)
        return shown(batch)

    def look(self, name: str) -> dict[str, Any] | None:
        for batch in self.batches:
            if batch["id"] == name:
                self.looks[name] += 1
                if batch["status"] == "validating" and self.looks[name] >= batch["fate"].looks:
                    self._end(batch)
                return shown(batch)
        return None

    def _end(self, batch: dict[str, Any]) -> None:
        fate = batch["fate"]
        batch["status"] = fate.status
        if fate.status == "failed":
            batch["errors"] = {"object": "list", "data": list(fate.errors)}
            return
        good, bad = [], []
        for line in self.files[batch["input_file_id"]].splitlines():
            request = json.loads(line)
            assert (request["method"], request["url"]) == ("POST", "/v1/chat/completions")
            (good if self._answer(request, bad) else bad).append(request)
        batch["output_file_id"] = self._results(good)
        batch["error_file_id"] = self._results(bad)

    def _answer(self, request: dict[str, Any], bad: list[dict[str, Any]]) -> bool:
        answer, key = self.rule(request.pop("body")), request["custom_id"]
        request["id"] = f"batch_req_{key[:8]}"
        if answer.drop:
            request.clear()
        elif answer.reason == "expired":
            request["error"] = {"code": "batch_expired", "message": "not in time"}
        else:
            body = json.loads(completion(answer) if answer.body is None else answer.body)
            response = {"status_code": answer.status, "request_id": f"req_{key[:8]}", "body": body}
            request["response"] = response
            self.paid[key] += answer.status == 200
            return answer.status == 200
        return False

    def _results(self, results: list[dict[str, Any]]) -> str | None:
        kept = [one for one in results if one]
        # A reply may hold a line separator that is none in JSONL.
        text = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in reversed(kept))
        return self.add_file(text.encode())["id"] if kept else None


def shown(batch: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in batch.items() if name != "fate"}


@contextmanager
def providing(rule: Rule) -> Iterator[Provider]:
    """A provider that answers by `rule` while the block runs."""
    provider = Provider(rule)
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(provider))
    http.daemon_threads = True
    provider.url = f"http://127.0.0.1:{http.server_address[1]}/v1"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield provider
    finally:
        http.shutdown()
        thread.join()
        http.server_close()


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self._serve(b"")

        def do_POST(self) -> None:
            self._serve(self.rfile.read(int(self.headers["Content-Length"])))

        def _serve(self, content: bytes) -> None:
            path = self.path.split("?")[0].removeprefix("/v1")
            with provider.lock:
                fault = self._fault(path)
                if fault is not None and not fault[2]:
                    self._send(fault[1].status, fault[1].body or b"{}", fault[1].drop)
                    return
                made = self._made(path, content)
            if fault is not None:
                self._send(fault[1].status, fault[1].body or b"{}", fault[1].drop)
            elif made is None:
                self._send(404, b'{"error": {"message": "no such thing"}}')
            else:
                self._send(200, made if isinstance(made, bytes) else json.dumps(made).encode())

        def _fault(self, path: str) -> tuple[str, Answer, bool] | None:
            for fault in provider.faults:
                if fault[0] == f"{self.command} {path}":
                    provider.faults.remove(fault)
                    return fault
            return None

        def _made(self, path: str, content: bytes) -> dict[str, Any] | bytes | None:
            if path == "/files":
                return provider.add_file(self._uploaded(content))
            if path == "/batches" and self.command == "POST":
                return provider.add_batch(json.loads(content))
            if path == "/batches":
                listed = [shown(batch) for batch in reversed(provider.batches)]
                return {"object": "list", "data": listed, "has_more": False}
            if path.startswith("/batches/"):
                return provider.look(path.rpartition("/")[2])
            if path.startswith("/files/"):
                return provider.files.get(path.split("/")[2])
            return None

        def _uploaded(self, content: bytes) -> bytes:
            head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
            parts = BytesParser().parsebytes(head + content).get_payload()
            found = {part.get_param("name", header="content-disposition"): part for part in parts}
            assert found["purpose"].get_payload() == "batch"
            return found["file"].get_payload(decode=True)

        def _send(self, status: int, body: bytes, drop: bool = False) -> None:
            self.close_connection = drop
            if drop:
                return
            head = [f"HTTP/1.1 {status} scripted", "Content-Type: application/json"]
            head.append(f"Content-Length: {len(body)}")
            self.wfile.write("\r\n".join([*head, "", ""]).encode() + body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
