r"""The TLS certificate of an exam: self-signed, P-256, and vouched for by the exam's own key.

Its subject alternative names hold one URI beside the laptop's names, readable with any tool:

    examdesk:1:<exam id, 32 hex digits>:<exam key, 64 hex digits>:<proof, 128 hex digits>
    proof = Ed25519 signature of the exam key over "EDP1-CERT\0" ‖ exam id ‖ SHA-256(subjectPublicKeyInfo)

So whoever knows the exam key (from a room code, a personal code, a join file or an institution) knows that the
TLS key belongs to that exam. Dates are written for other tools and never read: lab PCs have wrong clocks, and
the fingerprint is what a desk pins.
"""

import datetime as dt
import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from shared.clock import Chance, Clock
from shared.crypto.keys import SigningKey, VerifyKey, sha256
from shared.ids import ID_BYTES, ExamId
from shared.problems import Bug, PeerFault

MAX_CERTIFICATE_BYTES: Final = 16 * 1024
_P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_PROOF_LABEL: Final = b"EDP1-CERT\0"
_URI: Final = re.compile(r"examdesk:1:([0-9a-f]{32}):([0-9a-f]{64}):([0-9a-f]{128})")
_VALID_BEFORE: Final = dt.timedelta(days=2)
_VALID_AFTER: Final = dt.timedelta(days=825)
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_UNREADABLE: Final = (
    ValueError,
    TypeError,
    OverflowError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
    x509.ExtensionNotFound,
)


class UnreadableCertificate(PeerFault):
    """C1: the computer at this address showed a certificate that can't be read; nothing was sent to it."""


class ForeignCertificate(PeerFault):
    """C2: the computer at this address doesn't serve an ExamDesk exam; nothing was sent to it."""


class CertificateNotSelfSigned(PeerFault):
    """C3: the certificate of the computer at this address is damaged or altered; nothing was sent to it."""


class UnprovenCertificate(PeerFault):
    """C4: the computer at this address claims an exam whose key it doesn't have; nothing was sent to it."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a hub needs to serve TLS for one exam. `key_pem` is secret and unencrypted."""

    der: bytes
    key_pem: bytes
    cert_pem: bytes
    fingerprint: bytes

    def __repr__(self) -> str:
        return f"Certificate(fingerprint={self.fingerprint.hex()})"


@dataclass(frozen=True, slots=True)
class HubIdentity:
    """Who a certificate says the hub is; `fingerprint` is SHA-256 of the certificate's DER (32 bytes)."""

    exam_id: ExamId
    exam_key: VerifyKey
    fingerprint: bytes


def make_certificate(
    exam_id: ExamId, exam_key: SigningKey, chance: Chance, clock: Clock, names: Iterable[str] = ()
) -> Certificate:
    """Make a new TLS key and its certificate for the exam.

    Args:
        exam_id: 16 bytes.
        exam_key: the exam's key, which vouches for the new TLS key.
        chance: where the TLS key and the serial number come from.
        clock: gives the dates, which only other tools read.
        names: host names and addresses of the laptop; one that a certificate can't carry is left out.
    """
    if len(exam_id) != ID_BYTES:
        raise Bug(f"An exam id has {ID_BYTES} bytes, not {len(exam_id)}.")
    secret = 1 + int.from_bytes(chance.bytes(48)) % (_P256_ORDER - 1)  # 128 bits more than needed: no bias
    tls_key = ec.derive_private_key(secret, ec.SECP256R1())
    now = _EPOCH + dt.timedelta(milliseconds=clock.wall_ms())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"ExamDesk {exam_id.hex()}")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(tls_key.public_key())
        .serial_number(1 + int.from_bytes(chance.bytes(16)))
        .not_valid_before(now - _VALID_BEFORE)
        .not_valid_after(now + _VALID_AFTER)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(_alternative_names(exam_id, exam_key, tls_key.public_key(), names), critical=False)
        .sign(tls_key, hashes.SHA256())
    )
    der = certificate.public_bytes(Encoding.DER)
    return Certificate(
        der=der,
        key_pem=tls_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        cert_pem=certificate.public_bytes(Encoding.PEM),
        fingerprint=sha256(der),
    )


def read_certificate(der: bytes) -> HubIdentity:
    """Return who the certificate says the hub is.

    Checks, each with its own error:
        C1 the bytes are an X.509 certificate of at most 16 KiB (`UnreadableCertificate`);
        C2 it has a P-256 key and exactly one ExamDesk URI (`ForeignCertificate`);
        C3 it is signed by its own key (`CertificateNotSelfSigned`);
        C4 the exam key vouches for its key (`UnprovenCertificate`).
    """
    # C1
    if len(der) > MAX_CERTIFICATE_BYTES:
        raise UnreadableCertificate("C1: the certificate is far too large for an exam's; nothing was sent there.")
    try:
        certificate = x509.load_der_x509_certificate(der)
        tls_key = certificate.public_key()
        uris = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(
            x509.UniformResourceIdentifier
        )
    except _UNREADABLE as error:
        raise UnreadableCertificate(
            "C1: the computer at this address showed a certificate that isn't one of ExamDesk; nothing was sent to it."
        ) from error
    # C2
    ours = [uri for uri in uris if uri.startswith("examdesk:")]
    match = _URI.fullmatch(ours[0]) if len(ours) == 1 else None
    if match is None or not isinstance(tls_key, ec.EllipticCurvePublicKey) or tls_key.curve.name != "secp256r1":
        raise ForeignCertificate(
            "C2: the computer at this address doesn't serve an ExamDesk exam; nothing was sent to it."
        )
    # C3
    try:
        certificate.verify_directly_issued_by(certificate)
    except (InvalidSignature, *_UNREADABLE) as error:
        raise CertificateNotSelfSigned("C3: the hub's certificate is damaged or altered; nothing was sent.") from error
    # C4
    exam_id, raw_key, proof = (bytes.fromhex(text) for text in match.groups())
    try:
        exam_key = VerifyKey(raw_key)
        exam_key.check(proof, _proof_message(exam_id, tls_key), "The hub's certificate")
    except PeerFault as error:
        raise UnprovenCertificate(
            "C4: the computer at this address claims an exam whose key it doesn't have; nothing was sent to it."
        ) from error
    return HubIdentity(exam_id=ExamId(exam_id), exam_key=exam_key, fingerprint=sha256(der))


def _proof_message(exam_id: bytes, tls_key: ec.EllipticCurvePublicKey) -> bytes:
    info = tls_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return _PROOF_LABEL + exam_id + sha256(info)


def _alternative_names(
    exam_id: ExamId, exam_key: SigningKey, tls_key: ec.EllipticCurvePublicKey, names: Iterable[str]
) -> x509.SubjectAlternativeName:
    proof = exam_key.sign(_proof_message(exam_id, tls_key))
    uri = f"examdesk:1:{exam_id.hex()}:{exam_key.public.raw.hex()}:{proof.hex()}"
    general: list[x509.GeneralName] = [x509.UniformResourceIdentifier(uri)]
    for name in dict.fromkeys(names):
        try:
            general.append(x509.IPAddress(ipaddress.ip_address(name)))
        except ValueError:
            if re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?", name):
                general.append(x509.DNSName(name))
    return x509.SubjectAlternativeName(general)
