"""A scripted OpenAI-compatible chat server on loopback, which can fail as a real one does."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Answer(NamedTuple):
    """What the server sends: `drop` closes instead, `cut` announces more bytes than it sends."""

    text: str = ""
    reason: str = "stop"
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    drop: bool = False
    cut: bool = False
    wait: float = 0.0


Rule = Callable[[dict[str, Any], int], Answer]
"""From a request's body and its number from 0."""


class Server:
    """A running server.

    `requests` holds the body of each request, `names` the client's ids of them, `keys` the keys
    seen. `close` ends it before its block does.
    """

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.requests: list[dict[str, Any]] = []
        self.names: list[str] = []
        self.connections: list[socket.socket] = []
        self.keys: set[str] = set()
        self.close: Callable[[], None] = lambda: None
        self.lock = threading.Lock()
        self.stopped = threading.Event()
        self.url = ""


def refusing(*names: str, by: str = "code", then: Rule | None = None) -> Rule:
    """A rule that refuses bodies with one of these fields, the first one first.

    It says so by code ("code") or in nothing but words ("words"); other bodies are answered.
    """

    def rule(request: dict[str, Any], number: int) -> Answer:
        name = next((name for name in names if name in request), None)
        if name is None:
            return Answer("fine") if then is None else then(request, number)
        error = {"message": "no", "param": name, "code": "unsupported_parameter"}
        if by == "words":
            message = f"Unsupported parameter: '{name}' is not supported with this model."
            error = {"message": message}
        return Answer(status=400, body=json.dumps({"error": error}).encode())

    return rule


def free_port() -> int:
    """A port of the loopback that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@contextmanager
def serving(rule: Rule) -> Iterator[Server]:
    """A server that answers by `rule` while the block runs."""
    server = Server(rule)
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(server))
    http.daemon_threads = True
    server.url = f"http://127.0.0.1:{http.server_address[1]}/v1"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()

    def close() -> None:
        server.stopped.set()
        http.shutdown()
        thread.join()
        http.server_close()
        for connection in server.connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    server.close = close
    try:
        yield server
    finally:
        close()


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            server.connections.append(self.request)
            super().setup()

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with server.lock:
                number = len(server.requests)
                server.requests.append(request)
                server.names.append(self.headers.get("X-Client-Request-Id", ""))
                server.keys.add(self.headers["Authorization"])
                answer = server.rule(request, number)
            server.stopped.wait(answer.wait)
            if answer.drop:
                self.close_connection = True
                return
            body = completion(answer) if answer.body is None else answer.body
            head = [f"HTTP/1.1 {answer.status} scripted", "Content-Type: application/json"]
            head += [f"{name}: {value}" for name, value in answer.headers]
            head.append(f"Content-Length: {len(body) + (50 if answer.cut else 0)}")
            self.wfile.write("\r\n".join([*head, "", ""]).encode() + body)
            self.close_connection = answer.cut

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


def completion(answer: Answer) -> bytes:
    message = {"role": "assistant", "content": answer.text}
    return json.dumps(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 0,
            "model": "scripted",
            "choices": [{"index": 0, "message": message, "finish_reason": answer.reason}],
            "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
        }
    ).encode()
