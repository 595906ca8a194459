from examdesk.evidence.fold import Rules
from examdesk.readmodels import session
from examdesk.readmodels.audit import audit_log
from examdesk.readmodels.derived import derive, stored
from examdesk.readmodels.live import LiveModel
from examdesk.store.projections import replace_projections
from tests.examdesk.readmodels.test_live_model import moved
from tests.support.scripted import EXAM, MAIN, Records


def test_sqlite_and_postgresql_answer_the_same(store_url):
    records = Records(store_url)
    reader = records.reader()
    live = LiveModel(reader, EXAM, Rules())
    first, second, third = moved(records)
    live.load()
    name = first.session.hex()
    everything = len(first.entries) + len(second.entries) + len(third.entries)
    assert session.events(live, reader, name, (0, 5000)).total == everything
    runs = session.events(live, reader, name, (1, 2), ("RunStarted", "RunEnded"))
    assert (runs.total, [event.kind for event in runs.events]) == (4, ["RunEnded", "RunStarted"])
    assert session.text_view(live, reader, name, MAIN).text == second.files.texts[MAIN]
    assert [run.output for run in session.runs(live, reader, name).runs] == ["1\n", "2\n"]
    assert session.session_view(live, reader, name, 0).row.devices == 2
    assert audit_log(reader, EXAM).entries == ()
    rows = list(derive(live))
    with records.store.begin() as tx:
        replace_projections(tx, rows)
        replace_projections(tx, rows)
    with reader.connect() as connection:
        assert list(stored(connection).values()) == rows
    reader.close()
    records.close()
