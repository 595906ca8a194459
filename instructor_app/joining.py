"""How students reach the exam, in words and as a link."""

from examdesk.staffapi.messages import ExamView
from instructor_app.words import tr
from shared.discovery.joining import DEFAULT_PORT, Address, Destination, make_join_file, make_link
from shared.ids import ExamId


def join_link(exam: ExamView) -> str:
    """Return the link of the QR code; empty while there is no address."""
    if not exam.addresses:
        return ""
    try:
        exam_id, fingerprint = ExamId(bytes.fromhex(exam.exam)), bytes.fromhex(exam.fingerprint)
    except ValueError:
        return ""
    return make_link(
        Destination(
            addresses=tuple(Address(host, exam.port) for host in exam.addresses),
            title=exam.short_name,
            exam_id=exam_id,
            fingerprint=fingerprint,
        )
    )


def join_file(exam: ExamView) -> bytes:
    """Return the join file's bytes; empty while there is no address."""
    if not exam.addresses:
        return b""
    exam_id, fingerprint = ExamId(bytes.fromhex(exam.exam)), bytes.fromhex(exam.fingerprint)
    return make_join_file(exam.addresses, exam.port, exam_id, fingerprint, exam.short_name)


def addresses(exam: ExamView) -> list[str]:
    """Return the addresses that students can type; the usual port is left out."""
    if exam.port == DEFAULT_PORT:
        return list(exam.addresses)
    return [str(Address(host, exam.port)) for host in exam.addresses]


def reach_words(exam: ExamView) -> str:
    """Say who can find the hub."""
    if not exam.addresses:
        return tr("no network: only this laptop reaches it")
    if exam.advertised:
        return tr("appears by itself on this network")
    return tr("does not appear by itself: students type the address")
