"""Output on its way to the screen."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from student_app.running.events import Output, OutputCapped
from student_app.running.output import MAX_LINES, OutputGatherer

CHUNKS = st.lists(st.tuples(st.sampled_from(["stdout", "stderr"]), st.binary(max_size=40)), max_size=30)


def gather(chunks, max_kb=64):
    delivered = []
    gatherer = OutputGatherer(delivered.append, max_kb)
    for now, (stream, data) in enumerate(chunks):
        gatherer.take(stream, data)
        gatherer.flush(now * 0.01)
    gatherer.flush(1e9, last=True)
    return gatherer, delivered


@given(CHUNKS)
def test_each_stream_arrives_whole_and_in_order(chunks):
    _, delivered = gather(chunks)
    events = list(itertools.chain.from_iterable(delivered))
    for stream in ("stdout", "stderr"):
        wrote = b"".join(data for name, data in chunks if name == stream)
        assert "".join(e.text for e in events if e.stream == stream) == wrote.decode("utf-8", "replace")


@given(st.text(max_size=200), st.lists(st.integers(0, 800), max_size=20))
def test_text_cut_anywhere_decodes_as_if_whole(text, cuts):
    data = text.encode("utf-8", "replace")
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    _, delivered = gather([("stdout", data[a:b]) for a, b in itertools.pairwise(places)])
    assert "".join(e.text for batch in delivered for e in batch) == data.decode("utf-8")


@given(st.lists(st.binary(max_size=700), max_size=20))
def test_no_more_than_the_cap_is_ever_shown(pieces):
    gatherer, delivered = gather([("stdout", piece) for piece in pieces], max_kb=1)
    shown = sum(len(e.text.encode("latin-1", "replace")) for b in delivered for e in b if isinstance(e, Output))
    capped = [e for b in delivered for e in b if isinstance(e, OutputCapped)]
    assert shown <= 1024 + 4
    assert gatherer.capped == (sum(map(len, pieces)) > 1024) == bool(capped)


@given(st.integers(0, 3), st.integers(1, 5))
def test_lines_end_exactly_at_their_cap(before, size):
    lines = b"\n" * (MAX_LINES - before)
    gatherer, delivered = gather([("stdout", lines), ("stdout", b"x\n" * size)])
    text = "".join(e.text for b in delivered for e in b if isinstance(e, Output))
    assert text.count("\n") == min(MAX_LINES, MAX_LINES - before + size)
    assert gatherer.lines_capped == (size > before)


def test_deliveries_keep_their_distance():
    times = []
    gatherer = OutputGatherer(lambda _: times.append(now), 64)
    for tick in range(1000):
        now = tick / 1000
        gatherer.take("stdout", b"x")
        gatherer.flush(now)
    assert len(times) == 20
    assert times[0] == 0.0
