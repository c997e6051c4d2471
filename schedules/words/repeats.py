"""What repeats: every two weeks, each Monday morning, every 4th of July, the last Friday of every third month."""

from schedules.words.dates import date
from schedules.words.dayparts import daypart
from schedules.words.festivals import festival
from schedules.words.lexicon import DAYPARTS, MONTHS, UNITS
from schedules.words.lists import dates, ranked
from schedules.words.numbers import amount, cardinal, ordinal, unit
from schedules.words.often import minutes_past, pace_adverb, piece, several_weekdays, times_per_unit, week_numbers
from schedules.words.pieces import (
    Amount,
    Ask,
    CalendarDay,
    Dates,
    Daypart,
    Edge,
    Every,
    MinutesPast,
    Nth,
    Period,
    Piece,
    Times,
    Unit,
    Weekday,
)
from schedules.words.ranks import rank
from schedules.words.tokens import Tokens
from schedules.words.weekdays import weekdays


def every(w: Tokens, i: int) -> list[Piece] | None:
    """A repetition that starts at i, as the pieces it consists of."""
    low = w.low
    word = low[i]
    if word in ("every", "each", "evry") or (word in ("ev", "e") and low[i + 1] in ("other", "day", "week", "month")):
        return every_phrase(w, i)
    if word in ("on", "at", "the") and low[i + 1] in ("every", "each", "alternate"):
        return every_phrase(w, i + 1)
    if word in ("of", "in") and low[i + 1] in ("every", "each", "the", "a"):
        return _of_each(w, i)
    if word in ("alternate", "alternating"):
        return _step(w, i, i + 1, 2)
    if word == "once" and low[i + 1] in ("every", "each") and (found := every_phrase(w, i + 1)):
        return [piece(i, found[0].end, found[0].meaning), *found[1:]]
    often = times_per_unit(w, i)
    if often is not None:
        return [often]
    several = several_weekdays(w, i)
    if several is not None:
        return several
    if word in ("weeknights", "weeknight"):
        days = Dates(items=tuple(Weekday(day=day) for day in range(5)), plural=True)
        return [piece(i, i, days), piece(i, i + 1, Times(items=(Daypart(name="night"),)))]
    adverb = pace_adverb(w, i)
    if adverb is not None:
        return adverb
    past = minutes_past(w, i)
    if past is not None:
        return [past]
    if word in ("in", "during", "week", "weeks"):
        week = week_numbers(w, i)
        if week is not None:
            return [week]
    return None


def every_phrase(w: Tokens, i: int) -> list[Piece] | None:
    low = w.low
    j = i + 1
    if low[j] == "!" and w.glued[j]:
        j += 1  # Todoist's "every!"
    if low[j] in ("single", "and") or (low[j] == "and" and low[j + 1] == "every"):
        j += 2 if low[j] == "and" else 1
    if low[j] in ("so", "now") and (low[j + 1] in ("often", "and")):
        end = j + 2 if low[j] == "so" else j + 3
        return [piece(i, end, Ask(question="How often exactly: every how many days or hours?"))]
    if low[j + 1] in ("to", "-", "or") and (last := cardinal(w, j + 2)) and (measure := unit(w, last[0])):
        return [piece(i, measure[0], Ask(question=f"Every how many {measure[1].value}s exactly?"))]
    if unit(w, j) is not None and low[j + 1] == "or" and low[j + 2] in ("so", "two"):
        return [piece(i, j + 3, Ask(question=f"Every how many {low[j]}s exactly?"))]
    if low[j] in ("few", "couple", "several", "some"):
        return _vague(w, i, j)
    if low[j] in ("other", "alternate"):
        if low[j + 1] in ("than",):
            return None
        return _step(w, i, j + 1, 2)
    if low[j] == "-" and w.number[j + 1] is not None:
        return [piece(i, j + 2, Ask(question="A pace cannot be negative; how often do you mean?"))]
    if low[j] == "decade":
        return [piece(i, j + 1, Every(unit=Unit.YEAR, n=10))]
    number = w.number[j] if low[j + 1] not in ("st", "nd", "rd", "th") else None
    if number == 0:
        measure = unit(w, j + 1, after_digits=True)
        if measure is not None:
            said = w.said(j, measure[0])
            return [piece(i, measure[0], Ask(question=f"Every {said} is no pace; how often do you mean?"))]
    if low[j] == "half" and low[j + 1] in ("hour", "day", "year"):
        half = {"hour": Every(unit=Unit.MINUTE, n=30), "day": Every(unit=Unit.HOUR, n=12)}
        return [piece(i, j + 2, half.get(low[j + 1], Every(unit=Unit.MONTH, n=6)))]
    if low[j] == "quarter" and low[j + 1] in ("hour", "of"):
        end = j + 2 if low[j + 1] == "hour" else j + 4
        return [piece(i, end, Every(unit=Unit.MINUTE, n=15))]
    if w.at(j, "hour", "on", "the", "hour"):
        return [piece(i, j + 1, Every(unit=Unit.HOUR)), piece(j + 1, j + 4, MinutesPast(minute=0))]
    ordered = ordinal(w, j)
    if ordered is not None and low[ordered[0]] != "last":
        found = _every_nth(w, i, j, ordered)
        if found is not None:
            return found
    length = amount(w, j)
    plain = unit(w, j)
    if length is not None and ordinal(w, j) is None:
        return _spaced(w, i, j, length)
    if plain is not None:
        if plain[1] is Unit.BUSINESS_DAY or plain[1] is Unit.WEEKEND or low[j] in ("night", "weekday"):
            if low[j] == "night":
                return _daily_part(w, i, j)
            days = weekdays(w, j)
            if days is not None:
                return [piece(i, j, Every(unit=Unit.WEEK)), piece(j, days[0], days[1])]
            return [piece(i, plain[0], Every(unit=plain[1]))]
        return [piece(i, plain[0], Every(unit=plain[1]))]
    return _every_named(w, i, j, 1)


def _vague(w: Tokens, i: int, j: int) -> list[Piece] | None:
    k = j + 2 if w.low[j + 1] == "of" else j + 1
    measure = unit(w, k)
    if measure is None:
        return None
    name = measure[1].value
    if w.low[j] == "couple":
        return [piece(i, measure[0], Every(unit=measure[1], n=2))]
    return [
        piece(
            i,
            measure[0],
            Ask(
                question=f"Every how many {name}s exactly?",
                choices=tuple(f"every {n} {name}s" for n in (2, 3, 4)),
            ),
        )
    ]


def _step(w: Tokens, i: int, j: int, n: int, *, second: bool = False) -> list[Piece] | None:
    """every other / second / third …"""
    low = w.low
    if low[j] in ("night", "morning", "evening", "afternoon", "lunch"):
        daily = _daily_part(w, i, j)
        return None if daily is None else [piece(i, j, Every(unit=Unit.DAY, n=n)), *daily[1:]]
    if low[j] in ("weekend", "weekends", "wkend"):
        days = Dates(items=(Weekday(day=5), Weekday(day=6)), plural=True)
        return [piece(i, j, Every(unit=Unit.WEEK, n=n)), piece(j, j + 1, days)]
    measure = unit(w, j)
    if measure is not None:
        return [piece(i, measure[0], Every(unit=measure[1], n=n))]
    days_found = weekdays(w, j) or (dates(w, j) if low[j] not in MONTHS else None)
    if days_found is not None and all(isinstance(item, Weekday) for item in days_found[1].items):
        return [
            piece(i, j, Every(unit=Unit.WEEK, n=n, second_reading=second)),
            piece(j, days_found[0], Dates(items=days_found[1].items, plural=True)),
        ]
    found = dates(w, j)
    if found is not None and isinstance(found[1].items[0], CalendarDay):
        month = found[1].items[0].month is not None
        return [
            piece(i, j, Every(unit=Unit.YEAR if month else Unit.MONTH, n=n)),
            piece(j, found[0], Dates(items=found[1].items, plural=True, to=found[1].to)),
        ]
    holiday = festival(w, j)
    if holiday is not None:
        return _every_named(w, i, j, n)
    return None


def _every_nth(w: Tokens, i: int, j: int, ordered: tuple[int, int]) -> list[Piece] | None:
    """every 4th day, every 4th of the month, every 15th, every second Tuesday, every 1st and 3rd Monday."""
    low = w.low
    k, n = ordered
    if low[j] == "second" and low[k] in (
        "",
        ",",
        ".",
        "for",
        "until",
        "between",
        "from",
        "during",
        "on",
        "in",
        "starting",
        "except",
        "excluding",
        "but",
    ):
        return [piece(i, k, Every(unit=Unit.SECOND))]
    if low[k] in UNITS and n >= 1 and (low[k] not in ("day", "days") or n > 1):
        if n == 1 or (low[k] in ("day", "days") and _of_month_follows(w, k + 1)):
            return _monthly(w, i, j)
        return _step(w, i, k, n)
    if low[k] in ("night", "morning", "evening") and n > 1:
        return _step(w, i, k, n)
    if low[k] in ("weekday", "workday", "business", "working"):
        return _monthly(w, i, j)
    days = weekdays(w, k) or _single_weekday(w, k)
    many = ranked(w, j)
    if days is not None and (many is None or len(many[1].items) <= len(days[1].items)):
        end = days[0]
        if (
            n == 1
            or _of_month_follows(w, end)
            or low[end] in MONTHS
            or (low[end] in ("in", "of") and low[end + 1] in MONTHS)
        ):
            return _monthly(w, i, j)
        return _step(w, i, k, n, second=True)
    return _monthly(w, i, j)


def _single_weekday(w: Tokens, k: int) -> tuple[int, Dates] | None:
    found = dates(w, k)
    if found is not None and len(found[1].items) == 1 and isinstance(found[1].items[0], Weekday):
        return found
    return None


def _of_month_follows(w: Tokens, j: int) -> bool:
    return w.low[j] in ("of", "in") and (
        w.low[j + 1] == "month"
        or (w.low[j + 1] in ("the", "each", "every", "a") and w.low[j + 2] in ("month", "quarter"))
    )


def _monthly(w: Tokens, i: int, j: int) -> list[Piece] | None:
    """An ordinal or rank after "every": a day of the month, or of the month or year that follows."""
    found = dates(w, j)
    if found is None:
        number = ordinal(w, j)
        if number is None or not 1 <= number[1] <= 31:
            return None
        found = (number[0], Dates(items=(CalendarDay(day=number[1]),)))
    end, meaning = found
    first = meaning.items[0]
    yearly = isinstance(first, CalendarDay) and first.month is not None
    yearly = yearly or (isinstance(first, Nth) and isinstance(first.of, CalendarDay))
    tail = _of_month_follows(w, end)
    measure = Unit.YEAR if yearly else Unit.MONTH
    if tail:
        stop = end + 2 if w.low[end + 1] == "month" else end + 3
        if w.low[stop - 1] == "quarter":
            measure = Unit.QUARTER
        return [piece(i, j, Every(unit=measure)), piece(j, stop, Dates(items=meaning.items, plural=True))]
    return [piece(i, j, Every(unit=measure)), piece(j, end, Dates(items=meaning.items, plural=True, to=meaning.to))]


def _daily_part(w: Tokens, i: int, j: int) -> list[Piece] | None:
    part = daypart(w, j)
    if part is None:
        return None
    return [piece(i, j, Every(unit=Unit.DAY)), piece(j, part[0], Times(items=(part[1],), flexible=True))]


def _spaced(w: Tokens, i: int, j: int, length: tuple[int, Amount]) -> list[Piece] | None:
    """every 90 seconds, every 2 weeks, every hour and a half."""
    low = w.low
    end, much = length
    digits = cardinal(w, j)
    if digits is not None:
        k = digits[0]
        if low[k] == "-":
            k += 1
        if low[k] in ("weekend", "weekends"):
            return _step(w, i, k, digits[1])
        measure = unit(w, k, after_digits=w.number[j] is not None)
        if measure is not None and measure[0] >= end:
            if measure[1] is Unit.BUSINESS_DAY and digits[1] == 1:
                return None
            return [piece(i, end, Every(unit=measure[1], n=digits[1]))]
    if much.months and not much.days and not much.seconds:
        return [piece(i, end, Every(unit=Unit.MONTH, n=int(much.months)))]
    if much.seconds and not much.months:
        return [piece(i, end, Every(unit=Unit.SECOND, n=int(much.seconds + much.days * 86400)))]
    if much.days and not much.months and much.days % 7 == 0:
        return [piece(i, end, Every(unit=Unit.WEEK, n=int(much.days) // 7))]
    if much.days and not much.months:
        return [piece(i, end, Every(unit=Unit.DAY, n=int(much.days)))]
    return None


def _every_named(w: Tokens, i: int, j: int, n: int) -> list[Piece] | None:
    """every Monday, every morning, every May, every 4th of July, every Christmas, every last Friday."""
    low = w.low
    count = cardinal(w, j)
    if (
        count is not None
        and count[1] > 0
        and (low[count[0]] not in MONTHS and low[count[0]] not in ("/", "-", ".", "of"))
    ):
        stepped = _step(w, i, count[0], count[1]) if count[1] < 100 else None
        if stepped is not None:
            return stepped
    part = daypart(w, j)
    if part is not None and low[part[0] - 1] in DAYPARTS and low[j] != "eve":
        return _daily_part(w, i, j)
    days = weekdays(w, j)
    found = dates(w, j)
    if days is not None and (found is None or days[0] >= found[0]):
        return [piece(i, j, Every(unit=Unit.WEEK, n=n)), piece(j, days[0], days[1])]
    if rank(w, j) is not None and (found is None or isinstance(found[1].items[0], (Nth, CalendarDay))):
        monthly = _monthly(w, i, j)
        if monthly is not None:
            return monthly
    if found is None:
        return None
    end, meaning = found
    first = meaning.items[0]
    if isinstance(first, Weekday):
        return [piece(i, j, Every(unit=Unit.WEEK, n=n)), piece(j, end, Dates(items=meaning.items, plural=True))]
    if isinstance(first, CalendarDay) and first.month is None:
        return [piece(i, j, Every(unit=Unit.MONTH, n=n)), piece(j, end, Dates(items=meaning.items, plural=True))]
    if date(w, j) is None:
        return None
    period = first.of if isinstance(first, Edge) else None
    measure = period.unit if isinstance(period, Period) else Unit.YEAR
    return [
        piece(i, j, Every(unit=measure, n=n)),
        piece(j, end, Dates(items=meaning.items, plural=True, to=meaning.to)),
    ]


def _of_each(w: Tokens, i: int) -> list[Piece] | None:
    """of each month, of every other month, of the month, in every quarter."""
    low = w.low
    j = i + 2
    if low[i + 1] in ("the", "a"):
        if low[j] in ("month", "quarter", "year") and low[j + 1] not in ("of",) and low[i] == "of":
            return [piece(i, j + 1, Every(unit=UNITS[low[j]]))]
        return None
    found = every_phrase(w, i + 1)
    if found is None:
        return None
    return [Piece(start=i, end=found[0].end, meaning=found[0].meaning), *found[1:]]
