"""The final receipt as text, as HTML, as PDF and on paper."""

from html import escape
from pathlib import Path

from PyQt6.QtGui import QPageSize, QTextDocument
from PyQt6.QtPrintSupport import QPrinter

from student_app.core.keeping import FinalReceipt
from student_app.views import words

ENDINGS = (".pdf", ".html", ".txt")
_WIDTH = 76


def receipt_text(receipt: FinalReceipt) -> str:
    """Return the receipt as plain text."""
    lines = [words.tr("Receipt"), "=" * 7, "", *(f"{name}: {value}" for name, value in _facts(receipt)), ""]
    lines += [words.tr("What was handed in (SHA-256 of each file)"), ""]
    lines += [f"{one.sha256}  {one.file}" for one in receipt.files]
    for title, said, rows in _signatures(receipt):
        lines += ["", title, "-" * len(title), said]
        lines += [f"{name}: {_folded(value)}" for name, value in rows]
    return "\n".join([*lines, "", _how(), ""])


def receipt_html(receipt: FinalReceipt) -> str:
    """Return the receipt as a page that needs nothing else."""
    facts = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in _facts(receipt)[1:])
    rows = (f"<tr><td>{escape(one.file)}</td><td><code>{one.sha256}</code></td></tr>" for one in receipt.files)
    files = "".join(rows)
    signed = "".join(_signature_html(*one) for one in _signatures(receipt))
    return f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>{escape(words.tr("Receipt"))} {receipt.code}</title><style>
body {{ font-family: sans-serif; max-width: 46em; margin: 2em auto; color: #1b1f24; background: #ffffff; }}
h1 {{ font-size: 20pt; }} h2 {{ font-size: 12pt; margin-top: 18px; }}
th, td {{ text-align: left; padding: 2px 14px 2px 0; vertical-align: top; }}
th {{ color: #57606a; font-weight: normal; }}
code {{ font-family: monospace; font-size: 8pt; }} .small {{ font-size: 8pt; color: #57606a; }}
.code {{ font-size: 26pt; font-weight: bold; letter-spacing: 1px; }}
</style></head><body>
<h1>{escape(words.tr("Receipt"))}</h1><p class="code">{receipt.code}</p><table>{facts}</table>
<h2>{escape(words.tr("What was handed in (SHA-256 of each file)"))}</h2><table>{files}</table>{signed}
<p class="small">{escape(_how())}</p></body></html>
"""


def _signature_html(title: str, said: str, rows: list[tuple[str, str]]) -> str:
    folded = ((escape(name), _folded(value, "<br>").removeprefix("<br>")) for name, value in rows)
    lines = "".join(f"<p class='small'>{name}<br><code>{value}</code></p>" for name, value in folded)
    return f"<h2>{escape(title)}</h2><p>{escape(said)}</p>{lines}"


def write_receipt(receipt: FinalReceipt, path: Path) -> None:
    """Write the receipt in the form that the file's ending names (PDF, HTML, otherwise text); raises OSError."""
    ending = path.suffix.lower()
    if ending == ".pdf":
        path.write_bytes(b"")  # says at once, and why, when the place can't be written to
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(str(path))
        print_receipt(receipt, printer)
    else:
        path.write_text(receipt_html(receipt) if ending in {".html", ".htm"} else receipt_text(receipt), "utf-8")


def print_receipt(receipt: FinalReceipt, printer: QPrinter) -> None:
    """Print the receipt."""
    if printer.outputFormat() is QPrinter.OutputFormat.PdfFormat:
        printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    document = QTextDocument()
    document.setHtml(receipt_html(receipt))
    document.print(printer)


def _facts(receipt: FinalReceipt) -> list[tuple[str, str]]:
    why = {
        "student": words.tr("by the student"),
        "time": words.tr("by itself when the time was over"),
        "collected": words.tr("collected by the staff"),
    }.get(receipt.why, receipt.why)
    handed_in = words.tr("{when} by this PC's clock, {why}").format(when=words.date_and_time(receipt.wall_ms), why=why)
    confirmed = words.date_and_time(receipt.hub_ms) if receipt.hub_ms is not None else words.tr("not yet")
    return [
        (words.tr("Receipt code"), receipt.code),
        (words.tr("Exam"), receipt.title),
        (words.tr("Student"), f"{receipt.name} {receipt.student}".strip()),
        (words.tr("Handed in"), handed_in),
        (words.tr("Confirmed by the instructor's computer"), confirmed),
        (words.tr("Session"), receipt.session),
        (words.tr("Journal and event"), f"{receipt.journal}, {receipt.seq}"),
        (words.tr("Link of the chain"), receipt.link),
    ]


def _signatures(receipt: FinalReceipt) -> list[tuple[str, str, list[tuple[str, str]]]]:
    here = [
        (words.tr("Signed bytes"), receipt.batch),
        (words.tr("Signature (Ed25519)"), receipt.signature),
        (words.tr("Public key"), receipt.key),
    ]
    theirs = [
        (words.tr("Signed bytes"), receipt.receipt),
        (words.tr("Signature (Ed25519)"), receipt.exam_signature),
        (words.tr("Public key of the exam"), receipt.exam_key),
    ]
    confirmed = bool(receipt.receipt)
    return [
        (words.tr("Signed by this PC"), words.tr("Everything up to the hand-in, with the key of this session."), here),
        (
            words.tr("Signed by the instructor's computer"),
            words.tr("It has everything up to the hand-in on its disk.")
            if confirmed
            else words.tr("Not yet: your work has not arrived. Save the receipt again when it has."),
            theirs if confirmed else theirs[2:],
        ),
    ]


def _how() -> str:
    return words.tr(
        "The receipt code is the beginning of the chain's link after the hand-in. Whoever has the record works it out "
        "again (protocol EDP/1, clauses L-4, L-5 and L-7); “examdesk verify” does it for a copy of your record."
    )


def _folded(value: str, fold: str = "\n  ") -> str:
    if len(value) <= _WIDTH:
        return value
    return fold + fold.join(value[at : at + _WIDTH] for at in range(0, len(value), _WIDTH))
