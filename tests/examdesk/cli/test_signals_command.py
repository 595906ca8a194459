"""`examdesk signals`: the same figures from the records and from the bundle, and what differs is named."""

import json
from pathlib import Path

import pytest


@pytest.fixture
def bundle(out):
    return out / "quiz-2.examrecord"


@pytest.fixture
def printed(run, data, capsys, tmp_path):
    assert run("signals", "--data", data, "--json") == 0
    path = tmp_path / "signals.json"
    path.write_text(capsys.readouterr().out, encoding="utf-8")
    return path


def test_an_outsider_gets_the_same_signals_from_the_bundle(run, bundle, printed, capsys):
    found = json.loads(printed.read_text(encoding="utf-8"))
    assert sum(len(each["signals"]) for each in found["sessions"]) > 2
    assert run("signals", bundle, "--against", printed) == 0
    assert "the same as in the file" in capsys.readouterr().out


def test_a_bundle_from_before_editions_were_in_it_is_read_with_the_texts_that_it_has(run, capsys):
    old = Path(__file__).parents[2] / "data/bundles/without-editions.examrecord"
    assert run("signals", old) == 0
    assert "1 of 2 students, 1 signal" in capsys.readouterr().out


def test_every_signal_says_what_it_rests_on(printed):
    found = json.loads(printed.read_text(encoding="utf-8"))
    signals = [signal for each in found["sessions"] for signal in each["signals"]]
    pastes = [signal for signal in signals if signal["kind"] == "outside_paste"]
    assert pastes
    assert pastes[0]["parameters"] == {"outside_paste_chars": 40, "own_text_percent": 85}
    assert all(len(read["link"]) == 64 for each in found["sessions"] for read in each["inputs"])


def test_session_documents_carry_what_their_signals_follow_from(bundle, printed):
    found = json.loads(printed.read_text(encoding="utf-8"))
    inputs = {each["session"]: each for each in found["sessions"]}
    documents = [json.loads(path.read_text("utf-8")) for path in sorted((bundle.parent / "sessions").glob("*.json"))]
    assert len(documents) == len(inputs)
    for document in documents:
        same = inputs[document["session"]]
        assert document["signals_engine"] == found["engine"]
        assert document["signals_given_sha256"] == found["given_sha256"]
        assert {each["id"]: each["head_link"] for each in document["journals"]} == {
            each["journal"]: each["link"] for each in same["inputs"]
        }
        assert [each["parameters"] for each in document["signals"]] == [each["parameters"] for each in same["signals"]]


def test_a_signal_that_was_left_out_or_changed_is_named(run, bundle, printed, capsys):
    found = json.loads(printed.read_text(encoding="utf-8"))
    holder = next(each for each in found["sessions"] if each["signals"])
    holder["signals"][0]["amount"] += 1
    printed.write_text(json.dumps(found), encoding="utf-8")
    assert run("signals", bundle, "--against", printed) == 1
    said = capsys.readouterr().out
    assert f"only here: {holder['student']}" in said
    assert f"only there: {holder['student']}" in said
    assert "not the same" in said


def test_other_thresholds_and_other_events_are_named(run, bundle, printed, capsys):
    found = json.loads(printed.read_text(encoding="utf-8"))
    found["thresholds"]["outside_paste_chars"] = 50
    found["sessions"][0]["inputs"][0]["link"] = "00" * 32
    printed.write_text(json.dumps(found), encoding="utf-8")
    assert run("signals", bundle, "--against", printed) == 1
    said = capsys.readouterr().out
    assert "outside_paste_chars 40 here, 50 there" in said
    assert f"Other events were read of {found['sessions'][0]['student']}" in said


def test_a_student_is_shown_with_how_common_each_kind_is(run, data, capsys):
    assert run("signals", "--data", data) == 0
    said = capsys.readouterr().out
    assert "How common each kind is in this class:" in said
    assert "It says nothing about why." in said


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (("signals", "--data", "{data}", "--student", "nobody"), "no session of nobody"),
        (("signals", "none.examrecord"), "can't be opened"),
        (("signals", "--data", "{data}", "--against", "none.json"), "can't be read"),
    ],
)
def test_what_is_not_there_is_said(run, data, argv, sentence, capsys):
    assert run(*(part.format(data=data) for part in argv)) == 2
    assert sentence in capsys.readouterr().err
