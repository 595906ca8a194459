"""Small wheels for tests, made on the spot: pip takes them from a folder, a desk unpacks them."""

import base64
import hashlib
import sys
import zipfile
from pathlib import Path

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


def make_wheel(
    folder: Path, name: str, version: str = "1.0", *, files: dict[str, str], needs: tuple[str, ...] = ()
) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    info = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    contents = {
        **files,
        f"{info}/METADATA": metadata + "".join(f"Requires-Dist: {need}\n" for need in needs),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    lines = [f"{path},sha256={_hash(text)},{len(text.encode())}" for path, text in contents.items()]
    contents[f"{info}/RECORD"] = "\n".join([*lines, f"{info}/RECORD,,", ""])
    where = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(where, "w") as archive:
        for path, text in contents.items():
            archive.writestr(zipfile.ZipInfo(path), text)  # dated 1980: the same wheel has the same hash
    return where


def _hash(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def shapes(folder: Path) -> Path:
    """A package with a data file, which needs another one that the exam doesn't name."""
    make_wheel(folder, "sides", files={"sides/__init__.py": "NAMES = {3: 'triangle', 4: 'square'}\n"})
    files = {
        "shapes/__init__.py": "import sides\n\n\ndef name(n):\n    return sides.NAMES[n]\n",
        "shapes-1.0.data/purelib/shapes_extra.py": "X = 7\n",
        "shapes-1.0.data/scripts/draw": "#!python\n",
    }
    make_wheel(folder, "shapes", files=files, needs=("sides",))
    return folder
