"""Messages: where they go, when, and what becomes of those that do not arrive."""

from datetime import timedelta
from typing import Any

import pytest

from croncierge.errors import Conflict, NotFound
from runtime.delivering import Postman
from store.kinds import DeliveryStatus, NotifyOn
from store.operations import disable_user, enable_user, ensure_user, set_preferences
from store.operations.deliveries import (
    TERMINAL,
    acknowledge,
    acknowledge_all,
    claim_deliveries,
    list_deliveries,
    next_delivery,
    retry_delivery,
)
from store.operations.runs import Outcome
from store.values import Actor
from tests.runtime.conftest import World, cron
from tests.runtime.conftest import world as world
from tests.store.conftest import make_admin


class Phone:
    """A channel that can be out of order."""

    def __init__(self) -> None:
        self.works = True
        self.heard: list[tuple[str, str, str]] = []

    def send(self, channel: str, title: str, text: str) -> None:
        if not self.works:
            raise Conflict("The phone is off.")
        self.heard.append((channel, title, text))


def told(world: World, **spec: Any) -> None:
    world.task("tea", cron("0 10 * * *"), action="notify", action_payload={"message": "Tea!"}, **spec)


def test_a_message_goes_to_the_channel_of_its_task_or_its_person(world: World) -> None:
    phone = Phone()
    postman = Postman(world.store, phone.send, "test")
    told(world, channel="phone")
    world.after(hours=1)
    assert world.messages() == []
    assert postman.deliver() == 1
    assert phone.heard == [("phone", "tea", "Tea!")]

    set_preferences(world.store, world.actor, channel="watch")
    world.task("cake", cron("0 11 * * *"), action="notify")
    world.after(hours=1)
    postman.deliver()
    assert phone.heard[1:] == [("watch", "cake", "cake")]
    assert postman.deliver() == 0


def test_a_message_that_does_not_arrive_is_tried_again_without_the_work(world: World) -> None:
    phone = Phone()
    phone.works = False
    postman = Postman(world.store, phone.send, "test")
    told(world, channel="phone")
    world.after(hours=1)

    assert postman.deliver() == 0
    (message,) = list_deliveries(world.store, world.actor)
    assert (message.status, message.error) == (DeliveryStatus.PENDING, "The phone is off.")
    assert next_delivery(world.store) == world.clock.now() + timedelta(seconds=15)

    phone.works = True
    assert postman.deliver() == 0
    world.clock.set(world.clock.now() + timedelta(seconds=15))
    assert postman.deliver() == 1
    assert [run.status.value for run in world.runs()] == ["completed"]
    assert list_deliveries(world.store, world.actor)[0].error is None


def test_what_never_arrives_is_given_up_seen_and_can_be_sent_once_more(world: World) -> None:
    phone = Phone()
    phone.works = False
    postman = Postman(world.store, phone.send, "test")
    told(world, channel="phone")
    world.after(hours=1)
    while (moment := next_delivery(world.store)) is not None:
        world.clock.set(max(moment, world.clock.now()))
        postman.deliver()

    (message,) = list_deliveries(world.store, world.actor, status=DeliveryStatus.FAILED)
    assert message.attempts == 8
    phone.works = True
    assert retry_delivery(world.store, world.actor, message.id).status is DeliveryStatus.PENDING
    assert postman.deliver() == 1
    with pytest.raises(Conflict, match="was not given up"):
        retry_delivery(world.store, world.actor, message.id)


def test_nothing_is_sent_in_the_quiet_hours_of_the_person(world: World) -> None:
    set_preferences(world.store, world.actor, zone="UTC", quiet_hours="09:30-11:30")
    told(world)
    world.after(hours=1)
    assert world.outcomes("tea") == ["completed"]
    assert world.messages() == []
    world.after(hours=1.5)
    assert world.messages() == ["Tea!"]


def test_what_is_collected_comes_as_one_digest(world: World) -> None:
    set_preferences(world.store, world.actor, zone="UTC", digest_at="18:00")
    postman = Postman(world.store, Phone().send, "test")
    told(world, notify_on=NotifyOn.DIGEST)
    world.behaviour["cake"] = lambda _run: Outcome(error="burnt")
    world.task("cake", cron("0 11 * * *"), notify_on=NotifyOn.DIGEST)
    world.after(hours=2)
    postman.deliver()
    assert world.messages() == []

    world.clock.set(world.clock.now().replace(hour=18))
    postman.deliver()
    (digest,) = world.messages()
    assert digest == "Since the last digest, 2 messages:\n- Tea!\n- “cake” failed: burnt"
    postman.deliver()
    assert world.messages() == []


def test_whether_a_message_was_seen_is_a_thing_of_its_own(world: World) -> None:
    told(world)
    world.after(hours=1)
    world.messages()
    (message,) = list_deliveries(world.store, world.actor)
    assert (message.status, message.acknowledged_at) == (DeliveryStatus.SENT, None)
    assert acknowledge(world.store, world.actor, message.id).acknowledged_at == world.clock.now()
    with pytest.raises(NotFound):
        acknowledge(world.store, world.actor, 99)


def test_a_message_that_was_claimed_and_forgotten_is_handed_out_again(world: World) -> None:
    told(world)
    world.after(hours=1)
    user = world.actor.user_id
    assert len(claim_deliveries(world.store, user, TERMINAL, "one")) == 1
    assert claim_deliveries(world.store, user, TERMINAL, "two") == []
    world.clock.set(world.clock.now() + timedelta(seconds=61))
    assert len(claim_deliveries(world.store, user, TERMINAL, "two")) == 1


def test_what_a_killed_sender_had_claimed_is_due_after_a_minute(world: World) -> None:
    told(world, channel="phone")
    world.after(hours=1)
    assert len(claim_deliveries(world.store, None, None, "killed")) == 1
    assert next_delivery(world.store) == world.clock.now() + timedelta(seconds=60)
    phone = Phone()
    assert Postman(world.store, phone.send, "next").deliver() == 0
    world.clock.set(world.clock.now() + timedelta(seconds=60))
    assert Postman(world.store, phone.send, "next").deliver() == 1
    assert next_delivery(world.store) is None


def test_what_the_terminal_shows_wakes_nobody(world: World) -> None:
    told(world)
    world.after(hours=1)
    claim_deliveries(world.store, world.actor.user_id, TERMINAL, "killed")
    assert next_delivery(world.store) is None


def test_a_digest_waits_for_the_end_of_quiet_hours(world: World) -> None:
    set_preferences(world.store, world.actor, zone="UTC", digest_at="07:00", quiet_hours="22:00-08:30")
    postman = Postman(world.store, Phone().send, "test")
    told(world, notify_on=NotifyOn.DIGEST)
    world.after(hours=1)
    world.clock.set(world.clock.now().replace(day=24, hour=7))
    postman.deliver()
    assert world.messages() == []
    world.clock.set(world.clock.now().replace(hour=8, minute=30))
    assert world.messages() == ["Since the last digest, 1 message:\n- Tea!"]


def test_messages_are_seen_all_at_once_or_by_their_run(world: World) -> None:
    told(world)
    for _ in range(3):
        world.after(days=1)
    first, *_ = world.runs()
    assert acknowledge_all(world.store, world.actor, first.id) == 1
    assert acknowledge_all(world.store, world.actor, first.id) == 0
    assert acknowledge_all(world.store, world.actor) == 0  # none has arrived yet
    world.messages()
    assert acknowledge_all(world.store, world.actor) == 2
    with pytest.raises(NotFound, match="has no message for you"):
        acknowledge_all(world.store, world.actor, 99)


def test_messages_for_an_account_that_is_off_wait_until_it_is_on_again(world: World) -> None:
    phone = Phone()
    postman = Postman(world.store, phone.send, "test")
    told(world, channel="phone")
    world.after(hours=1)
    admin = Actor(user_id=ensure_user(world.store, "operator"), via="test", change_set="2")
    make_admin(world.store, admin)
    disable_user(world.store, admin, "ann")
    assert postman.deliver() == 0
    assert next_delivery(world.store) is None
    enable_user(world.store, admin, "ann")
    assert postman.deliver() == 1
