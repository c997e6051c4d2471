"""Who may look after accounts, and what becomes of the work of somebody whose account is switched off."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from croncierge.clock import FixedClock
from croncierge.errors import Conflict, NotAllowed, NotFound
from store.kinds import DependencyType
from store.operations import (
    add_user,
    create_task,
    disable_user,
    enable_user,
    list_runs,
    list_tasks,
    list_users,
    run_now,
    set_admin,
    undo,
)
from store.operations.claims import claim_due
from store.operations.runs import Outcome, finish_runs
from store.session import Store
from store.tables import AuditEntry, User
from store.values import Actor, Prerequisite, TaskSpec
from tests.store.conftest import MONDAY, People, cron, make_admin

Person = Callable[[], Actor]

FOR_ADMINISTRATORS: dict[str, Callable[[Store, Actor], Any]] = {
    "add": lambda store, actor: add_user(store, actor, "carla"),
    "list": list_users,
    "disable": lambda store, actor: disable_user(store, actor, "bob"),
    "enable": lambda store, actor: enable_user(store, actor, "bob"),
    "make administrator": lambda store, actor: set_admin(store, actor, "bob", True),
}


@pytest.fixture
def admin(store: Store, people: People) -> Person:
    set_admin(store, people("root"), "root", True)
    return lambda: people("root")


@pytest.fixture(autouse=True)
def bob_is_there(bob: Person) -> None:
    bob()


@pytest.mark.parametrize("operation", FOR_ADMINISTRATORS.values(), ids=FOR_ADMINISTRATORS.keys())
def test_only_administrators_look_after_accounts(
    store: Store, ann: Person, admin: Person, operation: Callable[[Store, Actor], Any]
) -> None:
    with pytest.raises(NotAllowed, match=r"Only an administrator .*; ask root\."):
        operation(store, ann())
    operation(store, admin())


def test_as_long_as_there_is_no_administrator_people_make_themselves_one_and_nobody_else(
    store: Store, ann: Person, bob: Person
) -> None:
    with pytest.raises(NotAllowed, match="nobody is one yet"):
        set_admin(store, ann(), "bob", True)
    assert set_admin(store, ann(), "ann", True).is_admin
    with pytest.raises(NotAllowed, match="ask ann"):
        set_admin(store, bob(), "bob", True)


def test_the_last_administrator_stays(store: Store, ann: Person, admin: Person) -> None:
    with pytest.raises(Conflict, match="root is the only administrator"):
        set_admin(store, admin(), "root", False)
    with pytest.raises(Conflict, match="root is the only administrator"):
        disable_user(store, admin(), "root")
    ann()
    set_admin(store, admin(), "ann", True)
    assert not disable_user(store, ann(), "root").is_active
    with pytest.raises(Conflict, match="ann is the only administrator"):
        set_admin(store, ann(), "ann", False)


def test_somebody_whose_account_is_off_does_not_make_themselves_an_administrator(store: Store, people: People) -> None:
    set_admin(store, people("root"), "root", True)
    disable_user(store, people("root"), "bob")
    make_admin(store, people("root"), is_admin=False)
    with pytest.raises(NotAllowed, match="switched off"):
        set_admin(store, people("bob"), "bob", True)


def test_accounts_are_listed_with_what_they_have(store: Store, bob: Person, admin: Person) -> None:
    create_task(store, bob(), TaskSpec(title="rent", schedule=cron("0 9 1 * *")))
    disable_user(store, admin(), "bob")
    found = {each.name: (each.is_admin, each.is_active, each.tasks) for each in list_users(store, admin())}
    assert found == {"bob": (False, False, 1), "root": (True, True, 0)}


def test_a_name_is_taken_once_and_a_misspelt_one_is_not_found(store: Store, admin: Person) -> None:
    assert add_user(store, admin(), " carla ").name == "carla"
    with pytest.raises(Conflict, match="'carla' already"):
        add_user(store, admin(), "carla")
    with pytest.raises(NotFound, match="'karla'"):
        enable_user(store, admin(), "karla")


def test_changes_of_accounts_are_recorded_once_and_are_not_undone_in_passing(store: Store, admin: Person) -> None:
    disable_user(store, admin(), "bob")
    disable_user(store, admin(), "bob")
    with store.read() as session:
        entries = session.exec(select(AuditEntry).where(AuditEntry.entity == "user").order_by(col(AuditEntry.id))).all()
    assert [(each.action, each.before, each.after) for each in entries] == [
        ("set_admin", {"is_admin": False}, {"is_admin": True}),
        ("disable_user", {"is_active": True}, {"is_active": False}),
    ]
    with pytest.raises(NotFound, match="nothing to undo"):
        undo(store, admin())


def test_what_comes_due_of_an_account_that_is_off_is_skipped_with_the_reason(
    store: Store, clock: FixedClock, bob: Person, admin: Person
) -> None:
    create_task(store, bob(), TaskSpec(title="hourly", schedule=cron("0 * * * *")))
    disable_user(store, admin(), "bob")
    clock.set(MONDAY + timedelta(hours=1))
    assert claim_due(store, "worker", 60, 10) == []
    enable_user(store, admin(), "bob")
    (skipped,) = list_runs(store, bob())
    assert (skipped.status, skipped.reason) == ("skipped", "the account of its owner is switched off")
    assert skipped.scheduled_time == MONDAY + timedelta(hours=1)
    clock.set(MONDAY + timedelta(hours=2))
    assert [run.title for run in claim_due(store, "worker", 60, 10)] == ["hourly"]


def test_what_runs_for_an_account_is_called_off_with_it(store: Store, bob: Person, admin: Person) -> None:
    task = create_task(store, bob(), TaskSpec(title="work"))
    run_now(store, bob(), task.id)
    (claimed,) = claim_due(store, "worker", 60, 10)
    disable_user(store, admin(), "bob")
    assert finish_runs(store, "worker", [(claimed.run_id, Outcome())]) == 0
    enable_user(store, admin(), "bob")
    (run,) = list_runs(store, bob())
    assert (run.status, run.reason) == ("cancelled", "the account of bob was switched off")


def test_what_others_release_does_not_run_for_an_account_that_is_off(store: Store, bob: Person, admin: Person) -> None:
    first = create_task(store, admin(), TaskSpec(title="first"))
    make_admin(store, bob())
    wait = (Prerequisite(task_id=first.id, type=DependencyType.COMPLETION),)
    after = create_task(store, bob(), TaskSpec(title="after", depends_on=wait))
    disable_user(store, admin(), "bob")
    run_now(store, admin(), first.id)
    (claimed,) = claim_due(store, "worker", 60, 10)
    finish_runs(store, "worker", [(claimed.run_id, Outcome())])
    assert claim_due(store, "worker", 60, 10) == []
    (run,) = list_runs(store, admin(), task_id=after.id)
    assert (run.status, run.reason) == ("cancelled", "the account of its owner is switched off")


def test_what_waits_for_a_run_of_an_account_that_is_off_goes_on_or_is_skipped(
    store: Store, bob: Person, admin: Person
) -> None:
    first = create_task(store, bob(), TaskSpec(title="first"))
    run_now(store, bob(), first.id)
    make_admin(store, bob())
    with store.writing() as connection:  # as if it had been switched off between two looks
        connection.execute(sa.update(User).where(col(User.name) == "bob").values(is_active=False))
    for title, kind in (("either", DependencyType.COMPLETION), ("only then", DependencyType.SUCCESS)):
        create_task(store, admin(), TaskSpec(title=title, depends_on=(Prerequisite(task_id=first.id, type=kind),)))
    assert [run.title for run in claim_due(store, "worker", 60, 10)] == ["either"]
    runs = {run.title: run.status.value for run in list_runs(store, admin())}
    assert (runs["either"], runs["only then"]) == ("running", "skipped")


def test_an_account_that_is_off_is_refused_and_one_that_is_on_again_finds_its_tasks(
    store: Store, bob: Person, admin: Person
) -> None:
    create_task(store, bob(), TaskSpec(title="rent", schedule=cron("0 9 1 * *")))
    disable_user(store, admin(), "bob")
    with pytest.raises(NotAllowed, match="The account of bob is switched off; ask an administrator"):
        list_tasks(store, bob())
    enable_user(store, admin(), "bob")
    assert [task.title for task in list_tasks(store, bob())] == ["rent"]
