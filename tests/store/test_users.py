from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlmodel import Session

from croncierge.errors import InvalidInput, NotAllowed, NotFound
from schedules.schedule import Once
from store.operations import create_task, ensure_user, get_preferences, list_tasks, set_preferences
from store.session import Store
from store.tables import User
from store.values import Actor, PreferencesInfo, TaskSpec

Person = Callable[[], Actor]


def test_the_same_name_is_the_same_user(store: Store) -> None:
    assert ensure_user(store, "ann") == ensure_user(store, " ann ")
    assert ensure_user(store, "ann") != ensure_user(store, "Ann")


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\x00"])
def test_a_name_that_cannot_be_is_refused(store: Store, name: str) -> None:
    with pytest.raises(InvalidInput, match="user"):
        ensure_user(store, name)


def test_a_user_that_is_switched_off_may_do_nothing(store: Store, ann: Person) -> None:
    actor = ann()
    with store.write() as session:
        _user(session, actor).is_active = False
    with pytest.raises(NotAllowed, match="ann is switched off"):
        list_tasks(store, actor)
    with pytest.raises(NotAllowed):
        create_task(store, actor, TaskSpec(title="anything"))


def test_somebody_unknown_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound, match="no user"):
        list_tasks(store, Actor(user_id=uuid4(), via="test", change_set="1"))


def test_preferences_that_were_never_said_are_the_usual_ones(store: Store, ann: Person) -> None:
    assert get_preferences(store, ann()) == PreferencesInfo(zone=None, default_time="09:00", day_first=None)


def test_a_preference_is_changed_without_the_others(store: Store, ann: Person) -> None:
    set_preferences(store, ann(), zone="Europe/Berlin", day_first=True)
    changed = set_preferences(store, ann(), default_time="8:30")
    assert changed == PreferencesInfo(zone="Europe/Berlin", default_time="08:30", day_first=True)
    assert get_preferences(store, ann()) == changed


def test_preferences_are_each_persons_own(store: Store, ann: Person, bob: Person) -> None:
    set_preferences(store, ann(), zone="Europe/Berlin")
    assert get_preferences(store, bob()).zone is None


def test_an_unknown_zone_and_an_impossible_time_are_refused_and_change_nothing(store: Store, ann: Person) -> None:
    with pytest.raises(InvalidInput, match="Berlim"):
        set_preferences(store, ann(), zone="Europe/Berlim")
    for time in ("25:00", "noon", "9:5", "09:00:00", ""):
        with pytest.raises(InvalidInput, match="default time"):
            set_preferences(store, ann(), zone="Europe/Berlin", default_time=time)
    assert get_preferences(store, ann()).zone is None


def test_a_task_without_a_schedule_lives_in_its_owners_zone(store: Store, ann: Person) -> None:
    set_preferences(store, ann(), zone="Asia/Tokyo")
    assert create_task(store, ann(), TaskSpec(title="whenever")).zone == "Asia/Tokyo"
    later = Once(at=datetime(2027, 1, 1, tzinfo=UTC), zone="Europe/Paris")
    assert create_task(store, ann(), TaskSpec(title="then", schedule=later, zone="UTC")).zone == "Europe/Paris"


def _user(session: Session, actor: Actor) -> User:
    user = session.get(User, actor.user_id)
    assert user is not None
    return user
