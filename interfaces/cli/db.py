"""`db`: the database itself."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from croncierge.errors import InvalidInput
from interfaces.cli.options import Common
from interfaces.output import put, put_json

if TYPE_CHECKING:
    from sqlalchemy.engine import URL


def path(common: Common) -> None:
    """Print where the database is.

    \b
    sqlite3 "$(croncierge db path)" .tables
    """
    from store.session import open_engine

    url = open_engine(common.settings().db).url
    if common.as_json:
        put_json({"url": url.render_as_string(hide_password=True), "path": _file(url)})
    else:
        put(_file(url) or url.render_as_string(hide_password=True))


def upgrade(common: Common) -> None:
    """Bring the database to the version that this program works with; every start does so by itself."""
    from store.migrate import current, head
    from store.migrate import upgrade as bring_up
    from store.session import open_engine

    engine = open_engine(common.settings().db)
    try:
        before = current(engine)
        bring_up(engine)
    finally:
        engine.dispose()
    if common.as_json:
        put_json({"before": before, "version": head()})
    elif before == head():
        put(f"The database is up to date (version {head()}).")
    else:
        put(f"The database is at version {head()} now{f'; it was at {before}' if before else ', newly made'}.")


def prune(
    common: Common,
    keep_days: Annotated[
        int | None, typer.Option(min=1, help="Remove what ended longer ago than so many days; else as settings say.")
    ] = None,
    keep_runs: Annotated[int | None, typer.Option(min=1, help="Keep at most so many runs of a task.")] = None,
    archive: Annotated[
        Path | None, typer.Option(metavar="FILE.jsonl.gz", help="Write what is removed to this file first.")
    ] = None,
    compact: Annotated[
        bool, typer.Option("--compact", help="Then give the disk the space back; nobody can write meanwhile.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")] = False,
) -> None:
    """Remove old runs of everybody, with their logs, messages that were seen, and events.

    Always kept: the latest run of each outcome of a task, what has not ended or something still waits for, messages
    that nobody has acknowledged, and how many runs were removed. A running Croncierge does this once a day.

    \b
    croncierge db prune --keep-days 30 --dry-run
    croncierge db prune --keep-days 365 --archive runs.jsonl.gz
    """
    from runtime.pruning import prune_now
    from runtime.runlogs import RunLogs
    from store.operations.prune import Policy, Pruned
    from store.operations.prune import compact as give_back

    with common.app() as app:
        given = Policy(keep_days=keep_days, keep_runs=keep_runs)
        policy = app.retention if given == Policy() else given
        if policy == Policy():
            raise InvalidInput("Everything is kept by the settings; say --keep-days or --keep-runs.", field="keep-days")
        logs = RunLogs(app.settings.run_logs)
        found = prune_now(app.store, policy, logs, archive, dry_run=dry_run) or Pruned()
        if compact and not dry_run:
            give_back(app.store)
    if common.as_json:
        put_json(
            {
                "dry_run": dry_run,
                "keep_days": policy.keep_days,
                "keep_runs": policy.keep_runs,
                "runs": found.runs,
                "by_status": {status.value: count for status, count in found.by_status.items()},
                "events": found.events,
                "messages": found.messages,
                "kept_messages": found.kept_messages,
                "archive": str(archive) if archive and not dry_run else None,
            }
        )
        return
    verb = "would be removed" if dry_run else "removed"
    put(f"{_count(found.runs, 'run')}, {_count(found.events, 'event')}, {_count(found.messages, 'message')} {verb}.")
    if found.kept_messages:
        put(f"{_count(found.kept_messages, 'message')} of theirs stay, since nobody has acknowledged them.")
    if archive and not dry_run and found.runs + found.events + found.messages:
        put(f"They are in {archive}, a line of JSON each.")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _file(url: "URL") -> str | None:
    return url.database if url.get_backend_name() == "sqlite" else None
