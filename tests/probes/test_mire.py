"""The syndicat's server answers as LibreSpeed does, within its limits."""

import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from diag.model.errors import DiagError
from diag.probes.mire import (
    OWN_SERVER,
    Mire,
    MireLimits,
    _read_head,
    algorithm_of,
    check_address,
    house_of,
    listening,
    mire_at,
    tls_of,
)
from tests.probes.serving import mire_on_loopback

HEADS = st.builds(
    lambda *parts: "\r\n".join(parts).encode("latin-1", "replace"),
    st.builds(
        "{} {} HTTP/1.1".format,
        st.sampled_from(["GET", "POST", "HEAD", "PUT", ""]),
        st.one_of(
            st.text(max_size=30),
            st.integers().map("/garbage.php?ckSize={}".format),
            st.just("//[/a"),
        ),
    ),
    st.integers().map("Content-Length: {}".format),
    st.text(max_size=20),
)


@pytest.fixture(scope="module")
def mire() -> Iterator[Mire]:
    with mire_on_loopback() as served:
        yield served


def test_the_urls_of_librespeed_are_answered(mire: Mire) -> None:
    with httpx.Client(trust_env=False) as client:
        got = client.get(mire.url("backend/garbage.php?ckSize=2"))
        assert len(got.content) == 2 * 2**20
        assert got.headers["access-control-allow-origin"] == "*"
        assert got.headers["server"].startswith(f"{OWN_SERVER}/1 (")
        sent = client.post(mire.url("empty.php"), content=b"x" * 300_000)
        assert (sent.status_code, sent.content) == (200, b"")
        address = json.loads(client.get(mire.url("getIP.php")).content)
        assert address["processedString"] == "127.0.0.1"
        assert client.get(mire.url("generate_204")).status_code == 204
        assert "rien" in client.get(mire.url("")).text
        assert client.get(mire.url("passwd")).status_code == 404


@pytest.mark.parametrize(
    "sent",
    [
        b"\r\n\r\n",
        b"DELETE / HTTP/1.1\r\n\r\n",
        b"GET /empty.php\r\n\r\n",
        b"POST /empty.php HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /empty.php HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
        b"POST /empty.php HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET /garbage.php?ckSize=a HTTP/1.1\r\n\r\n",
        b"\xff" * 20_000,
    ],
)
def test_what_is_no_test_is_cut_without_a_word(mire: Mire, sent: bytes) -> None:
    with socket.create_connection((mire.host, mire.port), 5) as made:
        made.sendall(sent)
        with suppress(ConnectionResetError):
            assert made.recv(100) == b""
    with httpx.Client(trust_env=False) as client:  # and it still serves
        assert client.get(mire.url("empty.php")).status_code == 200


@given(st.one_of(st.binary(max_size=300), HEADS))
def test_whatever_the_head_it_is_read_within_bounds_or_is_no_request(
    head: bytes,
) -> None:
    try:
        asked = _read_head(head)
    except ValueError:
        return
    assert 0 <= asked.length <= 2**30
    assert 1 <= asked.size <= 1024


def test_an_address_moves_so_much_an_hour_and_no_more() -> None:
    with (
        mire_on_loopback(MireLimits(hourly_bytes=2**20)) as mire,
        httpx.Client(trust_env=False) as client,
    ):
        wanted = mire.url("garbage.php?ckSize=2")
        assert client.get(wanted).status_code == 200
        refused = client.get(wanted)
        assert refused.status_code == 429
        # Unsaid, the next request would go to a connection that is being closed.
        assert refused.headers["connection"] == "close"
        assert client.get(mire.url("empty.php")).status_code == 200, "asking is free"


@pytest.mark.parametrize(
    "page", ["", "getIP.php", "garbage.php?ckSize=1", "empty.php", "passwd"]
)
def test_a_head_is_answered_without_a_body(mire: Mire, page: str) -> None:
    with socket.create_connection((mire.host, mire.port), 5) as made:
        lines = (f"HEAD /{page} HTTP/1.1", "Host: mire.test", "Connection: close")
        made.sendall("\r\n".join((*lines, "", "")).encode())
        answer = b"".join(iter(lambda: made.recv(4096), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert (head[:9], body) == (b"HTTP/1.1 ", b"")
    assert b"\r\nConnection: close" in head


def test_a_test_too_many_is_told_to_come_back() -> None:
    with mire_on_loopback(MireLimits(tests=0)) as mire, httpx.Client() as client:
        assert client.get(mire.url("garbage.php")).status_code == 503


def test_an_address_has_so_many_connections() -> None:
    with mire_on_loopback(MireLimits(per_address=1)) as mire:
        first = socket.create_connection((mire.host, mire.port), 5)
        second = socket.create_connection((mire.host, mire.port), 5)
        with first, second, suppress(ConnectionResetError):
            assert second.recv(1) == b""


def test_a_school_is_one_address_or_one_network_of_ipv6() -> None:
    first, second = house_of("2001:db8:0:1::1"), house_of("2001:db8:0:1:a:b:c:d")
    assert first == second != house_of("2001:db8:0:2::1")
    assert house_of("fe80::1%eth0") == house_of("fe80::2%eth1")
    assert house_of("192.0.2.7") == "192.0.2.7"
    assert house_of("192.0.2.7") != house_of("192.0.2.8")
    assert house_of("?") == "?"


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="no IPv6 here")
def test_all_addresses_of_ipv6_are_those_of_ipv4_too() -> None:
    with mire_on_loopback(address="::") as every, httpx.Client(trust_env=False) as one:
        for host in ("127.0.0.1", "[::1]"):
            told = one.get(f"http://{host}:{every.port}/getIP.php").json()
            assert told["processedString"] == host.strip("[]")


def test_all_addresses_are_listened_to_only_when_asked_for() -> None:
    for address in ("0.0.0.0", "::"):
        with pytest.raises(DiagError, match="toutes les adresses") as refused:
            check_address(address, everywhere=False)
        assert "--everywhere" in refused.value.at_prompt()
        assert check_address(address, everywhere=True) == address
    assert check_address("192.0.2.7", everywhere=False) == "192.0.2.7"
    with pytest.raises(DiagError, match="pas une adresse"):
        check_address("mire.example", everywhere=False)


def test_connections_have_the_algorithm_that_is_told() -> None:
    with listening("127.0.0.1", 0) as made:
        told = algorithm_of(made)
        with (
            socket.create_connection(made.getsockname(), 5),
            made.accept()[0] as accepted,
        ):
            assert algorithm_of(accepted) == told


def test_a_certificate_goes_with_its_key(tmp_path: Path) -> None:
    authority = trustme.CA()
    pairs = []
    for name in ("one", "two"):
        issued = authority.issue_cert(f"{name}.test")
        issued.cert_chain_pems[0].write_to_path(tmp_path / f"{name}.pem")
        issued.private_key_pem.write_to_path(tmp_path / f"{name}-key.pem")
        pairs.append((tmp_path / f"{name}.pem", tmp_path / f"{name}-key.pem"))
    assert isinstance(tls_of(*pairs[0]), ssl.SSLContext)
    with pytest.raises(DiagError, match="ne vont pas ensemble"):
        tls_of(pairs[0][0], pairs[1][1])


def test_a_url_names_a_server() -> None:
    assert mire_at("mire.test") == Mire("mire.test", 80, is_tls=False, path="")
    secured = mire_at("https://mire.test/vitesse/")
    assert secured.url("empty.php") == "https://mire.test:443/vitesse/empty.php"
    assert mire_at("http://[2001:db8::1]:81").target == "[2001:db8::1]:81"


@pytest.mark.parametrize(
    "text",
    ["", "http://", "ftp://a", "http://a:99999", "http://[::1", "http://a b/", "::1"],
)
def test_what_names_none_is_refused(text: str) -> None:
    with pytest.raises(DiagError, match="serveur de mesure"):
        mire_at(text)
