"""HTTPS with the user's own certificate, or with one made at start by trustme.

The real API is HTTPS only (rule http.https-only), and many clients build `https://{host}` themselves.
"""

import ssl
from functools import lru_cache

from leadsquared_slots.mock_server.accounts.settings import Settings
from leadsquared_slots.mock_server.domain.errors import DomainError


class NoCertificate(DomainError):
    """HTTPS was asked for, and there is no certificate to serve it with."""


def tls_context(settings: Settings) -> ssl.SSLContext:
    """The server's side of TLS. Raises NoCertificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if settings.tls_cert is None:
        _, certificate = _authority(settings.host)
        certificate.configure_cert(context)  # type: ignore[attr-defined]
        return context
    for path in (settings.tls_cert, settings.tls_key):
        if path is not None and not path.is_file():
            raise NoCertificate(f"there is no file {path}; expected a PEM file")
    try:
        # Without a password of ours OpenSSL would ask for one on the terminal, and wait.
        context.load_cert_chain(settings.tls_cert, settings.tls_key, password="")
    except (OSError, ssl.SSLError) as error:
        raise NoCertificate(
            f"the certificate {settings.tls_cert} cannot be used: {error}; expected a PEM file, with its key in it or given by --tls-key"
        ) from None
    return context


def ca_pem(settings: Settings) -> bytes | None:
    """The certificate of the authority that vouches for the one made at start, in PEM; None where the user brought one or TLS is off."""
    if not settings.tls or settings.tls_cert is not None:
        return None
    authority, _ = _authority(settings.host)
    return bytes(authority.cert_pem.bytes())  # type: ignore[attr-defined]


@lru_cache(maxsize=4)
def _authority(host: str) -> tuple[object, object]:
    try:
        import trustme
    except ImportError:
        raise NoCertificate(
            "--tls makes a certificate with trustme, which is not installed; pip install 'leadsquared-slots[tls]', or bring --tls-cert"
        ) from None
    authority = trustme.CA(organization_name="lsq-mock")
    names = dict.fromkeys(("localhost", "127.0.0.1", "::1", "lsq-mock", "host.docker.internal", host))
    names.pop("0.0.0.0", None)  # noqa: S104
    names.pop("::", None)
    return authority, authority.issue_cert(*names)
