"""What people prefer."""

import re

from croncierge.errors import InvalidInput
from schedules.zones import zone as known_zone
from store.audit import Entity, record, snapshot
from store.channels import accepted_channel, prepare_channel
from store.permissions import acting_user
from store.quiet import accepted_hours
from store.rows import preferences_info
from store.session import Store
from store.tables import UserPreferences
from store.values import Actor, PreferencesInfo

_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def get_preferences(store: Store, actor: Actor) -> PreferencesInfo:
    """What the actor prefers."""
    with store.read() as session:
        user = acting_user(session, actor)
        return preferences_info(session.get(UserPreferences, user.id))


def set_preferences(
    store: Store,
    actor: Actor,
    *,
    zone: str | None = None,
    default_time: str | None = None,
    day_first: bool | None = None,
    quiet_hours: str | None = None,
    digest_at: str | None = None,
    channel: str | None = None,
) -> PreferencesInfo:
    """Change what is not None. zone: IANA name; default_time and digest_at: HH:MM, or H:MM; quiet_hours: "22:00-07:00".

    An empty text for quiet_hours or channel takes it away. Raises InvalidInput for others, NotAllowed for a channel
    that the operator does not let the person use.
    """
    if zone is not None:
        known_zone(zone)
    prepare_channel(channel or None, store.prepare_action)
    with store.write() as session:
        user = acting_user(session, actor)
        now = store.clock.now()
        row = session.get(UserPreferences, user.id)
        before = snapshot(row) if row else None
        row = row or UserPreferences(user_id=user.id, updated_at=now)
        if zone is not None:
            row.timezone = zone
        if default_time is not None:
            row.default_time = _time_of_day("default_time", default_time)
        if day_first is not None:
            row.day_first = day_first
        if quiet_hours is not None:
            row.quiet_hours = accepted_hours("quiet_hours", quiet_hours) if quiet_hours.strip() else None
        if digest_at is not None:
            row.digest_at = _time_of_day("digest_at", digest_at)
        if channel is not None:
            row.channel = accepted_channel(channel, store.accept_action, user.name) if channel.strip() else None
        if before == snapshot(row):
            return preferences_info(row)
        row.updated_at = now
        session.add(row)
        record(
            session,
            actor,
            now,
            "set_preferences",
            Entity.PREFERENCES,
            str(user.id),
            before=before,
            after=snapshot(row),
        )
        return preferences_info(row)


def _time_of_day(field: str, text: str) -> str:
    match = _TIME.fullmatch(text.strip())
    if match is None:
        name = field.replace("_", " ")
        raise InvalidInput(f"The {name} {text!r} is not a time of day; write it like 09:00 or 17:30.", field=field)
    return f"{int(match[1]):02d}:{match[2]}"
