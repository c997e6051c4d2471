"""The thread that brings messages to people, and what happens when its process dies in the middle of it."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from croncierge.errors import Unavailable
from runtime import delivering
from runtime.delivering import Postman
from store.kinds import DeliveryStatus
from store.operations.deliveries import claim_deliveries, list_deliveries, next_delivery
from tests.runtime.conftest import World, cron
from tests.runtime.conftest import world as world

_KILLED = """
import os, sys
from croncierge.clock import FixedClock
from datetime import datetime
from runtime.delivering import Postman
from store.open import open_store

def send(channel, title, text):
    print(f"sending {text}", flush=True)
    os.kill(os.getpid(), 9)

store = open_store(sys.argv[1], FixedClock(datetime.fromisoformat(sys.argv[2])))
Postman(store, send, "killed").deliver()
"""


class Box:
    """Where messages arrive, from any thread."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._came = threading.Condition()

    def send(self, _channel: str, _title: str, text: str) -> None:
        with self._came:
            self.texts.append(text)
            self._came.notify_all()

    def wait_for(self, count: int) -> bool:
        with self._came:
            return self._came.wait_for(lambda: len(self.texts) >= count, timeout=10)


def tea(world: World) -> None:
    world.task("tea", cron("0 10 * * *"), action="notify", action_payload={"message": "Tea!"}, channel="phone")


def test_it_sends_what_is_there_and_what_it_is_woken_for(tmp_path: Path) -> None:
    world, box = World(f"sqlite:///{tmp_path / 'x.db'}"), Box()
    tea(world)
    world.after(hours=1)
    postman = Postman(world.store, box.send, "test")
    postman.start()
    try:
        assert box.wait_for(1)
        world.after(days=1)
        postman.wake()
        assert box.wait_for(2)
    finally:
        postman.stop()
    assert [each.status for each in list_deliveries(world.store, world.actor)] == [DeliveryStatus.SENT] * 2
    world.after(days=1)
    postman.wake()
    assert not threading.Event().wait(0.05)
    assert len(box.texts) == 2


def test_it_goes_on_when_the_database_was_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world, box = World(f"sqlite:///{tmp_path / 'x.db'}"), Box()
    tea(world)
    world.after(hours=1)
    monkeypatch.setattr(delivering, "_PAUSE", 0.01)
    original: Callable[..., int] = delivering.send_digests
    failures = iter([Unavailable("The disk is full."), RuntimeError("who knows")])

    def sometimes(*arguments: object) -> int:
        for failure in failures:
            raise failure
        return original(*arguments)

    monkeypatch.setattr(delivering, "send_digests", sometimes)
    postman = Postman(world.store, box.send, "test")
    postman.start()
    assert box.wait_for(1)
    postman.stop()


@pytest.mark.skipif(os.name == "nt", reason="processes are killed otherwise there")
def test_a_message_whose_sender_was_killed_is_sent_by_the_next_one_a_minute_later(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    world, box = World(url), Box()
    tea(world)
    world.after(hours=1)
    now = world.clock.now()
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, url, now.isoformat()],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (killed.returncode, killed.stdout) == (-signal.SIGKILL, "sending Tea!\n")
    postman = Postman(world.store, box.send, "test")
    assert postman.deliver() == 0
    assert next_delivery(world.store) == now + timedelta(seconds=60)
    world.clock.set(now + timedelta(seconds=60))
    assert postman.deliver() == 1
    (message,) = list_deliveries(world.store, world.actor)
    assert (message.status, message.attempts, box.texts) == (DeliveryStatus.SENT, 2, ["Tea!"])
    assert world.outcomes("tea") == ["completed"]


def test_a_message_that_ends_whoever_sends_it_is_given_up(world: World) -> None:
    tea(world)
    world.after(hours=1)
    for _ in range(8):
        assert len(claim_deliveries(world.store, None, None, "killed")) == 1
        world.clock.set(world.clock.now() + timedelta(seconds=60))
    assert claim_deliveries(world.store, None, None, "next") == []
    (message,) = list_deliveries(world.store, world.actor)
    assert (message.status, message.error) == (DeliveryStatus.FAILED, "whoever sent it did not come back")
    assert next_delivery(world.store) is None
