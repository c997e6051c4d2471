"""Between rows and values: one function each way."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, assert_never

from schedules.schedule import Cron, Interval, Once, Rule, Schedule
from store.tables import Run, RunTransition, Task, UserPreferences
from store.values import PreferencesInfo, Prerequisite, RunInfo, RunStep, TaskInfo, TriggerSpec


def schedule_columns(schedule: Schedule | None) -> dict[str, Any]:
    """The columns of a task that say when, all of them but its zone."""
    columns: dict[str, Any] = {
        "schedule_cron": None,
        "schedule_interval": None,
        "schedule_anchor": None,
        "schedule_rrule": None,
        "schedule_dtstart": None,
        "schedule_once": None,
        "schedule_start": schedule.start if schedule else None,
        "schedule_until": schedule.until if schedule else None,
        "max_runs": schedule.max_runs if schedule else None,
        "except_dates": sorted(day.isoformat() for day in schedule.except_dates) if schedule else [],
    }
    match schedule:
        case None:
            pass
        case Cron(expression=expression):
            columns |= {"schedule_cron": expression}
        case Interval(every=every, anchor=anchor):
            columns |= {"schedule_interval": every.total_seconds(), "schedule_anchor": anchor}
        case Rule(text=text, dtstart=dtstart):
            columns |= {"schedule_rrule": text, "schedule_dtstart": dtstart.isoformat()}
        case Once(at=at):
            columns |= {"schedule_once": at}
        case _:
            assert_never(schedule)
    return columns


def schedule_of(columns: Mapping[str, Any]) -> Schedule | None:
    """The schedule in a task's columns (with `timezone`); instants are aware."""
    shared: dict[str, Any] = {
        "zone": columns["timezone"],
        "start": columns["schedule_start"],
        "until": columns["schedule_until"],
        "max_runs": columns["max_runs"],
        "except_dates": frozenset(map(date.fromisoformat, columns["except_dates"])),
    }
    if columns["schedule_cron"] is not None:
        return Cron(expression=columns["schedule_cron"], **shared)
    if columns["schedule_interval"] is not None:
        every = timedelta(seconds=columns["schedule_interval"])
        return Interval(every=every, anchor=columns["schedule_anchor"], **shared)
    if columns["schedule_rrule"] is not None:
        dtstart = datetime.fromisoformat(columns["schedule_dtstart"])
        return Rule(text=columns["schedule_rrule"], dtstart=dtstart, **shared)
    if columns["schedule_once"] is not None:
        return Once(at=columns["schedule_once"], **shared)
    return None


def task_schedule(row: Task) -> Schedule | None:
    """The schedule of a task."""
    return schedule_of(vars(row))


def task_info(
    row: Task,
    depends_on: Iterable[Prerequisite] = (),
    triggers: Iterable[TriggerSpec] = (),
    workflow: str | None = None,
) -> TaskInfo:
    """A task as its value."""
    return task_of(vars(row), depends_on, triggers, workflow)


def task_of(
    columns: Mapping[str, Any],
    depends_on: Iterable[Prerequisite] = (),
    triggers: Iterable[TriggerSpec] = (),
    workflow: str | None = None,
) -> TaskInfo:
    """The task in a row's columns."""
    return TaskInfo(
        id=columns["id"],
        title=columns["name"],
        description=columns["description"],
        type=columns["type"],
        zone=columns["timezone"],
        schedule=schedule_of(columns),
        schedule_words=columns["schedule_words"],
        next_run_at=columns["next_run_at"],
        last_run_at=columns["last_run_at"],
        run_count=columns["run_count"],
        is_active=columns["is_active"],
        pause_note=columns["pause_note"],
        depends_on=tuple(depends_on),
        triggers=tuple(triggers),
        workflow=workflow,
        action_type=columns["action_type"],
        action_payload=columns["action_payload"],
        timeout_seconds=columns["timeout_seconds"],
        max_retries=columns["max_retries"],
        retry_delay_seconds=columns["retry_delay_seconds"],
        retry_backoff=columns["retry_backoff"],
        retry_jitter=columns["retry_jitter"],
        catch_up=columns["catch_up"],
        catch_up_window_seconds=columns["catch_up_window_seconds"],
        overlap=columns["overlap"],
        max_parallel=columns["max_parallel"],
        on_crash=columns["on_crash"],
        jitter_seconds=columns["jitter_seconds"],
        quiet_hours=columns["quiet_hours"],
        condition=columns["condition"],
        join=columns["join"],
        event_mode=columns["event_mode"],
        pause_after_failures=columns["pause_after_failures"],
        notify_on=columns["notify_on"],
        channel=columns["channel"],
        owner_id=columns["owner_id"],
        created_at=columns["created_at"],
        updated_at=columns["updated_at"],
        deleted_at=columns["deleted_at"],
    )


def run_info(row: Run, title: str) -> RunInfo:
    """A run as its value; `title` is its task's."""
    if row.run_id is None:
        raise ValueError("a run that was never stored has no value")
    return RunInfo(
        id=row.run_id,
        task_id=row.task_id,
        title=title,
        scheduled_time=row.scheduled_time,
        start_time=row.start_time,
        end_time=row.end_time,
        status=row.status,
        reason=row.reason,
        attempt=row.attempt,
        triggered_by=row.triggered_by,
        workflow_run_id=row.workflow_run_id,
        event_id=row.event_id,
        log=row.log,
        log_ref=row.log_ref,
        error_message=row.error_message,
        result=row.result,
    )


def run_step(row: RunTransition) -> RunStep:
    """A change of a run's status as its value."""
    return RunStep(
        from_status=row.from_status, to_status=row.to_status, at=row.at, attempt=row.attempt, reason=row.reason
    )


def preferences_info(row: UserPreferences | None) -> PreferencesInfo:
    """Preferences as their value; those of somebody who never said any are the defaults."""
    if row is None:
        return PreferencesInfo(zone=None, default_time="09:00", day_first=None)
    return PreferencesInfo(
        zone=row.timezone,
        default_time=row.default_time,
        day_first=row.day_first,
        quiet_hours=row.quiet_hours,
        digest_at=row.digest_at,
        channel=row.channel,
    )
