"""A staff client that asks several things at once."""

import asyncio

import pytest

from examdesk.staffapi.client import StaffClient
from examdesk.staffapi.messages import Done, GetExam, GetLive, GetRoster, Told, decode_ask, encode
from shared.problems import EnvironmentProblem
from tests.support.patience import PATIENCE_S


class Line:
    """A connection whose other end answers when the test says so."""

    def __init__(self):
        self.sent = []
        self.came = asyncio.Semaphore(0)
        self.arriving = asyncio.Queue()

    async def send(self, data):
        self.sent.append(decode_ask(data))
        self.came.release()

    def answer(self, place):
        ask = self.sent[place]
        self.arriving.put_nowait(encode(Told(ask.number, Done(sentence=type(ask.request).__name__))))

    async def close(self):
        self.arriving.put_nowait(None)

    def __aiter__(self):
        return self

    async def __anext__(self):
        data = await self.arriving.get()
        if data is None:
            raise StopAsyncIteration
        return data


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
async def test_each_question_gets_its_own_answer_in_whatever_order_they_come(order):
    line = Line()
    client = StaffClient(line)
    questions = [asyncio.create_task(client.ask(request)) for request in (GetExam(), GetLive(), GetRoster())]
    for _ in questions:
        await line.came.acquire()
    for place in order:
        line.answer(place)
        await asyncio.wait([questions[place]], timeout=PATIENCE_S)
    answers = await asyncio.wait_for(asyncio.gather(*questions), PATIENCE_S)
    assert [answer.sentence for answer in answers] == ["GetExam", "GetLive", "GetRoster"]
    await client.close()


async def test_open_questions_fail_when_the_line_is_cut():
    line = Line()
    client = StaffClient(line)
    question = asyncio.create_task(client.ask(GetExam()))
    await line.came.acquire()
    await client.close()
    with pytest.raises(EnvironmentProblem):
        await question
    assert await client.next_change() is None
