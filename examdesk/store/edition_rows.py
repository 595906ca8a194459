"""The contents of an exam's editions: read as they were sealed, and as rows that travel to a laptop that takes over.

Rows hold what the exam's key signed of each content and the content in parts, what several have in common once. Large
parts stay out, as large files of the exam do (exam_rows): where the next laptop has the same file, it is taken from
there, else that edition's texts are missing at it, which exports say.
"""

import contextlib
import hashlib
import hmac
from collections.abc import Iterator, Mapping

import msgspec
import sqlalchemy as sa

from examdesk.store import schema as s
from examdesk.store.exam_rows import CHUNK, MOST_FILE, MOST_TOGETHER
from examdesk.store.store import FORMER, Tx
from shared.admission.edition import content_hash
from shared.bundle.editions import cut
from shared.crypto.keys import SigningKey
from shared.exam.content import open_content
from shared.exam.packing import read_packed
from shared.exam.sealing import Sealed, check_manifest, digest_of, open_sealed, seal
from shared.ids import ExamId
from shared.problems import Problem

EDITIONS = "editions"
_KEPT = "kept"
Rows = Mapping[tuple[str, str], bytes]


class KeptPlain(msgspec.Struct, frozen=True):
    """A content as it was sealed: the manifest and its signature, and what the pieces hold."""

    manifest: bytes
    signature: bytes
    plain: bytes


class ContentRow(msgspec.Struct, frozen=True, array_like=True):
    """A content as it travels: manifest and signature as sealed, and its parts by their hash."""

    manifest: bytes
    signature: bytes
    parts: tuple[str, ...]


def kept_plain(connection: sa.Connection, exam: ExamId) -> Iterator[KeptPlain]:
    """Yield every content that is kept with the records, oldest first, one at a time; without keys none."""
    columns, keys = s.sealed.c, s.exam_keys.c
    secret = connection.execute(sa.select(keys.content, keys.signing).where(keys.exam == exam)).first()
    if secret is None:
        return
    numbers = connection.execute(sa.select(columns.part).where(columns.exam == exam)).scalars().all()
    verify = SigningKey.from_bytes(secret.signing).public.verify
    places = {0 if part < FORMER else part // FORMER for part in numbers}
    for place in sorted(places, key=lambda place: place or max(places) + 1):  # the newest is at 0
        low, high = (-2, FORMER) if place == 0 else (place * FORMER, (place + 1) * FORMER)
        query = sa.select(columns.data).where(columns.exam == exam, columns.part >= low, columns.part < high)
        parts = connection.execute(query.order_by(columns.part)).scalars().all()
        with contextlib.suppress(Problem, ValueError):
            manifest, signature, *pieces = parts
            sealed = Sealed(manifest, signature, tuple(pieces))
            yield KeptPlain(manifest, signature, open_sealed(sealed, exam, secret.content, verify))


def read_edition_rows(connection: sa.Connection, exam: ExamId, known: Rows) -> dict[tuple[str, str], bytes]:
    """Return the rows of all contents, none while there is only one; those that are `known` while none came."""
    top = connection.execute(sa.select(sa.func.max(s.sealed.c.part)).where(s.sealed.c.exam == exam)).scalar_one()
    if top is None or top < FORMER:
        return {}
    state = msgspec.msgpack.encode(top)
    if known.get((EDITIONS, _KEPT)) == state:
        return {key: value for key, value in known.items() if key[0] == EDITIONS}
    rows, room = {(EDITIONS, _KEPT): state}, MOST_TOGETHER
    for each in kept_plain(connection, exam):
        names = []
        for part in cut(open_content(each.plain), each.plain):
            name = hashlib.sha256(part).hexdigest()
            names.append(name)
            if (EDITIONS, f"{name}/00") not in rows and len(part) <= min(room, MOST_FILE):
                room -= len(part)
                for at in range(0, len(part), CHUNK):
                    rows[EDITIONS, f"{name}/{at // CHUNK:02}"] = part[at : at + CHUNK]
        row = ContentRow(each.manifest, each.signature, tuple(names))
        rows[EDITIONS, content_hash(each.manifest)] = msgspec.msgpack.encode(row)
    return rows


def take_editions(tx: Tx, rows: Rows) -> int:
    """Keep the contents in the rows that are not here yet and are whole; return how many those are."""
    keys, here = tx.keys(), _hashes(tx)
    came = {key: value for (table, key), value in rows.items() if table == EDITIONS and "/" not in key and key != _KEPT}
    if keys is None or came.keys() <= here:
        return 0
    parts = _parts_in(rows)
    for each in kept_plain(tx.sql, tx.exam):
        parts.update(_by_name(cut(open_content(each.plain), each.plain)))
    row = tx.exam_row()
    if row is not None:
        with contextlib.suppress(Problem):
            parts.update(_by_name(list(read_packed(row.packed).values())))
    signing, taken = SigningKey.from_bytes(keys.signing), 0
    for value in came.values():
        with contextlib.suppress(Problem, msgspec.MsgspecError):
            content = msgspec.msgpack.decode(value, type=ContentRow)
            if content_hash(content.manifest) in here or not set(content.parts) <= parts.keys():
                continue
            plain = b"".join(parts[name] for name in content.parts)
            tx.add_former(_sealed(content, plain, tx.exam, keys.content, signing))
            taken += 1
    return taken


def _hashes(tx: Tx) -> set[str]:
    """Return by which hashes editions name the contents that are here; nothing is opened for it."""
    columns = s.sealed.c
    manifest = sa.or_(columns.part == -2, sa.and_(columns.part >= FORMER, columns.part % FORMER == 0))
    query = sa.select(columns.data).where(columns.exam == tx.exam, manifest)
    return {content_hash(data) for data in tx.sql.execute(query).scalars()}


def _sealed(content: ContentRow, plain: bytes, exam: ExamId, key: bytes, signing: SigningKey) -> Sealed:
    """Seal a content again, which gives the same bytes; raises PeerFault where it is not the one that was signed."""
    manifest = check_manifest(content.manifest, content.signature, exam, signing.public.verify)
    own = digest_of(exam, key)
    own.update(plain)
    sealed = seal(plain, exam, key, signing.sign)
    if not hmac.compare_digest(own.hexdigest(), manifest.check) or sealed.manifest != content.manifest:
        raise Problem("An edition that came from the former hub is not the one that the exam's key signed.")
    return sealed


def _parts_in(rows: Rows) -> dict[str, bytes]:
    chunks: dict[str, list[tuple[str, bytes]]] = {}
    for (table, key), value in rows.items():
        name, is_part, number = key.partition("/")
        if table == EDITIONS and is_part:
            chunks.setdefault(name, []).append((number, value))
    whole = (b"".join(value for _, value in sorted(found)) for found in chunks.values())
    return _by_name(list(whole))


def _by_name(parts: list[bytes]) -> dict[str, bytes]:
    return {hashlib.sha256(part).hexdigest(): part for part in parts}
