"""How fast one may send: a generous burst, then no faster than the budget refills, each person on their own."""

import pytest

from collab.counting import Counting
from collab.crowd import REMEMBERED, Bounds, Crowd, Turnstile
from collab.log import Author
from collab.pace import BURST_S, Attempts, Pace, Rates
from collab.peer import HangUp, Peer, Queue

KIB = 1024
RATES = Rates(messages=10, bytes=100 * KIB)


def peer(person: int) -> Peer:
    return Peer(Author(person), Queue(), queue_bytes=KIB)


async def sent(turnstile: Turnstile) -> bool:
    """Whether a small message got through, however long it was held."""
    wait_s = turnstile.take(1)
    return not wait_s or await turnstile.hold(wait_s)


def test_a_burst_passes_and_then_each_message_waits_for_its_refill() -> None:
    pace = Pace(RATES, now=0)
    assert [pace.take(10, 0) for _ in range(200)] == [0.0] * 200  # twenty seconds of it at once
    assert [pace.take(10, 0) for _ in range(3)] == pytest.approx([0.1, 0.2, 0.3])
    assert pace.take(10, 1.0) == 0.0  # 10 refilled, 4 owed


def test_bytes_count_as_messages_do() -> None:
    pace = Pace(RATES, now=0)
    assert pace.take(int(RATES.bytes * BURST_S), 0) == 0.0
    assert pace.take(50 * KIB, 0) == pytest.approx(0.5)
    assert pace.take(1, 60) == 0.0


def test_a_budget_holds_no_more_than_its_burst_however_long_it_rests() -> None:
    pace = Pace(RATES, now=0)
    assert pace.take(int(RATES.bytes * BURST_S), 1e6) == 0.0
    assert pace.take(KIB, 1e6) > 0
    assert not pace.is_rested(1e6 + BURST_S / 3)
    assert pace.is_rested(1e6 + BURST_S)


def test_attempts_of_one_caller_say_when_the_next_may_come_and_cost_another_nothing() -> None:
    attempts = Attempts(per_minute=3)
    assert [attempts.wait_s("a", 0) for _ in range(4)] == [0, 0, 0, pytest.approx(20)]
    assert attempts.wait_s("a", 10) == pytest.approx(10)  # a refused one has cost nothing
    assert attempts.wait_s("b", 0) == 0
    assert attempts.wait_s("a", 20) == 0
    assert attempts.wait_s("a", 20) == pytest.approx(20)


def test_callers_who_have_rested_are_forgotten_and_a_crowd_of_addresses_costs_no_memory() -> None:
    attempts = Attempts(per_minute=3, forget_above=10)
    assert not any(attempts.wait_s(one, 0) for one in range(10))
    assert attempts.wait_s("new", 60) == 0
    assert len(attempts) == 1
    assert not any(attempts.wait_s(one, 60) for one in range(1000))
    assert len(attempts) == 10


def test_one_connection_too_many_of_a_person_or_of_all_is_hung_up_on_and_a_place_that_is_left_is_free() -> None:
    counting = Counting()
    crowd = Crowd(Bounds(connections=3, connections_each=2), counting)
    first, second, third, other, last = [peer(who) for who in (1, 1, 1, 2, 3)]
    with crowd.place(first) as one:
        with crowd.place(second) as two, crowd.place(third) as refused:
            assert (one is None, two is None, refused is None) == (False, False, True)
            with crowd.place(other) as their, crowd.place(last) as full:
                assert (their is None, full is None) == (False, True)
        with crowd.place(peer(1)) as again:
            assert again is not None
    assert [one.hung_up for one in (first, second, third, other, last)] == [
        None,
        None,
        HangUp.TOO_MANY,
        None,
        HangUp.TOO_MANY,
    ]
    assert counting.refused["too-many-connections"] == 2


@pytest.mark.anyio
async def test_who_sends_too_fast_is_slowed_down_then_hung_up_on_while_another_passes() -> None:
    counting = Counting()
    crowd = Crowd(Bounds(rates=Rates(messages=1000, bytes=1e9), patience_s=0.05), counting)
    flooding, calm = peer(1), peer(2)
    with crowd.place(flooding) as flood, crowd.place(calm) as quiet:
        assert flood is not None
        assert quiet is not None
        passed = 0
        while await sent(flood):
            passed += 1
        assert passed >= 1000 * BURST_S
        assert flooding.hung_up is HangUp.TOO_FAST
        assert await sent(quiet)
        assert calm.hung_up is None
    assert counting.refused["too-fast"] == 1


@pytest.mark.anyio
async def test_a_person_has_one_pace_over_all_connections_and_after_coming_back() -> None:
    bounds = Bounds(rates=Rates(messages=10, bytes=1e9), person_times=2, patience_s=0.05)
    crowd = Crowd(bounds, Counting())
    ended = 0
    for _ in range(REMEMBERED // 100):
        one = peer(1)
        with crowd.place(one) as turnstile:
            assert turnstile is not None
            for _ in range(150):  # less than a connection's own burst of 200
                if not await sent(turnstile):
                    break
        ended += one.hung_up is HangUp.TOO_FAST
    assert ended == 8  # two connections had the person's burst of 400, the third what was left
