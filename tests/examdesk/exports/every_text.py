"""Everything that a folder of exports says, whatever its files are packed in."""

import base64
import re
import subprocess
import zipfile

_SIGNED = re.compile(r'payload\\*":\\*"([A-Za-z0-9+/]+=*)')
"""What is signed stands in base64 in its envelope, also where that stands in a string."""


def all_texts(out):
    """Every file as text, members of packages, pages of PDFs and what is signed too."""
    for path in sorted(path for path in out.rglob("*") if path.is_file()):
        yield path, path.relative_to(out).as_posix()
        if path.suffix in (".xlsx", ".ods"):
            with zipfile.ZipFile(path) as package:
                for name in package.namelist():
                    yield path, package.read(name).decode("utf-8", "replace")
        elif path.suffix == ".pdf":
            for command in (["pdftotext", str(path), "-"], ["pdfinfo", str(path)]):
                done = subprocess.run(command, capture_output=True, check=True)
                yield path, done.stdout.decode("utf-8", "replace")
        else:
            yield path, (text := path.read_text(encoding="utf-8", errors="replace"))
            yield from ((path, _opened(each)) for each in set(_SIGNED.findall(text)))


def _opened(payload):
    text = base64.b64decode(payload).decode("utf-8", "replace")
    return text + "".join(_opened(each) for each in _SIGNED.findall(text))
