"""What is tried again, how often and after what waits; nobody waits in earnest."""

import threading

import pytest

from narrator.speech.net import retry, sending
from narrator.speech.net.retry import Kind, Trouble, ask


class Waits(threading.Event):
    """An event that takes note of how long it is waited for, and lets nobody wait."""

    def __init__(self):
        super().__init__()
        self.seconds = []

    def wait(self, timeout=None):
        self.seconds.append(timeout)
        return self.is_set()


@pytest.fixture(autouse=True)
def reach_anew(monkeypatch):
    monkeypatch.setattr(retry, "_unreachable", {})


def fail(*troubles, wait_s=1.0, server="a"):
    """Ask a server that has these troubles and then answers; the waits, how often it was asked, and the last trouble."""
    waits, left = Waits(), list(troubles)

    def call():
        if left:
            raise left.pop(0)
        return "well"

    try:
        last = ask(call, server, wait_s, waits)
    except Trouble as trouble:
        last = trouble
    return waits.seconds, len(troubles) - len(left), last


def test_waits_double_and_differ_each_time():
    first, count, last = fail(*(Trouble(Kind.BUSY, "busy") for _ in range(9)))
    assert (count, last.tries) == (5, 5)
    assert [2**turn <= wait <= 2**turn + 1 for turn, wait in enumerate(first)] == [True] * 4
    second, _, _ = fail(*(Trouble(Kind.BUSY, "busy") for _ in range(9)))
    assert first != second


def test_no_wait_is_longer_than_a_minute():
    waits, _, _ = fail(*(Trouble(Kind.BUSY, "busy") for _ in range(9)), wait_s=30.0)
    assert waits[2:] == [60, 60]


def test_the_wait_that_is_asked_for_is_kept_up_to_a_minute():
    assert fail(Trouble(Kind.BUSY, "busy", after=7.0)) == ([7.0], 1, "well")
    assert fail(Trouble(Kind.BUSY, "busy", after=0.0), wait_s=1.0)[0][0] >= 1
    waits, count, _ = fail(*(Trouble(Kind.BUSY, "busy", after=61.0) for _ in range(9)))
    assert (waits, count) == ([], 1)


@pytest.mark.parametrize(("kind", "tries"), [("unreachable", 3), ("slow", 2), ("broken", 3), ("final", 1)])
def test_each_kind_of_trouble_has_its_number_of_tries(kind, tries):
    _, count, last = fail(*(Trouble(Kind(kind), kind) for _ in range(9)), wait_s=0.01)
    assert (count, last.tries) == (tries, tries)


def test_tries_of_an_unreachable_server_end_within_20_s():
    _, count, _ = fail(*(Trouble(Kind.UNREACHABLE, "gone") for _ in range(9)), wait_s=20.0)
    assert count == 1
    assert retry._UNREACHABLE_S + sending.CONNECT_S < 20


def test_an_unreachable_server_is_left_alone_for_a_while(monkeypatch):
    gone = [Trouble(Kind.UNREACHABLE, "gone") for _ in range(3)]
    assert fail(*gone, wait_s=0.01)[1] == 3
    waits, count, last = fail(*gone, wait_s=0.01)
    assert (waits, count, last.reason) == ([], 0, "it could not be reached a moment ago, so nothing was sent")
    assert fail(server="b") == ([], 0, "well")
    monkeypatch.setattr(retry, "_SHUNNED_S", -1.0)
    retry._unreachable.clear()
    assert fail(*gone, wait_s=0.01)[1] == 3
    assert fail() == ([], 0, "well")


def test_nothing_is_tried_again_once_the_session_is_cancelled():
    waits = Waits()
    waits.set()

    def call():
        raise Trouble(Kind.BUSY, "busy")

    with pytest.raises(Trouble, match="busy"):
        ask(call, "a", 1.0, waits)
    assert waits.seconds == []
