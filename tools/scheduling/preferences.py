"""What a person prefers."""

from langchain.tools import ToolRuntime

from croncierge.errors import InvalidInput
from schedules.revise import only_clock
from schedules.zones import find_zone
from store import operations
from store.values import PreferencesInfo
from tools.context import Context
from tools.results import Result, done


def get_preferences(runtime: ToolRuntime[Context]) -> Result:
    context = runtime.context
    facts = operations.list_facts(context.store, context.actor)
    known = "".join(f"\n- {each.text}" for each in facts)
    told = f"\nYou told me:{known}" if facts else ""
    return done(_in_words(operations.get_preferences(context.store, context.actor), context) + told)


def set_preferences(
    runtime: ToolRuntime[Context], zone: str = "", default_time: str = "", day_first: bool | None = None
) -> Result:
    context = runtime.context
    stored = operations.set_preferences(
        context.store,
        context.actor,
        zone=(find_zone(zone) or zone) if zone.strip() else None,
        default_time=_time_of_day(context, default_time) if default_time.strip() else None,
        day_first=day_first,
    )
    return done(_in_words(stored, context))


def _time_of_day(context: Context, words: str) -> str:
    clock = only_clock(words, now=context.now, preferences=context.preferences)
    if clock is None:
        raise InvalidInput(f"“{words}” is no time of day; say it like “8:30” or “7pm”.", field="default_time")
    return f"{clock:%H:%M}"


def _in_words(stored: PreferencesInfo, context: Context) -> str:
    zone = stored.zone or f"{context.default_zone}, taken from this machine"
    dates = {None: "", True: " 3/4 is the 3rd of April.", False: " 3/4 is the 4th of March."}[stored.day_first]
    return f"Your time zone is {zone}. When you give no time of day, I take {stored.default_time}.{dates}"
