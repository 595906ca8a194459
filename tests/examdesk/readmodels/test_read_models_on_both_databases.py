from examdesk.evidence.rules import Rules
from examdesk.readmodels import session
from examdesk.readmodels.audit import audit_log
from examdesk.readmodels.derived import derive, stored
from examdesk.readmodels.live import LiveModel
from examdesk.staffapi.messages import GetAudit
from examdesk.store.audit import Deed
from examdesk.store.projections import replace_projections
from tests.support.scripted import EXAM, MAIN, Records, moved


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
    assert audit_log(reader, EXAM, GetAudit()).entries == ()
    deeds = (
        ("Ada", "opened", "100 % _of_ all"),
        ("Ben", "locked", "s1\n± lock no → yes"),
        ("Ben", "exported", "bundle"),
    )
    with records.store.begin() as tx:
        for who, what, detail in deeds:
            tx.control.audit(7, Deed(who=who, role="proctor", address="", what=what, detail=detail))

    def found(**asked):
        return [entry.what for entry in audit_log(reader, EXAM, GetAudit(**asked)).entries]

    assert found(limit=2) == ["exported", "locked"]
    assert found(before=1) == found(text="% _OF_") == ["opened"]
    assert found(kind="done", text="ben") == ["locked"]
    assert audit_log(reader, EXAM, GetAudit(session=name), "s1").entries[-1].changes == ("lock no → yes",)
    rows = list(derive(live))
    with records.store.begin() as tx:
        replace_projections(tx, rows)
        replace_projections(tx, rows)
    with reader.connect() as connection:
        assert list(stored(connection).values()) == rows
    reader.close()
    records.close()
