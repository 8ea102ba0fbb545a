"""HTTPS with the user's own certificate, and what is said when it cannot be used."""

import ssl
from pathlib import Path

import pytest
import trustme
from leadsquared_slots.mock_server import MockServer, Settings
from leadsquared_slots.mock_server.serving.tls import NoCertificate, ca_pem

from ..support.talking import UNVERIFIED, Admin, Line, request


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def own(authority: trustme.CA, tmp_path: Path) -> tuple[Path, Path]:
    """Files of a certificate with its chain, and of its key."""
    leaf = authority.issue_cert("localhost")
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    certificate.write_bytes(b"".join(part.bytes() for part in leaf.cert_chain_pems))
    key.write_bytes(leaf.private_key_pem.bytes())
    return certificate, key


def test_a_certificate_of_ones_own_is_served(authority: trustme.CA, own: tuple[Path, Path]) -> None:
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    with MockServer(tls_cert=own[0], tls_key=own[1]) as server, Line(server.port, trusting) as line:
        assert server.base_url.startswith("https://")
        assert line.send(request()).answer().status == 200
        assert line.send(request("/__admin/ca.pem", method="GET", body=b"")).answer().status == 404


def test_the_key_may_stand_in_the_same_file(own: tuple[Path, Path]) -> None:
    own[0].write_bytes(own[0].read_bytes() + own[1].read_bytes())
    with MockServer(tls_cert=own[0]) as server, Line(server.port, UNVERIFIED) as line:
        assert line.send(request()).answer().status == 200


def test_files_that_are_missing_are_named(own: tuple[Path, Path]) -> None:
    for fields in ({"tls_cert": Path("nowhere.pem")}, {"tls_cert": own[0], "tls_key": Path("nowhere.pem")}):
        with pytest.raises(NoCertificate, match=r"no file nowhere\.pem"), MockServer(**fields):
            pass


def test_a_file_that_is_no_certificate_is_said_to_be_none(own: tuple[Path, Path], tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    other.write_text("nothing")
    for fields in ({"tls_cert": other}, {"tls_cert": own[0]}, {"tls_cert": own[0], "tls_key": other}):
        with pytest.raises(NoCertificate, match="expected a PEM file"), MockServer(**fields):
            pass


def test_a_key_with_a_password_is_refused_and_not_asked_for(authority: trustme.CA, own: tuple[Path, Path]) -> None:
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat, load_pem_private_key

    key = load_pem_private_key(own[1].read_bytes(), None)
    own[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")))
    with pytest.raises(NoCertificate, match="expected a PEM file"), MockServer(tls_cert=own[0], tls_key=own[1]):
        pass


def test_there_is_no_authority_without_tls() -> None:
    assert ca_pem(Settings()) is None
    with MockServer() as server:
        assert Admin(server.port).call("GET", "/ca.pem").json["hint"] == "start it with --tls"
