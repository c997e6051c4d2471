"""`tasks set`: how a task is run: what was missed, what overlaps, what fails, when to keep quiet."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from croncierge.errors import InvalidInput
from interfaces.cli.options import Common
from interfaces.cli.tasks import Ref, change_task

if TYPE_CHECKING:
    from interfaces.wiring import App
    from store.values import TaskInfo
    from tools.context import Context

_NONE = "none"


def set_policies(
    common: Common,
    task: Ref,
    catch_up: Annotated[
        Literal["skip", "once", "all"] | None, typer.Option(help="What becomes of occurrences that were missed.")
    ] = None,
    catch_up_window: Annotated[
        str | None, typer.Option(metavar="SECONDS|none", help="How late an occurrence may still be caught up.")
    ] = None,
    overlap: Annotated[
        Literal["skip", "queue", "allow", "cancel_other"] | None,
        typer.Option(help="What becomes of an occurrence while an earlier one still runs."),
    ] = None,
    max_parallel: Annotated[
        str | None, typer.Option(metavar="NUMBER|none", help="With --overlap allow: at most so many at once.")
    ] = None,
    jitter: Annotated[float | None, typer.Option(metavar="SECONDS", help="Start up to this much later.")] = None,
    quiet_hours: Annotated[
        str | None, typer.Option(metavar="FROM-TO|none", help="Start nothing in these hours, like 22:00-07:00.")
    ] = None,
    timeout: Annotated[float | None, typer.Option(metavar="SECONDS", help="Fail an attempt that takes longer.")] = None,
    retries: Annotated[int | None, typer.Option(help="Try again so many times when it fails.")] = None,
    retry_delay: Annotated[float | None, typer.Option(metavar="SECONDS", help="Before the first new try.")] = None,
    retry_backoff: Annotated[float | None, typer.Option(help="Each delay is so many times the one before.")] = None,
    retry_jitter: Annotated[float | None, typer.Option(help="Vary the delays by this share, 0 to 1.")] = None,
    on_crash: Annotated[
        Literal["retry", "fail"] | None, typer.Option(help="When the process died in the middle of it.")
    ] = None,
    pause_after: Annotated[
        str | None, typer.Option(metavar="NUMBER|none", help="Pause after so many failures in a row.")
    ] = None,
    notify: Annotated[
        Literal["all", "failure", "digest", "never"] | None,
        typer.Option(help="Which runs to hear of; digest: of all of them, once a day."),
    ] = None,
    channel: Annotated[str | None, typer.Option(metavar="CHANNEL|none", help="Where its messages go.")] = None,
) -> None:
    """Say how a task is run; what is not named stays as it is.

    \b
    croncierge tasks set backup --retries 3 --retry-delay 60 --pause-after 5
    croncierge tasks set 3 --quiet-hours 22:00-07:00 --notify failure
    croncierge tasks set 3 --quiet-hours none
    """
    wishes: dict[str, Any] = {
        "catch_up": catch_up,
        "catch_up_window_seconds": _number("--catch-up-window", catch_up_window),
        "overlap": overlap,
        "max_parallel": _whole("--max-parallel", max_parallel),
        "jitter_seconds": jitter,
        "quiet_hours": quiet_hours,
        "timeout_seconds": timeout,
        "max_retries": retries,
        "retry_delay_seconds": retry_delay,
        "retry_backoff": retry_backoff,
        "retry_jitter": retry_jitter,
        "on_crash": on_crash,
        "pause_after_failures": _whole("--pause-after", pause_after),
        "notify_on": notify,
        "channel": channel,
    }
    given = {name: None if wish == _NONE else wish for name, wish in wishes.items() if wish is not None}
    if not given:
        raise InvalidInput("Nothing was named to set; see `croncierge tasks set --help`.", field="options")

    def edit(app: "App", context: "Context", found: "TaskInfo") -> "TaskInfo":
        from store.kinds import CatchUp, NotifyOn, OnCrash, Overlap
        from store.operations import edit_task
        from store.values import TaskChange

        kinds: dict[str, Any] = {"catch_up": CatchUp, "overlap": Overlap, "on_crash": OnCrash, "notify_on": NotifyOn}
        change = TaskChange(**{name: kinds.get(name, lambda value: value)(value) for name, value in given.items()})
        return edit_task(app.store, context.actor, found.id, change)

    def said(found: "TaskInfo", _context: "Context") -> str:
        from tools.policies import in_words

        return f"“{found.title}” is run like this: {in_words(found) or 'as usual'}."

    change_task(common, task, edit, said)


def _number(option: str, text: str | None) -> float | str | None:
    if text is None or text == _NONE:
        return text
    try:
        return float(text)
    except ValueError as error:
        raise InvalidInput(f"The {option} is {text!r}; give a number, or none.", field=option) from error


def _whole(option: str, text: str | None) -> int | str | None:
    number = _number(option, text)
    if not isinstance(number, float):
        return number
    if not number.is_integer():
        raise InvalidInput(f"The {option} is {text!r}; give a whole number, or none.", field=option)
    return int(number)
