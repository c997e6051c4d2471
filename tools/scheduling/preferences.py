"""What a person prefers."""

import re

from langchain.tools import ToolRuntime

from croncierge.errors import InvalidInput
from schedules.revise import only_clock
from schedules.zones import find_zone
from store import operations
from store.values import PreferencesInfo
from tools.channels import channel_meant, means_none
from tools.context import Context
from tools.results import Result, done


def get_preferences(runtime: ToolRuntime[Context]) -> Result:
    context = runtime.context
    facts = operations.list_facts(context.store, context.actor)
    known = "".join(f"\n- {each.text}" for each in facts)
    told = f"\nYou told me:{known}" if facts else ""
    return done(_in_words(operations.get_preferences(context.store, context.actor), context) + told)


def set_preferences(
    runtime: ToolRuntime[Context],
    zone: str = "",
    default_time: str = "",
    day_first: bool | None = None,
    quiet_hours: str = "",
    digest_at: str = "",
    channel: str = "",
) -> Result:
    context = runtime.context
    stored = operations.set_preferences(
        context.store,
        context.actor,
        zone=(find_zone(zone) or zone) if zone.strip() else None,
        default_time=_time_of_day(context, default_time, "default_time") if default_time.strip() else None,
        day_first=day_first,
        quiet_hours=_hours(context, quiet_hours) if quiet_hours.strip() else None,
        digest_at=_time_of_day(context, digest_at, "digest_at") if digest_at.strip() else None,
        channel=(channel_meant(channel) or "") if channel.strip() else None,
    )
    return done(_in_words(stored, context))


def _time_of_day(context: Context, words: str, field: str) -> str:
    clock = only_clock(words, now=context.now, preferences=context.preferences)
    if clock is None:
        raise InvalidInput(f"“{words}” is no time of day; say it like “8:30” or “7pm”.", field=field)
    return f"{clock:%H:%M}"


def _hours(context: Context, words: str) -> str:
    """ "between 22 and 7", "10pm to 7am" as "22:00-07:00"; "none" as nothing."""
    if means_none(words):
        return ""
    parts = re.split(
        r"\s*(?:-|–|\b(?:and|to|until|till)\b)\s*", re.sub(r"^(?:between|from)\s+", "", words.strip(), flags=re.I)
    )
    if len(parts) != 2:
        raise InvalidInput(f"“{words}” are no hours; say them like “22:00 to 7:00”, or “none”.", field="quiet_hours")
    return "-".join(_time_of_day(context, each, "quiet_hours") for each in parts)


def _in_words(stored: PreferencesInfo, context: Context) -> str:
    zone = stored.zone or f"{context.default_zone}, taken from this machine"
    dates = {None: "", True: " 3/4 is the 3rd of April.", False: " 3/4 is the 4th of March."}[stored.day_first]
    told = f" Your messages go to {stored.channel}." if stored.channel else ""
    quiet = f" You hear nothing between {stored.quiet_hours.replace('-', ' and ')}." if stored.quiet_hours else ""
    digest = f" Your digest comes at {stored.digest_at}." if stored.digest_at else ""
    usual = f"Your time zone is {zone}. When you give no time of day, I take {stored.default_time}."
    return f"{usual}{dates}{told}{quiet}{digest}"
