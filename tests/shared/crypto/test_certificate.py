import contextlib
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from shared.clock import SystemChance, SystemClock
from shared.crypto.certificate import (
    CertificateNotSelfSigned,
    ForeignCertificate,
    UnprovenCertificate,
    UnreadableCertificate,
    make_certificate,
    read_certificate,
)
from shared.crypto.keys import SigningKey, sha256
from shared.ids import ExamId
from shared.problems import PeerFault

EXAM = ExamId(bytes(range(16)))
KEY = SigningKey(b"e" * 32)
NAMES = ["laptop.local", "192.168.1.5", "fe80::1", "laptop.local", "Müllers Laptop", ""]


def make(exam=EXAM, key=KEY):
    return make_certificate(exam, key, SystemChance(), SystemClock(), NAMES)


def resigned(certificate, change):
    """Sign a changed copy with the same TLS key."""
    old = x509.load_der_x509_certificate(certificate.der)
    key = load_pem_private_key(certificate.key_pem, None)
    san = old.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return rebuild(old, key, [change(name) for name in san])


def rebuild(old, key, names):
    builder = (
        x509.CertificateBuilder()
        .subject_name(old.subject)
        .issuer_name(old.issuer)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(old.not_valid_before_utc)
        .not_valid_after(old.not_valid_after_utc)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def uri_changed(old, new):
    def change(name):
        if isinstance(name, x509.UniformResourceIdentifier):
            return x509.UniformResourceIdentifier(name.value.replace(old, new))
        return name

    return change


def test_a_certificate_says_which_exam_it_serves():
    certificate = make()
    identity = read_certificate(certificate.der)
    assert identity.exam_id == EXAM
    assert identity.exam_key == KEY.public
    assert identity.fingerprint == certificate.fingerprint == sha256(certificate.der)


def test_the_names_that_a_certificate_can_carry_are_in_it():
    parsed = x509.load_der_x509_certificate(make().der)
    san = parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert san.get_values_for_type(x509.DNSName) == ["laptop.local"]
    assert [str(one) for one in san.get_values_for_type(x509.IPAddress)] == ["192.168.1.5", "fe80::1"]


def test_two_certificates_of_one_exam_have_different_keys():
    assert make().key_pem != make().key_pem


def test_pythons_tls_accepts_the_certificate(tmp_path):
    certificate = make()
    chain = tmp_path / "chain.pem"
    chain.write_bytes(certificate.cert_pem + certificate.key_pem)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.minimum_version = ssl.TLSVersion.TLSv1_3
    server.load_cert_chain(chain)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_mode = ssl.CERT_NONE
    near_in, near_out, far_in, far_out = (ssl.MemoryBIO() for _ in range(4))
    near = client.wrap_bio(near_in, near_out)
    far = server.wrap_bio(far_in, far_out, server_side=True)
    for _ in range(4):
        for side in (near, far):
            with contextlib.suppress(ssl.SSLWantReadError):
                side.do_handshake()
            far_in.write(near_out.read())
            near_in.write(far_out.read())
    assert near.version() == "TLSv1.3"
    assert read_certificate(near.getpeercert(binary_form=True)).exam_id == EXAM


def test_every_changed_byte_is_refused():
    der = make().der
    for index in range(len(der)):
        changed = bytearray(der)
        changed[index] ^= 1 + index % 255
        with pytest.raises(PeerFault):
            read_certificate(bytes(changed))


@pytest.mark.parametrize("junk", [b"", b"0", b"\x30\x82\xff\xff", bytes(20_000)])
def test_c1_something_else_than_a_certificate_is_refused(junk):
    with pytest.raises(UnreadableCertificate):
        read_certificate(junk)


def test_c2_a_certificate_without_an_exam_is_refused():
    with pytest.raises(ForeignCertificate):
        read_certificate(resigned(make(), uri_changed("examdesk:", "https:")))


def test_c2_a_certificate_on_another_curve_is_refused():
    certificate = make()
    old = x509.load_der_x509_certificate(certificate.der)
    san = old.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    with pytest.raises(ForeignCertificate):
        read_certificate(rebuild(old, ec.generate_private_key(ec.SECP384R1()), list(san)))


def test_c3_a_certificate_signed_by_another_key_is_refused():
    certificate = make()
    changed = certificate.der[:-4] + bytes(byte ^ 1 for byte in certificate.der[-4:])
    with pytest.raises(CertificateNotSelfSigned):
        read_certificate(changed)


def test_c4_a_certificate_cannot_claim_another_exam():
    with pytest.raises(UnprovenCertificate):
        read_certificate(resigned(make(), uri_changed(EXAM.hex(), "f" * 32)))


def test_c4_a_certificate_cannot_claim_another_exams_key():
    with pytest.raises(UnprovenCertificate):
        read_certificate(resigned(make(), uri_changed(KEY.public.raw.hex(), SigningKey(b"x" * 32).public.raw.hex())))


def test_c4_the_uri_of_a_real_hub_does_not_fit_another_tls_key():
    real, fake = make(), make()
    old = x509.load_der_x509_certificate(real.der)
    san = old.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    with pytest.raises(UnprovenCertificate):
        read_certificate(rebuild(old, load_pem_private_key(fake.key_pem, None), list(san)))
