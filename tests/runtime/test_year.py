"""A year on an injected clock: every occurrence of every task in five zones leaves exactly one row."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from cronsim import CronSim

from schedules.schedule import Cron, Interval
from store.kinds import CatchUp, Overlap
from store.moves import RUNS, table_of
from store.tables import Task
from store.values import TaskInfo
from tests.runtime.conftest import World

# Samoa left out 30 December 2011, Morocco interrupted its summer time for Ramadan, Lord Howe moves by half an hour.
ZONES = ["America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca", "Asia/Kathmandu"]
BEGIN = datetime(2011, 7, 1, tzinfo=UTC)
END = datetime(2012, 7, 1, tzinfo=UTC)
LAST = END - timedelta(microseconds=1)
CRONS = ["30 2 * * *", "15 0,8,16 * * *", "45 1 * * 0"]
_TASKS = table_of(Task)
STEP = timedelta(hours=31)


def _by_cron(expression: str, zone: str) -> list[datetime]:
    """The occurrences as another implementation has them, from Debian's cron."""
    found: list[datetime] = []
    for at in CronSim(expression, BEGIN.astimezone(ZoneInfo(zone))):
        if at >= END:
            return found
        found.append(at.astimezone(UTC))
    return found


def _tasks(world: World, catch_up: CatchUp) -> dict[int, list[datetime]]:
    """Tasks, and the occurrences that each owes."""
    owed: dict[int, list[datetime]] = {}

    def add(title: str, schedule: Cron | Interval, moments: list[datetime]) -> TaskInfo:
        task = world.task(title, schedule, catch_up=catch_up, overlap=Overlap.QUEUE)
        owed[task.id] = moments
        return task

    for zone in ZONES:
        for expression in CRONS:
            add(f"{expression} {zone}", Cron(expression=expression, zone=zone, until=LAST), _by_cron(expression, zone))
        moments = [BEGIN + (number + 1) * STEP for number in range(int((END - BEGIN) / STEP))]
        add(f"every {STEP} {zone}", Interval(every=STEP, anchor=moments[0], zone=zone, until=LAST), moments)
    return owed


@pytest.mark.parametrize("catch_up", CatchUp)
def test_every_occurrence_of_a_year_has_one_row_however_the_machine_slept(catch_up: CatchUp) -> None:
    world, chance = World(), Random(1)
    world.clock.set(BEGIN)
    owed = _tasks(world, catch_up)
    while world.clock.now() < LAST:
        asleep = timedelta(hours=chance.choice([1, 5, 20, 48, 300, 300]), seconds=chance.uniform(0, 3600))
        world.at(min(world.clock.now() + asleep, LAST))
    while world.after(minutes=10):  # those that came late start in steps
        pass

    with world.store.reading() as connection:
        rows = connection.execute(sa.select(RUNS.c.task_id, RUNS.c.scheduled_time)).all()
        started = connection.execute(sa.select(_TASKS.c.id, _TASKS.c.run_count)).all()
    assert Counter((row.task_id, row.scheduled_time) for row in rows) == Counter(
        (task, moment) for task, moments in owed.items() for moment in moments
    )
    executed = Counter(run.task_id for run in world.executed)
    assert executed == Counter({row.id: row.run_count for row in started})
    assert all(run.attempt == 1 for run in world.executed)
    if catch_up is CatchUp.ALL:
        assert executed == Counter({task: len(moments) for task, moments in owed.items()})
