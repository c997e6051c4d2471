from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from croncierge.clock import FixedClock
from store.operations import create_task, delete_task, find_tasks, list_tasks, pause_task
from store.session import Store
from store.values import Actor, TaskInfo, TaskSpec
from tests.store.conftest import MONDAY, cron, once

Person = Callable[[], Actor]
DAY = timedelta(days=1)


@pytest.fixture
def create(store: Store, ann: Person) -> Callable[..., TaskInfo]:
    def make(title: str, schedule: str | datetime | None = None) -> TaskInfo:
        when = cron(schedule) if isinstance(schedule, str) else once(schedule) if schedule else None
        return create_task(store, ann(), TaskSpec(title=title, schedule=when))

    return make


def _titles(tasks: list[TaskInfo]) -> list[str]:
    return [task.title for task in tasks]


def test_an_id_finds_its_task_and_a_number_in_a_title_is_found_when_no_id_is_meant(
    store: Store, ann: Person, create: Callable[..., TaskInfo]
) -> None:
    first, room = create("call mom"), create("book room 42")
    assert find_tasks(store, ann(), f"#{first.id}") == find_tasks(store, ann(), str(first.id)) == [first]
    assert find_tasks(store, ann(), f"#{first.id} call mom") == [first]
    assert find_tasks(store, ann(), "42") == [room]
    assert find_tasks(store, ann(), "#42") == []


def test_words_find_every_title_that_has_them_the_best_first(
    store: Store, ann: Person, create: Callable[..., TaskInfo]
) -> None:
    create("write the weekly sales report")
    create("report")
    create("call mom")
    assert _titles(find_tasks(store, ann(), "the reports")) == ["report", "write the weekly sales report"]
    assert _titles(find_tasks(store, ann(), "sales report")) == ["write the weekly sales report"]
    assert find_tasks(store, ann(), "report for mom") == []


def test_among_equals_the_active_and_sooner_ones_come_first(
    store: Store, ann: Person, create: Callable[..., TaskInfo]
) -> None:
    paused, later = create("call mom", "0 12 * * *"), create("call mom", "0 18 * * *")
    whenever, sooner = create("call mom"), create("call mom", "0 13 * * *")
    pause_task(store, ann(), paused.id)
    found = [task.id for task in find_tasks(store, ann(), "mom")]
    assert found == [sooner.id, later.id, whenever.id, paused.id]
    assert paused.id not in [task.id for task in find_tasks(store, ann(), "mom", include_inactive=False)]


@pytest.mark.parametrize("words", ["пойти в зал", "ЗАЛ", "straße", "STRASSE", "100%", "under_score"])
def test_words_in_any_script_are_found(store: Store, ann: Person, create: Callable[..., TaskInfo], words: str) -> None:
    made = [create("Пойти в зал"), create("Straße fegen"), create("give 100% of under_score")]
    found = find_tasks(store, ann(), words)
    assert len(found) == 1
    assert found[0] in made


def test_a_misspelt_word_finds_its_title_when_nothing_fits_better(
    store: Store, ann: Person, create: Callable[..., TaskInfo]
) -> None:
    create("send the timesheet")
    assert _titles(find_tasks(store, ann(), "timeshete")) == ["send the timesheet"]
    create("fill in the timeshete")
    assert _titles(find_tasks(store, ann(), "timeshete")) == ["fill in the timeshete"]


@pytest.mark.parametrize("words", ["", "   ", "!?", "🎉", "x" * 100_000, "%", "_"])
def test_words_that_mean_nothing_find_nothing(
    store: Store, ann: Person, create: Callable[..., TaskInfo], words: str
) -> None:
    create("call mom")
    assert find_tasks(store, ann(), words) == []


def test_deleted_tasks_are_not_found(store: Store, ann: Person, create: Callable[..., TaskInfo]) -> None:
    task = create("call mom")
    delete_task(store, ann(), task.id)
    assert find_tasks(store, ann(), "mom") == find_tasks(store, ann(), f"#{task.id}") == []


def test_tasks_are_listed_by_when_they_are_due_and_the_rest_last(
    store: Store, ann: Person, create: Callable[..., TaskInfo]
) -> None:
    create("whenever")
    create("evening", "0 18 * * *")
    create("noon", "0 12 * * *")
    assert _titles(list_tasks(store, ann())) == ["noon", "evening", "whenever"]
    assert _titles(list_tasks(store, ann(), limit=2)) == ["noon", "evening"]
    assert _titles(list_tasks(store, ann(), text="evenings")) == ["evening"]


def test_tasks_are_listed_by_whether_they_are_active(
    store: Store, ann: Person, create: Callable[..., TaskInfo]
) -> None:
    create("noon", "0 12 * * *")
    pause_task(store, ann(), create("evening", "0 18 * * *").id)
    assert _titles(list_tasks(store, ann(), active=True)) == ["noon"]
    assert _titles(list_tasks(store, ann(), active=False)) == ["evening"]
    assert _titles(list_tasks(store, ann())) == ["noon", "evening"]


def test_what_is_due_in_a_range_has_an_occurrence_from_its_start_until_before_its_end(
    store: Store, ann: Person, create: Callable[..., TaskInfo]
) -> None:
    create("daily", "0 12 * * *")
    create("thursdays", "0 12 * * 4")
    create("tomorrow", MONDAY + DAY)
    create("whenever")

    def due(start: datetime, end: datetime) -> list[str]:
        return _titles(list_tasks(store, ann(), due=(start, end)))

    assert due(MONDAY, MONDAY + DAY) == ["daily"]
    assert due(MONDAY + DAY, MONDAY + DAY + timedelta(seconds=1)) == ["tomorrow"]
    assert due(MONDAY, MONDAY + 7 * DAY) == ["daily", "tomorrow", "thursdays"]
    noon = datetime(2026, 11, 26, 11, 0, tzinfo=UTC)
    assert due(noon, noon + timedelta(seconds=1)) == ["daily", "thursdays"]
    assert due(noon - timedelta(seconds=1), noon) == []


def test_what_was_due_in_the_past_is_told_from_the_schedule(
    store: Store, ann: Person, create: Callable[..., TaskInfo], clock: FixedClock
) -> None:
    create("mondays", "0 12 * * 1")
    create("tuesdays", "0 12 * * 2")
    clock.set(MONDAY + 3 * DAY)
    assert _titles(list_tasks(store, ann(), due=(MONDAY, MONDAY + DAY))) == ["mondays"]


def test_a_limit_of_due_tasks_counts_only_those_that_are_due(
    store: Store, ann: Person, create: Callable[..., TaskInfo]
) -> None:
    create("wednesdays", "0 12 * * 3")
    create("thursdays", "0 12 * * 4")
    assert _titles(list_tasks(store, ann(), due=(MONDAY + 3 * DAY, MONDAY + 4 * DAY), limit=1)) == ["thursdays"]
