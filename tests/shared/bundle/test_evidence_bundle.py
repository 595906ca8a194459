"""An evidence bundle holds as written, and is refused after any change, by us and by the stand-alone verifier."""

import importlib.util
import io
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.bundle.container import MAX_MEMBERS, BundleReader, BundleWriter, NotABundle, local_header
from shared.bundle.evidence import verify_bundle
from shared.problems import PeerFault
from tests.support.journals import ExamInMemory, bundle_of, typed_journal

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def alone():
    """The stand-alone verifier, as a module."""
    spec = importlib.util.spec_from_file_location("verify_record", ROOT / "docs" / "verify_record.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    exam = ExamInMemory(11)
    journals = [typed_journal(exam, "s1", 2), typed_journal(exam, "s2", 1)]
    return bundle_of(exam, journals, tmp_path_factory.mktemp("bundle"))


def refused_alone(alone, data):
    try:
        alone.bundle(io.BytesIO(data), None)
    except (alone.Broken, ValueError, KeyError, TypeError, AttributeError, alone.struct.error, RecursionError):
        return True
    return False


def test_both_verifiers_accept_a_bundle_as_written(bundle, alone):
    checked = verify_bundle(io.BytesIO(bundle))
    _, _, found = alone.bundle(io.BytesIO(bundle), None)
    assert checked.events == sum(events for _, events in found) == 16
    assert checked.receipts == 3


def test_any_program_opens_a_bundle_as_zip(bundle):
    with zipfile.ZipFile(io.BytesIO(bundle)) as opened:
        assert opened.testzip() is None
        assert opened.namelist()[0] == "manifest.json"


@settings(max_examples=500, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_both_verifiers_refuse_any_single_changed_byte(bundle, alone, data):
    position = data.draw(st.integers(0, len(bundle) - 1))
    damaged = bytearray(bundle)
    damaged[position] ^= data.draw(st.integers(1, 255))
    with pytest.raises(PeerFault):
        verify_bundle(io.BytesIO(bytes(damaged)))
    assert refused_alone(alone, bytes(damaged))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_both_verifiers_refuse_a_cut_or_lengthened_bundle(bundle, alone, data):
    cut = data.draw(st.integers(0, len(bundle) - 1))
    for damaged in (bundle[:cut], bundle + b"\0"):
        with pytest.raises(PeerFault):
            verify_bundle(io.BytesIO(damaged))
        assert refused_alone(alone, damaged)


def test_a_bundle_of_very_many_members_takes_no_time_and_more_than_there_can_be_are_refused():
    out = io.BytesIO()
    writer = BundleWriter(out)
    for number in range(MAX_MEMBERS):
        writer.add(f"m{number}", io.BytesIO(), 0, 0)
    directory_at = out.tell()
    writer.close()
    began = time.process_time()
    assert sum(1 for _ in BundleReader(out).members()) == MAX_MEMBERS
    assert time.process_time() - began < 15
    out.seek(directory_at)
    out.write(local_header("one-more", 0, 0))
    out.truncate()
    with pytest.raises(NotABundle, match="larger than one can be"):
        list(BundleReader(out).members())


def test_the_stand_alone_verifier_is_short_and_imports_nothing_of_ours():
    source = (ROOT / "docs" / "verify_record.py").read_text()
    assert len(source.splitlines()) < 245
    assert not any(
        name in source for name in ("import shared", "from shared", "import examdesk", "from examdesk", "msgspec")
    )
