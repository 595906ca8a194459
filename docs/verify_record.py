#!/usr/bin/env python3
"""Stand-alone verifier of ExamDesk evidence bundles (*.examrecord) and journals (*.jsonl).

Usage: python3 verify_record.py FILE [EXAM-KEY-IN-HEX [OWN-RECORD …]]
Needs Python 3.11+ and the package `cryptography`; written independently, from docs/protocol.md. Exit code 0: all holds;
1: the first thing that does not is named. Compare the exam key that it prints with the one that was published. Own records
are copies that students kept: what the exam's key receipted to them must be in FILE as it was.
"""
import base64, hashlib, hmac, json, struct, sys, zlib
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
class Broken(Exception): place = ""
STATEMENT = "application/vnd.examdesk.statement+json"
PSEUDONYM = "application/vnd.examdesk.pseudonym+json"
def sha(*parts): return hashlib.sha256(b"".join(parts)).digest()
def compact(value): return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
def need(holds, what):
    if not holds: raise Broken(what)
def unhex(text, what):
    need(isinstance(text, str) and set(text) <= set("0123456789abcdef") and len(text) % 2 == 0, what + ": not hexadecimal")
    return bytes.fromhex(text)
def signed(key, signature, message, what):
    try: Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError): raise Broken(what + ": the signature does not hold") from None
def envelope(data, kind, key, what):
    """Open a DSSE envelope; with no key the payload is read unverified, to learn which key it claims."""
    outer = json.loads(data)
    payload = base64.b64decode(outer["payload"], validate=True)
    need(base64.b64encode(payload).decode() == outer["payload"], what + ": not canonical base64")
    if key is None: return json.loads(payload)
    need(compact(outer) == data and outer["payloadType"] == kind and len(outer["signatures"]) == 1, what + ": not in its form")
    one, name, signature = outer["signatures"][0], kind.encode(), base64.b64decode(outer["signatures"][0]["sig"], validate=True)
    need(list(one) == ["keyid", "sig"] and one["keyid"] == sha(key)[:8].hex(), what + ": signed by another key")
    need(base64.b64encode(signature).decode() == one["sig"], what + ": not canonical base64")
    signed(key, signature, b"DSSEv1 %d %b %d %b" % (len(name), name, len(payload), payload), what)
    return json.loads(payload)
def journal(lines, trusted, receipts, taken=None, kept=None):
    """Check a record line by line; return the endorsement and the number of events, add to `taken` editions, take links from `kept`."""
    name, seq, covered, links, opening, edition = "", 0, 0, {}, None, None
    for line in lines:
        Broken.place = where = f"journal {name[:8]}, event {seq}"
        fields = list(item := json.loads(line))
        need(isinstance(item, dict) and compact(item) + b"\n" == line, where + ": not in the canonical spelling")
        if opening is None:
            need(fields == ["exam", "exam_key", "journal", "endorsement"], "the first line is not the opening of a record")
            opening, name = item, item["journal"]
            exam, jid, exam_key = unhex(item["exam"], "exam"), unhex(name, "journal"), unhex(item["exam_key"], "exam key")
            need(trusted in (None, exam_key), f"journal {name[:8]}: another exam key than the one to trust")
            claimed = json.loads(item["endorsement"])["payloadType"]
            need(claimed != STATEMENT, f"journal {name[:8]}: its desk began it alone, and no hub has adopted it (V10)")
            hidden, kind = claimed == PSEUDONYM, "application/vnd.examdesk.endorsement+json"
            who = envelope(item["endorsement"].encode(), PSEUDONYM if hidden else kind, exam_key, "endorsement")
            need((who["exam"], who["journal"]) == (item["exam"], name), "endorsement: for another journal")
            key, start = unhex(who["journal_key"], "journal key"), who.get("statement", item["endorsement"]).encode()
            link = unhex(who["start"], "start") if hidden else sha(b"EDP1-START\0", start)
            need(len(link) == 32 and not (hidden and "statement" in who), "the pseudonym: not in its form")
            own = envelope(start, STATEMENT, key, "statement (V10)") if "statement" in who else None
            same = own is None or all(own[each] == who[each] for each in ("exam", "session", "journal", "device", "journal_key"))
            need(same and (own is None or own["session"] == sha(b"EDP1-OWN\0", exam, jid, key)[:16].hex()), "the statement is of another journal (V10)")
        elif "h" in item:
            need(fields in (["h", "s", "l", "p"], ["h", "s", "l", "d"]), where + ": not an event")
            header, salt = unhex(item["h"], where), unhex(item["s"], where)
            version, kind, _flags, number, _mono, _wall, _boot, owner = struct.unpack(">BBHQQQI16s", header)
            need((version, number, owner, len(salt)) == (1, seq, jid, 16), where + ": header of another journal, number or version")
            if "p" in item:
                payload = item["p"].encode()
                need(len(payload) <= 65536 and b"\n" not in payload and is_object(item["p"]), where + ": payload")
                digest = sha(salt, payload)
            else: digest = unhex(item["d"], where)
            need(len(digest) == 32, where + ": digest of wrong length")
            link = sha(b"EDP1-EV\0", link, header, digest)
            need(item["l"] == link.hex(), where + ": not what was chained")
            need(not kept or kept.pop((name, seq), link) == link, where + ": not what the exam's key receipted to the student (V17)")
            if kind == 31 and "p" in item:
                before, edition = edition, edition_after(edition, payload, exam.hex(), exam_key, where)
                if taken is not None and edition is not before: taken.append((where, edition))
            seq += 1
        elif "b" in item:
            where, body = f"journal {name[:8]}, events {covered} to {seq - 1}", unhex(item["b"], where)
            need(fields == ["b", "g"] and len(body) == 123, where + ": not a batch")
            label, e, j, first, last, head, _receipt = struct.unpack(">11s16s16sQQ32s32s", body)
            need((label, e, j, first, last, head) == (b"EDP1-BATCH\0", exam, jid, covered, seq - 1, link), where + ": batch of other events")
            signed(key, unhex(item["g"], where), body, where)
            covered, links[last] = seq, head
        else:
            body = unhex(item.get("r"), where)
            need(fields == ["r", "g"] and len(body) == 130, where + ": not a receipt")
            label, e, j, last, head, _ms, number, previous = struct.unpack(">10s16s16sQ32sQQ32s", body)
            need((label, e, j) == (b"EDP1-RCPT\0", exam, jid) and links.get(last) == head, where + ": receipt of other events")
            signed(exam_key, unhex(item["g"], where), body, where)
            own = sha(body), previous, name, last, head
            need(receipts.setdefault(number, own) == own, f"two receipts with number {number}")
            links = {at: known for at, known in links.items() if at >= last}
    need(opening is not None, "the record is empty")
    need(covered == seq, f"journal {name[:8]}, event {covered}: no signature covers it and what follows")
    return who, seq
def is_object(text):
    """Whether this is a JSON object, nested at most 64 deep, without half letters and what JSON does not know (NaN)."""
    def unknown(name): raise ValueError(name + " is not JSON")
    def depth(value):
        inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
        return 0 if inside is None else 1 + max(map(depth, inside), default=0)
    value = json.loads(text, parse_constant=unknown, parse_int=len, parse_float=len)
    if "\\u" in text: compact(value).decode()
    return isinstance(value, dict) and (text.count("[") + text.count("{") <= 64 or depth(value) <= 64)
def edition_after(before, payload, exam, exam_key, where):
    """V11: the edition of the exam that the desk took; what a desk claims wrongly is its own word, and only said."""
    try:
        event = json.loads(payload)
        edition = envelope(event["envelope"].encode(), "application/vnd.examdesk.edition+json", exam_key, "the edition")
        need((edition["exam"], edition["number"]) == (exam, event["number"]), "an edition of another exam or number")
        need(before is None or edition["number"] > before["number"], "an edition out of order")
        follows = before is not None and edition["number"] == before["number"] + 1
        need(not follows or edition["former"] == before["content"], "an edition that does not follow the one before")
        return edition
    except (Broken, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        print(f"  {where} names an edition of the exam that does not hold (V11): {error}")
        return before
def editions(file, members, exam, key, taken):
    """V12 to V16: every edition of the exam's content as the exam's key signed it, and what the desks took among them."""
    parts, used, documents, contents, formers, expected = {n[9:] for n in members if n.startswith("editions/")}, set(), [], {}, {}, 0
    if "editions.jsonl" not in members: return need(not parts, "parts of editions, and no list of editions (V15)")
    start, size = members["editions.jsonl"]
    _, lines = file.seek(start), list(lines_of(file, size))
    head, *rows = [json.loads(line) for line in lines]
    need(all(compact(row) + b"\n" == line for row, line in zip([head, *rows], lines)), "the list of editions is not in its one spelling (V12)")
    need(list(head) == ["exam", "key"] and head["exam"] == exam, "the editions are those of another exam (V12)")
    for row in rows:
        need(list(row) == ["number", "document", "manifest", "signature", "parts"], "the list of editions can't be read (V12)")
        number, document = row["number"], row["document"]
        need(number in (expected, max(expected - 1, 0)), f"edition {number} stands where edition {expected} belongs (V12)")
        expected, own = number + 1, "" if row["manifest"] is None else sha(row["manifest"].encode()).hex()
        known = envelope(document.encode(), "application/vnd.examdesk.edition+json", key, f"the document of edition {number} (V13)") if document else None
        documents.append((number, known, own))
        if known:
            need((known["exam"], known["number"]) == (exam, number), f"the document of edition {number} is that of another (V13)")
            need(own in ("", known["content"]), f"edition {number} has another content than its document names (V13)")
            formers.setdefault(number - 1, set()).add(known["former"])
        contents.setdefault(number, set()).update({own, known["content"] if known else ""} - {""})
    need(rows and (rows[-1]["document"] or rows[-1]["manifest"]), "the list of editions ends with nothing (V12)")
    lost = {number for number, known, own in documents if not known and not own}
    for number, known, own in documents:
        need(not known or number - 1 in lost or known["former"] in contents.get(number - 1, ()), f"edition {number} does not follow edition {number - 1} (V13)")
        need(known or not number or not own or own in formers.get(number, ()), f"no document names the content of edition {number} (V13)")
    for row in rows:
        content_holds(file, members, row, head, key)
        used.update(row["parts"])
        if row["manifest"] is None: print(f"  the content of edition {row['number']} was not with the records when this was made")
    need(parts <= used, "a part belongs to no edition (V15)")
    for where, edition in taken:
        need(edition["content"] in contents.get(edition["number"], ()), f"{where}: the desk took an edition {edition['number']} that is not there (V16)")
def content_holds(file, members, row, head, key):
    """V14: the parts of an edition are the content that the exam's key signed, by the keyed digest in its manifest."""
    what, size = f"the content of edition {row['number']} (V14)", 0
    if row["manifest"] is None: return need(row["signature"] is None and row["parts"] == [], what + ": there in part only")
    signed(key, unhex(row["signature"], what), b"EDP1-SEALED\0" + row["manifest"].encode(), what)
    manifest, whole = json.loads(row["manifest"]), hmac.new(unhex(head["key"], what), b"EDP1-SEAL\0" + unhex(head["exam"], what), "sha256")
    for name in row["parts"]:
        need("editions/" + name in members, f"{what}: the part {name[:16]} is missing")
        start, length = members["editions/" + name]
        need(digest_of(file, start, length, whole)[0] == name, f"{what}: the part {name[:16]} was changed")
        size += length
    need((manifest["exam"], manifest["size"], manifest["check"]) == (head["exam"], size, whole.hexdigest()), what + ": not what was signed")
def chained(receipts):
    for n, (_own, previous, *_) in receipts.items():
        need(n - 1 not in receipts or receipts[n - 1][0] == previous, f"receipt {n} does not follow receipt {n - 1}")
def bundle(file, trusted, kept=None):
    """Check a bundle; return manifest, exam key, and for each journal what `journal` does."""
    at, listed, manifest, key, found, receipts, rows, members, taken = 0, None, None, trusted, [], {}, b"", {}, []
    while True:
        if file.seek(at) == at and (fixed := file.read(30))[:4] != b"PK\x03\x04": break
        need(len(fixed) == 30, "the bundle is cut off")
        crc, size, length = struct.unpack_from("<I4xIH", fixed, 14)
        name = (raw := file.read(length)).decode("ascii", "replace")
        tail = struct.pack("<5H3I2H", 20, 0, 0, 0, 33, crc, size, size, length, 0)
        need(fixed[4:] == tail, f"byte {at}: the header of {name} is not in its form")
        rows += b"PK\x01\x02" + struct.pack("<H", 20) + tail + struct.pack("<3H2I", 0, 0, 0, 0, at) + raw
        start, at = at + 30 + length, at + 30 + length + size
        if manifest is None:
            need(name == "manifest.json", "not an ExamDesk bundle: it does not begin with a manifest")
            part, data = None, file.read(size)
            claimed = unhex(envelope(data, None, None, "manifest")["exam_key"], "exam key")
            manifest = envelope(data, "application/vnd.examdesk.manifest+json", key := trusted or claimed, "manifest")
            need(claimed == key and manifest["format"] == 1, "manifest: another key or format")
            listed = iter(manifest["members"])
        else:
            part = next(listed, None)
            need(part is not None and (part["name"], part["size"]) == (name, size), f"{name} is not what the manifest lists here")
            if name.startswith("journals/"):
                found.append(journal(lines_of(file, size), key, receipts, taken, kept))
                need(name == f"journals/{found[-1][0]['journal']}.jsonl", f"{name} holds another journal")
        sha256, own_crc = digest_of(file, start, size)
        need(part is None or sha256 == part["sha256"], f"{name} is not what the manifest was signed for")
        need(own_crc == crc, f"{name} is not what was put into the bundle")
        members[name] = (start, size)
    need(manifest is not None and next(listed, None) is None, "not an ExamDesk bundle, or members are missing")
    count, _ = len(manifest["members"]) + 1, file.seek(at)
    need(file.read(len(rows) + 23) == rows + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(rows), at, 0), "the directory at the end is not the one of the members")
    chained(receipts)
    Broken.place = "the editions of the exam"
    editions(file, members, manifest["exam"], key, taken)
    return manifest, key, found
def lines_of(file, size):
    while size > 0 and (line := file.readline(size)):
        size -= len(line)
        yield line
def digest_of(file, start, size, whole=None):
    digest, crc, _ = hashlib.sha256(), 0, file.seek(start)
    while size > 0 and (piece := file.read(min(size, 1 << 20))):
        digest.update(piece)
        crc, size = zlib.crc32(piece, crc), size - len(piece)
        if whole is not None: whole.update(piece)
    return digest.hexdigest(), crc
def kept_in(paths, trusted):
    """What own records have receipts for: links by journal and event."""
    kept = {}
    for path in paths:
        with open(path, "rb") as file: journal(file, trusted, receipts := {})
        need(receipts, f"{path} has no receipt")
        kept.update({(name, last): head for *_, name, last, head in receipts.values()})
    return kept
def main(path, key_hex=None, *own):
    trusted = unhex(key_hex, "key") if key_hex else None
    try:
        kept = kept_in(own, trusted)
        with open(path, "rb") as file:
            if file.peek(2)[:2] == b"PK":
                manifest, key, found = bundle(file, trusted, kept)
                print(f"{manifest['title']}: exam key {key.hex()}")
            else:
                found = [journal(file, trusted, receipts := {}, None, kept)]
                chained(receipts)
        for name, last in kept: need(False, f"journal {name[:8]}: event {last}, which the exam's key receipted to the student, is not there (V17)")
    except (Broken, ValueError, KeyError, TypeError, AttributeError, struct.error, RecursionError) as error:
        print(f"DOES NOT HOLD: {error if isinstance(error, Broken) else f'{Broken.place}: {error}'}")
        return 1
    for who, events in found: print(f"  {who['student']}: journal {who['journal'][:8]}, {events} events hold")
    print(f"HOLDS: {len(found)} journals, {sum(events for _, events in found)} events" + (f"; they go with {len(own)} records that students kept" if own else ""))
    return 0
if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if len(sys.argv) >= 2 else __doc__)
