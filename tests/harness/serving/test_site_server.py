"""The server of a site on a loopback address: what it answers, and what it refuses."""

import http.client
import json
import socket
import threading

import pytest
from report_examples import record

from harness.serving.site_server import SERVED_POLICY, SiteServer, loopback
from leaderboard.collection import load
from leaderboard.records import write_record
from leaderboard.site.build_site import build
from ultralink_data.errors import ConfigError, PrerequisiteError


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("served")
    write_record(place / "runs" / "reports" / "one" / "a.json", record())
    (place / "secret.txt").write_text("secret")
    built = build(load(place / "runs"), place / "site")
    (built.folder / "data").mkdir(exist_ok=True)
    (built.folder / "data" / "name with space.js").write_text("loaded();")
    (built.folder / "link.txt").symlink_to(place / "secret.txt")
    return built.folder


@pytest.fixture
def server(folder):
    with SiteServer("127.0.0.1", 0) as made:
        made.show(folder)
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def asked(server, path, method="GET", **headers):
    connection = http.client.HTTPConnection(*server.server_address[:2], timeout=10)
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, headers=given)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer, content


def test_pages_have_a_policy_that_lets_them_ask_for_news_and_files_are_as_built(server, folder):
    answer, content = asked(server, "/")
    assert answer.status == 200
    assert answer.headers["Content-Security-Policy"].startswith(SERVED_POLICY)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    page = content.decode()
    assert page.count("connect-src &#x27;self&#x27;") == 1
    version = json.loads(asked(server, "/live/state")[1])["version"]
    assert f'<script src="/live/live.js?version={version}" defer></script></head>' in page
    built = (folder / "index.html").read_text()
    assert "connect-src" not in built
    assert "live.js" not in built
    for path, name in (
        ("/assets/site.css", "assets/site.css"),
        ("/data/name%20with%20space.js?x=1", "data/name with space.js"),
        ("/runs/", None),
    ):
        answer, content = asked(server, path)
        assert answer.status == 200
        if name:
            assert content == (folder / name).read_bytes()
    assert asked(server, "/live/live.js")[0].headers["Content-Type"].startswith("text/javascript")


@pytest.mark.parametrize("path", ["/", "/assets/site.css", "/nowhere", "/live/state"])
def test_every_answer_has_the_headers_that_guard_it(server, path):
    answer, _ = asked(server, path)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/assets/../../secret.txt",
        "//etc/passwd",
        "/etc/passwd",
        "/link.txt",
        "/assets/",
        "/assets",
        "/data/",
        "/%00",
        "/%ff%fe",
        "/" + "x" * 9000,
        "/?/index.html/../..",
    ],
)
def test_no_path_leads_out_of_the_site_and_no_folder_is_listed(server, path):
    answer, content = asked(server, path)
    if path.startswith("/?"):
        assert answer.status == 200  # the part after the question mark names nothing
    else:
        assert answer.status == 404
        assert b"secret" not in content
        assert b"root:" not in content


@pytest.mark.parametrize("name", ["evil.example", "evil.example:80", "127.0.0.1", "localhost", ""])
def test_a_request_under_another_name_is_refused(server, name):
    answer, content = asked(server, "/live/state", Host=name)
    assert answer.status == 403
    assert b"version" not in content


def test_the_names_of_this_machine_are_taken_with_the_port(server):
    port = server.server_address[1]
    for name in (f"localhost:{port}", f"127.0.0.1:{port}", f"LOCALHOST:{port}"):
        assert asked(server, "/", Host=name)[0].status == 200


def test_another_page_may_lead_here_and_not_use_a_part(server):
    part = {"Sec_Fetch_Mode": "no-cors"}
    assert asked(server, "/assets/theme.js", Sec_Fetch_Site="cross-site", **part)[0].status == 403
    assert asked(server, "/assets/theme.js", Sec_Fetch_Site="same-site", **part)[0].status == 403
    assert asked(server, "/assets/theme.js", Sec_Fetch_Site="same-origin", **part)[0].status == 200
    lead = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate"}
    assert asked(server, "/", **lead)[0].status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_it_is_only_read(server, method):
    assert asked(server, "/", method)[0].status == 405


def test_head_has_the_length_and_no_content(server):
    for path in ("/", "/assets/site.css", "/live/state"):
        whole = asked(server, path)[1]
        answer, content = asked(server, path, "HEAD")
        assert (answer.status, content) == (200, b"")
        assert int(answer.headers["Content-Length"]) == len(whole)


def test_a_new_build_has_a_new_version_and_a_failed_one_says_why(server, folder):
    def state():
        return json.loads(asked(server, "/live/state")[1])

    first = state()
    server.complain("the disk is full")
    assert state() == {"version": first["version"], "fault": "the disk is full"}
    server.show(folder)
    assert state()["version"] != first["version"]
    assert state()["fault"] == ""


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.1", "example.org", "", "8.8.8.8"])
def test_other_machines_are_never_served(host):
    with pytest.raises(ConfigError, match="no address of this machine alone"):
        loopback(host)


def test_an_address_of_the_sixth_version_is_served_too(folder):
    try:
        made = SiteServer("::1", 0)
    except PrerequisiteError:
        pytest.skip("this machine has no ::1")
    with made:
        assert made.url == f"http://[::1]:{made.server_address[1]}/"
        made.show(folder)
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        assert asked(made, "/")[0].status == 200
        assert asked(made, "/", Host="evil.example")[0].status == 403
        made.shutdown()
        thread.join()


def test_a_port_that_is_taken_or_none_is_an_error(server):
    assert loopback("localhost") == "127.0.0.1"
    with pytest.raises(PrerequisiteError, match="cannot listen on port"):
        SiteServer("127.0.0.1", server.server_address[1])
    for port in (-1, 65536):
        with pytest.raises(ConfigError, match="is no port"):
            SiteServer("127.0.0.1", port)


def raw(server, request):
    """The first line of the answer to these bytes."""
    with socket.create_connection(server.server_address[:2], timeout=10) as connection:
        connection.sendall(request)
        return connection.makefile("rb").readline().decode().strip()


@pytest.mark.parametrize("path", ["http://[", "http://[x]/", "//[::1"])
def test_an_address_that_is_none_is_refused_without_a_traceback(server, capfd, path):
    host = f"127.0.0.1:{server.server_address[1]}"
    said = raw(server, f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    assert said.split()[1] in ("400", "404")
    assert capfd.readouterr().err == ""


def test_a_request_has_one_host(server):
    host = b"Host: 127.0.0.1:%d\r\n" % server.server_address[1]
    for hosts in (b"", host + host, host + b"Host: elsewhere\r\n"):
        assert raw(server, b"GET / HTTP/1.1\r\n" + hosts + b"\r\n").split()[1] == "403"
    assert raw(server, b"GET / HTTP/1.1\r\n" + host + b"\r\n").split()[1] == "200"
