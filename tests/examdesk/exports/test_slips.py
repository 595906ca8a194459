"""Slips with personal codes: on paper in the order of the seats, and nothing outside its slip."""

import shutil
import subprocess

import pytest

from examdesk.exports.pdf.slips import slips_pdf
from examdesk.exports.slips import Sheet, Slip

LINK = "examdesk://join?a=192.168.1.20:23926&e=" + "ab" * 16


def sheet(*slips):
    return Sheet(exam="Quiz 2", slips=slips, link=LINK, address="192.168.1.20:23926")


def slip(number, **more):
    return Slip(**{"student": f"s{number}", "name": f"Student {number}", "code": f"{number}-K3QF9C", **more})


@pytest.mark.parametrize(("people", "pages"), [(1, 1), (10, 1), (11, 2), (25, 3)])
def test_ten_slips_go_on_a_page(people, pages):
    made = slips_pdf(sheet(*(slip(number) for number in range(people))))
    assert made.count(b"/Type /Page\n") == pages


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs pdftotext (apt: poppler-utils)")
def test_slips_are_handed_out_in_the_order_of_seats_and_long_names_are_cut(tmp_path):
    file = tmp_path / "codes.pdf"
    people = [slip(1, seat="10"), slip(2, seat="9"), slip(3, section="B"), slip(4, name="Maximiliana " * 8)]
    file.write_bytes(slips_pdf(sheet(*people)))
    text = subprocess.run(["pdftotext", "-raw", str(file), "-"], capture_output=True, text=True, check=True).stdout
    codes = [line.strip() for line in text.splitlines() if line.strip().endswith("-K3QF9C")]
    assert codes == ["4-K3QF9C", "2-K3QF9C", "1-K3QF9C", "3-K3QF9C"]
    (cut,) = [line for line in text.splitlines() if line.startswith("Maximiliana")]
    assert cut.endswith("…")
    assert len(cut) < 45
