import hashlib
import http.server
import os
import threading

import pytest

from animkit.data.lookup import find, present, wants_twin

CONTENT = b"eight frames of a walk"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
FILE = "walks/walk.bin"
TWIN = 'load_walks(source="twin")'


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def serve():
    """Start a loopback server that answers every request with the given bytes, of which it may send only a part."""
    servers = []

    def start(content=CONTENT, promised=None, status=200):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.server.requests += 1
                self.send_response(status)
                self.send_header("Content-Length", str(promised or len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *arguments):
                pass

        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        server.requests = 0
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        return server, f"http://127.0.0.1:{server.server_port}/walk.bin"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def refused():
    """An address at which nobody answers."""
    server = http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    url = f"http://127.0.0.1:{server.server_port}/walk.bin"
    server.server_close()
    return url


def put(folder, content=CONTENT):
    path = folder / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def files_below(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_folder_comes_before_cache_and_cache_before_download(no_real_data, monkeypatch, refused):
    cached = put(no_real_data / "cache")
    assert find(FILE, url=refused, sha256=SHA256, twin=TWIN) == cached
    named = put(no_real_data / "mine")
    monkeypatch.setenv("ANIMKIT_DATA", str(no_real_data / "mine"))
    assert find(FILE, url=refused, sha256=SHA256, twin=TWIN) == named


def test_download_goes_to_the_cache_once(no_real_data, serve):
    server, url = serve()
    path = find(FILE, url=url, sha256=SHA256, twin=TWIN)
    assert path == no_real_data / "cache" / FILE
    assert path.read_bytes() == CONTENT
    assert files_below(no_real_data) == [path]
    find(FILE, url=url, sha256=SHA256, twin=TWIN)
    assert server.requests == 1


def test_another_accepted_version_serves_but_only_the_first_is_downloaded(no_real_data, serve):
    other = b"the same walk, packed otherwise"
    accepted = (SHA256, hashlib.sha256(other).hexdigest())
    path = put(no_real_data / "cache", other)
    assert find(FILE, url="http://127.0.0.1/", sha256=accepted, twin=TWIN) == path
    path.unlink()
    _, url = serve(other)
    with pytest.raises(ValueError, match="did not send the expected file"):
        find(FILE, url=url, sha256=accepted, twin=TWIN)


def test_wrong_hash_names_file_hashes_and_cure(no_real_data, refused):
    path = put(no_real_data / "cache", b"something else")
    found = hashlib.sha256(b"something else").hexdigest()
    with pytest.raises(ValueError, match=f"{path} is damaged .* expected SHA-256 {SHA256}, found {found}. Delete it"):
        find(FILE, url=refused, sha256=SHA256, twin=TWIN)


def test_file_changed_after_its_check_is_checked_again(no_real_data, refused):
    path = put(no_real_data / "cache")
    find(FILE, url=refused, sha256=SHA256, twin=TWIN)
    path.write_bytes(CONTENT[::-1])
    os.utime(path, ns=(0, 0))
    with pytest.raises(ValueError, match="damaged"):
        find(FILE, url=refused, sha256=SHA256, twin=TWIN)


def test_tampered_download_leaves_nothing(no_real_data, serve):
    _, url = serve(b"eight frames of a talk")
    with pytest.raises(ValueError, match=f"did not send the expected file.*{SHA256}"):
        find(FILE, url=url, sha256=SHA256, twin=TWIN)
    assert files_below(no_real_data) == []


def test_truncated_download_leaves_nothing(no_real_data, serve):
    _, url = serve(CONTENT[:5], promised=len(CONTENT))
    with pytest.raises(FileNotFoundError, match="could not be downloaded"):
        find(FILE, url=url, sha256=SHA256, twin=TWIN)
    assert files_below(no_real_data) == []


def test_missing_upstream_is_said_clearly(no_real_data, serve):
    _, url = serve(b"", status=404)
    with pytest.raises(FileNotFoundError, match="404"):
        find(FILE, url=url, sha256=SHA256, twin=TWIN)


def test_offline_error_names_file_address_place_and_twin(no_real_data, refused):
    with pytest.raises(FileNotFoundError) as caught:
        find(FILE, url=refused, sha256=SHA256, twin=TWIN)
    for part in (FILE, refused, str(no_real_data / "cache" / FILE), "ANIMKIT_DATA", TWIN):
        assert part in str(caught.value)


def test_data_folder_that_does_not_exist(no_real_data, monkeypatch):
    monkeypatch.setenv("ANIMKIT_DATA", str(no_real_data / "nowhere"))
    with pytest.raises(FileNotFoundError, match="ANIMKIT_DATA is .*nowhere, which is no folder"):
        present(FILE)


def test_present_wants_every_file(no_real_data):
    assert not present(FILE)
    put(no_real_data / "cache")
    assert present(FILE)
    assert not present(FILE, "walks/run.bin")


def test_wants_twin(no_real_data):
    assert wants_twin("twin", FILE)
    assert wants_twin("present", FILE)
    assert not wants_twin("auto", FILE)
    put(no_real_data / "cache")
    assert not wants_twin("present", FILE)
    with pytest.raises(ValueError, match="auto, present, twin; got 'real'"):
        wants_twin("real", FILE)
