"""A hub is there quickly: what only its helpers need is not loaded by itself."""

import subprocess
import sys

HEAVY = ("fpdf", "fontTools", "openpyxl", "numpy", "PIL", "qrcode")


def test_a_hub_loads_no_library_for_documents():
    asked = f"import sys, examdesk.cli.hub; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
