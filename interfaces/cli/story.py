"""What `runs show` tells of runs that a model carried out: the whole tree below them."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from store.operations.story import Answer, Chapter, Story
    from tools.context import Context

_LONGEST = 200
_CONCLUSIONS = ("conclusion", "text")


def told(story: "Story", context: "Context") -> list[str]:
    """The story in lines for people: indented by depth, times in their zone."""
    prompts = ", ".join(f"{name} {version}" for name, version in sorted(_prompts(story.run).items()))
    return [*_chapter(story.run, context), *([f"prompts: {prompts}"] if prompts else []), *_sums(story)]


def as_json(story: "Story") -> dict[str, Any]:
    """All of it as JSON; instants in UTC."""
    from dataclasses import asdict

    plain: dict[str, Any] = _plain(asdict(story))
    return plain


def _chapter(chapter: "Chapter", context: "Context") -> Iterator[str]:
    margin = "    " * chapter.depth
    yield margin + _heading(chapter, context)
    inner = margin + "  "
    for number, step in enumerate(chapter.plan, start=1):
        yield f"{inner}plan {number}. {step}"
    for answer in chapter.answers:
        yield inner + _answer(answer, context)
        yield from (f"{inner}  calls {call['name']} {_short(call['arguments'])}" for call in answer.calls)
        if answer.text:
            yield f"{inner}  says “{_short(answer.text)}”"
    for asked in chapter.asked:
        note = f" (“{asked.note}”)" if asked.note else ""
        yield f"{inner}approval {asked.id}: {asked.tool}, because {asked.why}: {asked.status.value}{note}"
    failed = [f"{call['tool']} ({call['status']})" for call in chapter.result.get("calls", ())]
    if failed:
        yield f"{inner}called {', '.join(failed)}"
    if chapter.outside:
        yield f"{inner}has read text from outside"
    for part in chapter.parts:
        yield from _chapter(part, context)
    for sentence in chapter.result.get("used_up", ()):
        yield f"{inner}{sentence}"
    for name in _CONCLUSIONS:
        if chapter.result.get(name):
            yield f"{inner}result: {_short(chapter.result[name])}"
            break


def _prompts(chapter: "Chapter") -> dict[str, str]:
    """The versions of all texts that the models of a tree were given."""
    used = {name: version for answer in chapter.answers for name, version in answer.prompts.items()}
    for part in chapter.parts:
        used |= _prompts(part)
    return used


def _heading(chapter: "Chapter", context: "Context") -> str:
    from tools.wording import short

    if chapter.run_id is None or chapter.status is None:
        return f"“{chapter.title}” ({chapter.action_type}): waits for others"
    why = f" ({chapter.reason})" if chapter.reason else ""
    took = ""
    if chapter.start_time is not None and chapter.end_time is not None:
        took = f", {_seconds((chapter.end_time - chapter.start_time).total_seconds())}"
    begun = f", begun {short(chapter.start_time, context)}" if chapter.start_time else ""
    return f"run {chapter.run_id} “{chapter.title}” ({chapter.action_type}): {chapter.status.value}{why}{begun}{took}"


def _answer(answer: "Answer", context: "Context") -> str:
    from store.operations.budgets import in_dollars
    from tools.wording import short

    return (
        f"{short(answer.at, context)}  {answer.model}: {answer.tokens_in:,} tokens in, {answer.tokens_out:,} out, "
        f"${in_dollars(answer.cost)}, {_seconds(answer.seconds)}"
    )


def _sums(story: "Story") -> Iterator[str]:
    from store.operations.budgets import in_dollars

    limits, spent = story.budget.limits, story.budget.spent
    said = [
        f"${in_dollars(spent[name])} of ${in_dollars(limits[name])}"
        if name == "cost"
        else f"{spent[name]:,} of {limits[name]:,} {name}"
        for name in spent
    ]
    whose = "" if story.root_run_id == story.run.run_id else f" by the whole tree of run {story.root_run_id}"
    yield f"spent{whose}: {', '.join(said)}; at most {limits['depth']} deep, {limits['seconds']:,} seconds"


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 60 else f"{seconds / 60:.1f} min"


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat()
        case Mapping():
            return {name: _plain(each) for name, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
    return value
