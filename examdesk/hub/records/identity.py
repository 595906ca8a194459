"""Who this hub is: keys, certificate and room code, made once per exam and kept with its records."""

import base64
import socket
import tempfile
from pathlib import Path
from ssl import SSLContext

import msgspec

from examdesk.hub.transport import server_context
from examdesk.store import Tx
from examdesk.store.rows import ExamRow, KeysRow
from shared.admission.codes import room_code
from shared.clock import Chance, Clock
from shared.crypto.box import BoxPrivateKey
from shared.crypto.certificate import make_certificate
from shared.crypto.keys import SigningKey, sha256
from shared.exam.document import Exam
from shared.exam.sealing import KEY_BYTES
from shared.ids import ExamId

_PEM_LINE = 64
_TOKEN_BYTES = 24


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """What a hub proves itself with. `fingerprint` is SHA-256 of the certificate's DER."""

    exam: ExamId
    signing: SigningKey
    box: BoxPrivateKey
    content_key: bytes
    certificate: bytes
    tls_key: bytes
    fingerprint: bytes
    room_code: str
    owner_token: str
    port: int

    def __repr__(self) -> str:
        return f"Identity(exam={self.exam.hex()})"


def take_identity(tx: Tx, exam: Exam, packed: bytes, source: str, *, clock: Clock, chance: Chance) -> Identity:
    """Return the exam's identity, made now if its records have none, and write down what is served."""
    before = tx.exam_row()
    keys = tx.keys()
    made = _make_keys(exam.id, clock, chance) if keys is None else keys
    signing = SigningKey.from_bytes(made.signing)
    fingerprint = sha256(made.certificate)
    code = room_code(signing.public, fingerprint, exam.id) if before is None else before.room_code
    row = ExamRow(
        exam=exam.id,
        short_name=exam.short_name,
        long_name=exam.long_name,
        course=exam.course,
        packed=packed,
        source=source,
        room_code=code,
        port=0 if before is None else before.port,
        created_ms=clock.wall_ms() if before is None else before.created_ms,
    )
    tx.put_exam(row)
    if keys is None:
        tx.add_keys(made)
    return Identity(
        exam=exam.id,
        signing=signing,
        box=BoxPrivateKey(made.box),
        content_key=made.content,
        certificate=made.certificate,
        tls_key=made.tls_key,
        fingerprint=fingerprint,
        room_code=code,
        owner_token=made.owner_token,
        port=row.port,
    )


def tls_context(identity: Identity) -> SSLContext:
    """Return the TLS settings with the exam's certificate; the key touches the disk in a private folder only."""
    with tempfile.TemporaryDirectory(prefix="examdesk-") as scratch:
        certificate, key = Path(scratch) / "certificate.pem", Path(scratch) / "key.pem"
        certificate.write_text(_pem(identity.certificate))
        key.touch(mode=0o600)
        key.write_bytes(identity.tls_key)
        return server_context(str(certificate), str(key))


def _make_keys(exam: ExamId, clock: Clock, chance: Chance) -> KeysRow:
    signing = SigningKey.generate(chance)
    certificate = make_certificate(exam, signing, chance, clock, [socket.gethostname()])
    return KeysRow(
        exam=exam,
        signing=signing.to_bytes(),
        box=BoxPrivateKey.generate(chance).to_bytes(),
        content=chance.bytes(KEY_BYTES),
        certificate=certificate.der,
        tls_key=certificate.key_pem,
        owner_token=base64.urlsafe_b64encode(chance.bytes(_TOKEN_BYTES)).decode(),
    )


def _pem(der: bytes) -> str:
    text = base64.b64encode(der).decode()
    lines = [text[at : at + _PEM_LINE] for at in range(0, len(text), _PEM_LINE)]
    return "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""])
