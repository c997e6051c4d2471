"""Sentences that name several days, each with its own time: "weekdays at 8 and weekends at 10"."""

from dataclasses import replace

from schedules.schedule import Rule
from schedules.words.frame import Frame
from schedules.words.pieces import Clock, Dates, Every, Piece, Times
from schedules.words.places import Puzzling


def groups(pieces: list[Piece]) -> list[list[Piece]]:
    """The pieces divided so that each group has its own day and its own clock time; one group where they do not."""
    shared = [piece for piece in pieces if not _day(piece) and not _clock(piece)]
    found: list[list[Piece]] = [[]]
    for piece in pieces:
        if piece in shared:
            continue
        current = found[-1]
        full = any(_day(one) for one in current) and any(_clock(one) for one in current)
        if full and (_day(piece) if _day(current[0]) else _clock(piece)):
            found.append([])
        found[-1].append(piece)
    complete = all(any(_day(one) for one in group) and any(_clock(one) for one in group) for group in found)
    if len(found) < 2 or not complete:
        return [pieces]
    return [sorted([*group, *shared], key=lambda piece: piece.start) for group in found]


def _day(piece: Piece) -> bool:
    return isinstance(piece.meaning, (Dates, Every))


def _clock(piece: Piece) -> bool:
    return isinstance(piece.meaning, Times) and any(isinstance(item, Clock) for item in piece.meaning.items)


def share_pace(frames: list[Frame]) -> None:
    """ "every Tuesday at 9 and Thursday at 10": what is said of the first goes for the others."""
    first = next(frame for frame in frames if frame.repeats)
    for frame in frames:
        if not frame.repeats and first.every is not None:
            frame.every = first.every
        elif not frame.repeats:
            frame.dates = [replace(dates, plural=True) for dates in frame.dates]
        if frame.every is not None and frame.every.n > 1:
            raise Puzzling("Those are two paces; please ask for them one after the other.")


def united(rules: list[Rule]) -> Rule:
    """One rule that happens whenever one of them does."""
    return replace(
        rules[0],
        text="\n".join(dict.fromkeys(line for rule in rules for line in rule.text.split("\n"))),
        dtstart=min(rule.dtstart for rule in rules),
    )
