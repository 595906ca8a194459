"""The real browser and the real engine, opened and closed: nothing stays open behind them."""

import gc
import warnings

from student_app.composition import make_desk, make_engine
from student_app.net.browse import Browser
from student_app.net.loop import NetThread
from tests.student_app.kit import EchoRunner, Wall
from tests.support.patience import PATIENCE_S


def unclosed(work) -> list[str]:
    """Do something and return what the garbage collector found open after it."""
    gc.collect()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ResourceWarning)
        work()
        gc.collect()
    return [str(one.message) for one in caught if issubclass(one.category, ResourceWarning)]


def test_a_program_that_looks_for_exams_leaves_no_socket_open(tmp_path):
    def open_and_close():
        for _ in range(20):
            engine = make_engine(tmp_path)
            program = make_desk(engine, tmp_path, Wall(), runner=EchoRunner())
            program.desk.look()
            program.close(0)
            engine.close()

    assert unclosed(open_and_close) == []


def test_a_browser_closed_while_it_begins_anew_leaves_no_socket_open():
    def open_and_close():
        thread = NetThread()
        browser = Browser(lambda _: None)
        thread.run(browser.start())
        for _ in range(3):
            thread.run(browser.restart()).cancel()
            thread.run(browser.restart())
        thread.run(browser.close()).result(PATIENCE_S)
        thread.close()

    assert unclosed(open_and_close) == []


async def test_a_closed_browser_does_not_begin_again():
    browser = Browser(lambda _: None)
    await browser.start()
    await browser.close()
    await browser.start()
    assert browser._listening is None
