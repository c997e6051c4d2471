"""What arrives is shown once, and counts as sent only when it was seen."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from croncierge.app import App, open_app
from croncierge.clock import FixedClock
from croncierge.settings import load_settings
from interfaces.chat.postman import Postman, lines
from schedules.schedule import Once
from store.kinds import DeliveryStatus
from store.operations import create_task
from store.operations.deliveries import TERMINAL, DeliveryInfo
from store.values import TaskSpec

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def delivery(text: str, due: datetime, kind: str = "result") -> DeliveryInfo:
    return DeliveryInfo(
        id=1,
        user_id=UUID(int=1),
        task_id=1,
        run_id=1,
        title=text,
        kind=kind,
        channel=TERMINAL,
        text=text,
        status=DeliveryStatus.SENDING,
        attempts=1,
        scheduled_time=due,
        created_at=due,
        available_at=due,
        sent_at=None,
        acknowledged_at=None,
        error=None,
    )


def test_a_reminder_is_shown_with_the_persons_own_time() -> None:
    assert lines([delivery("stretch", NOW)], NOW, "Europe/Berlin") == ["⏰ stretch  (10:00)"]


def test_what_came_while_nobody_looked_is_told_apart_with_its_day() -> None:
    late = delivery("call mom", NOW - timedelta(days=3))
    assert lines([late, delivery("stretch", NOW)], NOW, "Europe/Berlin") == [
        "While you were away:",
        "⏰ call mom  (Fri 20 Nov 10:00)",
        "⏰ stretch  (10:00)",
    ]


def test_a_failure_looks_like_one() -> None:
    assert lines([delivery("it broke", NOW, "failure")], NOW, "UTC") == ["⚠ it broke  (09:00)"]
    assert lines([delivery("it did not complete", NOW, "workflow")], NOW, "UTC") == ["⚠ it did not complete  (09:00)"]


@pytest.fixture
def app() -> Iterator[App]:
    clock = FixedClock(NOW)
    due = NOW + timedelta(minutes=1)
    with open_app(load_settings(db="sqlite://"), clock=clock) as app:
        create_task(app.store, app.actor("test"), TaskSpec(title="stretch", schedule=Once(zone="UTC", at=due)))
        clock.set(due)
        assert app.runtime.tick() == 1
        yield app


def brought(app: App, *, seen: bool, calls: int = 1) -> list[str]:
    """What a postman brings who is called so often."""
    heard: list[str] = []
    brought_something = threading.Event()

    def show(said: list[str]) -> bool:
        heard.extend(said)
        brought_something.set()
        return seen

    postman = Postman(app, show)
    postman.start()
    for _ in range(calls):
        postman.call()
        brought_something.wait(0.5)
    postman.leave()
    postman.join(5)
    assert not postman.is_alive()
    return heard


def test_a_message_that_was_seen_is_not_brought_again(app: App) -> None:
    assert brought(app, seen=True, calls=2) == ["⏰ stretch  (09:01)"]
    assert brought(app, seen=True) == []


def test_a_message_that_nobody_saw_is_brought_again_later(app: App) -> None:
    assert brought(app, seen=False) == ["⏰ stretch  (09:01)"]
    assert isinstance(app.clock, FixedClock)
    app.clock.set(NOW + timedelta(minutes=3))
    assert brought(app, seen=True) == ["While you were away:", "⏰ stretch  (Mon 23 Nov 09:01)"]
