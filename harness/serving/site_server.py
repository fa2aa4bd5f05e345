"""A small web server for one built site, for browsers on this machine alone.

Other pages that the same browser has open must not get at the site: a request must name this server
as its host (a name that was made to point here does not), a request that another page makes for a
part of the site is refused, and answers say that no other page may use or frame them. A path is
looked up among the files of the site and never put together, so that it leads nowhere else.
"""

import ipaddress
import json
import secrets
import shutil
import socket
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from pathlib import Path
from socketserver import TCPServer
from typing import Any, Final, NamedTuple
from urllib.parse import unquote, urlsplit

from leaderboard.site.markup import attribute
from leaderboard.site.page import POLICY
from ultralink_data.errors import ConfigError, PrerequisiteError

SERVED_POLICY: Final = f"{POLICY}; connect-src 'self'"
"""The policy of the pages, which may also ask this server whether there is something new."""

SCRIPT: Final = "/live/live.js"
STATE: Final = "/live/state"

_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
_LAST_PORT: Final = 65535
_SECONDS: Final = 30
"""A connection that says nothing for so long is closed."""


class SiteState(NamedTuple):
    """What is served: the files by their path in the site, and which build they are of.

    `fault` says why the newest build failed, "" if it did not.
    """

    files: dict[str, Path]
    version: str
    fault: str


class SiteServer(ThreadingHTTPServer):
    """Serves the files of a folder; `show` tells it of a new build, `complain` of a failed one."""

    daemon_threads = True

    def __init__(self, host: str, port: int) -> None:
        """Listen on a loopback address; port 0 takes any that is free.

        Raises:
            ConfigError: the address is reached by other machines, or none; or the port is none.
            PrerequisiteError: the port cannot be had.
        """
        if not 0 <= port <= _LAST_PORT:
            raise ConfigError(f"--port {port} is no port", hint=f"use 0 to {_LAST_PORT}")
        address = loopback(host)
        if ":" in address:
            self.address_family = socket.AF_INET6
        try:
            super().__init__((address, port), _Handler)
        except OSError as error:
            raise PrerequisiteError(
                f"cannot listen on port {port} of {host}: {error}",
                hint="name another with --port, or none: any that is free is taken",
            ) from error
        self._start = secrets.token_hex(4)
        self._builds = 0
        self.state = SiteState({}, f"{self._start}-0", "")

    def server_bind(self) -> None:
        """Bind without asking a name server what this machine is called."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that leaves in the midst of an answer is nothing to tell."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    @property
    def hosts(self) -> frozenset[str]:
        """What a request may call this server."""
        port = self.server_address[1]
        own = str(self.server_address[0])
        names = ("localhost", "127.0.0.1", "[::1]", f"[{own}]" if ":" in own else own)
        return frozenset(f"{name}:{port}" for name in names)

    @property
    def url(self) -> str:
        """The address of the first page."""
        name = str(self.server_address[0])
        return f"http://{f'[{name}]' if ':' in name else name}:{self.server_address[1]}/"

    def show(self, folder: Path) -> None:
        """Serve a site as it is in a folder now; pages that are open load themselves again."""
        self._builds += 1
        found = {
            path.relative_to(folder).as_posix(): path
            for path in folder.rglob("*")
            if path.is_file() and not path.is_symlink()
        }
        self.state = SiteState(found, f"{self._start}-{self._builds}", "")

    def complain(self, fault: str) -> None:
        """Go on with the pages that there are, which say why they are not the newest."""
        self.state = self.state._replace(fault=fault)


def loopback(host: str) -> str:
    """The address for a host that only this machine reaches.

    Raises:
        ConfigError: other machines reach it, or it is no address.
    """
    address = "127.0.0.1" if host == "localhost" else host
    try:
        alone = ipaddress.ip_address(address).is_loopback
    except ValueError:
        alone = False
    if not alone:
        raise ConfigError(
            f"--host {host} is no address of this machine alone",
            hint="use 127.0.0.1 or ::1; for others put the folder of `leaderboard site` on a host",
        )
    return address


class _Handler(BaseHTTPRequestHandler):
    server: SiteServer
    protocol_version = "HTTP/1.1"
    server_version = "ultralink-bench"
    sys_version = ""
    timeout = _SECONDS
    error_content_type = "text/plain; charset=utf-8"
    error_message_format = "%(code)d %(message)s\n"

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def _refuse_method(self) -> None:
        self.close_connection = True  # a body may follow, which nobody reads
        self.send_error(HTTPStatus.METHOD_NOT_ALLOWED)

    do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_TRACE = do_CONNECT = _refuse_method

    def _answer(self) -> None:
        state = self.server.state
        if refusal := self._refusal():
            self.close_connection = True
            self.send_error(HTTPStatus.FORBIDDEN, refusal)
            return
        try:
            path = unquote(urlsplit(self.path).path, errors="replace")
        except ValueError:  # an address in brackets that is none
            self.close_connection = True
            self.send_error(HTTPStatus.BAD_REQUEST)
            return
        if path == STATE:
            told = {"version": state.version, "fault": state.fault}
            self._send(json.dumps(told).encode(), _TYPES[".json"])
        elif path == SCRIPT:
            self._send(_script(), _TYPES[".js"])
        else:
            self._send_file(path, state)

    def _refusal(self) -> str:
        """Why this request is not one of a person at this machine who opens the site, or ""."""
        named = [name.lower() for name in self.headers.get_all("Host", [])]
        if len(named) != 1 or named[0] not in self.server.hosts:
            return "this server is asked for under another name"
        elsewhere = self.headers.get("Sec-Fetch-Site", "none") in ("cross-site", "same-site")
        if elsewhere and self.headers.get("Sec-Fetch-Mode") != "navigate":
            return "another page asks for a part of this site"
        return ""

    def _send_file(self, path: str, state: SiteState) -> None:
        name = path.removeprefix("/")
        name = f"{name}index.html" if not name or name.endswith("/") else name
        file = state.files.get(name)
        kind = _TYPES.get(Path(name).suffix, "application/octet-stream")
        try:
            if file is None:
                raise FileNotFoundError(name)
            if file.suffix == ".html":
                self._send(served(file.read_bytes(), state.version), kind)
                return
            with file.open("rb") as content:
                self._head(kind, file.stat().st_size)
                if self.command != "HEAD":
                    shutil.copyfileobj(content, self.wfile)
        except FileNotFoundError:
            self.send_error(HTTPStatus.NOT_FOUND, "no such page")

    def _send(self, content: bytes, kind: str) -> None:
        self._head(kind, len(content))
        if self.command != "HEAD":
            self.wfile.write(content)

    def _head(self, kind: str, length: int) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def end_headers(self) -> None:
        """End the headers with those that every answer has, errors too."""
        self.send_header("Content-Security-Policy", f"{SERVED_POLICY}; frame-ancestors 'none'")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("X-Frame-Options", "DENY")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-store")
        if self.close_connection:
            self.send_header("Connection", "close")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Nobody reads a line for each file."""


def served(page: bytes, version: str) -> bytes:
    """A page of the site with the script that follows the server, and a policy that lets it."""
    before, after = (attribute(policy).encode() for policy in (POLICY, SERVED_POLICY))
    script = f'<script src="{SCRIPT}?version={version}" defer></script></head>'.encode()
    return page.replace(before, after, 1).replace(b"</head>", script, 1)


def _script() -> bytes:
    return resources.files("harness.serving").joinpath("live.js").read_bytes()
