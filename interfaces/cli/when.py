"""`when`: what a phrase means, for people and for programs."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from croncierge.clock import SystemClock
from croncierge.errors import InvalidInput
from interfaces.cli.batch import Row, answer_lines, text_of, zone_of
from interfaces.cli.moments import read_instant
from interfaces.cli.options import Common
from interfaces.output import put, put_json

if TYPE_CHECKING:
    from schedules.reading import Preferences, Reading

_NOTHING: dict[str, Any] = {"kind": "none", "first": [], "title": "", "question": None}


def when(
    common: Common,
    phrase: Annotated[list[str] | None, typer.Argument(help="The phrase, or a whole sentence.")] = None,
    now: Annotated[str | None, typer.Option(metavar="ISO", help="Read it as if it were said at this moment.")] = None,
    count: Annotated[int, typer.Option(min=1, max=1000, help="How many occurrences to show.")] = 5,
    batch: Annotated[bool, typer.Option("--batch", help="Answer JSON lines from standard input.")] = False,
) -> None:
    """Show what a phrase means, and when that would be.

    \b
    croncierge when every second Tuesday at 9
    croncierge when "two days before October 12" --tz Europe/Berlin --json
    """
    if batch:
        default = common.known_zone() or _default_zone(common)
        answer_lines(lambda row: _answer(row, default), _NOTHING)
        return
    words = " ".join(phrase or ())
    if not words.strip():
        raise InvalidInput(
            "The phrase is empty; write one behind `when`, like: croncierge when every Monday at 9.", field="phrase"
        )
    preferences = _preferences(common)
    moment = read_instant(now, preferences.zone, field="--now") if now else SystemClock().now()
    reading = _read(words, moment, preferences)
    if common.as_json:
        from interfaces.views import full_reading

        put_json(full_reading(reading, moment, count))
    else:
        put("\n".join(_lines(reading, moment, count)))


def _answer(row: Row, default_zone: str) -> dict[str, Any]:
    from interfaces.views import short_reading
    from schedules.reading import Preferences

    zone = zone_of(row, default_zone)
    reference = row.get("reference_time")
    now = SystemClock().now() if reference is None else read_instant(reference, zone, field="reference_time")
    return short_reading(_read(text_of(row), now, Preferences(zone=zone)), now)


def _read(words: str, now: datetime, preferences: "Preferences") -> "Reading":
    from schedules.words import read

    return read(words, now=now, preferences=preferences)


def _default_zone(common: Common) -> str:
    from schedules.zones import local_zone, zone

    named = common.settings().timezone
    return zone(named).key if named else local_zone()


def _preferences(common: Common) -> "Preferences":
    """What the person prefers, where there is a database that may know; reading a phrase makes none."""
    from dataclasses import replace

    from schedules.reading import Preferences

    zone = common.known_zone()
    file = common.settings().db.removeprefix("sqlite:///")
    if "://" not in file and not Path(file).exists():
        return Preferences(zone=zone or _default_zone(common))
    with common.app() as app:
        preferences = app.context("cli").preferences
    return replace(preferences, zone=zone) if zone else preferences


def _lines(reading: "Reading", now: datetime, count: int) -> list[str]:
    """The reading for a person."""
    from interfaces.views import upcoming
    from schedules.describe import describe_moment, describe_with_zone
    from schedules.preview import preview
    from schedules.schedule import Once

    if reading.question:
        return [reading.question, *(f"  · {choice}" for choice in reading.choices)]
    if reading.schedule is None and not reading.conditions:
        return ["There is no time in that to go by."]
    lines = []
    if reading.schedule is not None:
        zone = reading.schedule.zone
        lines.append(describe_with_zone(reading.schedule))
        moments = [] if isinstance(reading.schedule, Once) else upcoming(reading, now, count)
        lines += [f"  {describe_moment(moment, zone, now)}" for moment in moments]
    facts = {
        "What": reading.title,
        "Whom": "" if reading.recipient == "me" else reading.recipient,
        "Only": "; ".join(f"{each.kind.value.replace('_', ' ')}: {each.words}" for each in reading.conditions),
        "Give or take": str(reading.tolerance) if reading.tolerance else "",
    }
    lines += [f"{name}: {fact}" for name, fact in facts.items() if fact]
    changes = preview(reading.schedule, now).notes if reading.schedule else ()
    return lines + [f"Note: {said}" for said in (*reading.notes, *changes)]
