"""Everything that a folder of exports says, whatever its files are packed in."""

import subprocess
import zipfile


def all_texts(out):
    """Every file as text, members of packages and pages of PDFs too."""
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
            yield path, path.read_text(encoding="utf-8", errors="replace")
