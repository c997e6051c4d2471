"""The command line: its commands, and how it ends, whatever happens."""

import logging
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Annotated

import typer

from croncierge.errors import CronciergeError
from interfaces.cli import (
    actions,
    adding,
    approvals,
    db,
    events,
    messages,
    policies,
    runs,
    tasks,
    templates,
    users,
    workflows,
)
from interfaces.cli.ask import ask
from interfaces.cli.chat import chat
from interfaces.cli.doctor import doctor
from interfaces.cli.eval import evaluate
from interfaces.cli.options import AsJson, Common, Db, User, Zone, command, given
from interfaces.cli.serve import serve
from interfaces.cli.when import when
from interfaces.output import close_quietly, note, put, put_json, speak_utf8
from interfaces.wiring import OpenApp

_INTERRUPTED = 130

cli = typer.Typer(
    name="croncierge",
    invoke_without_command=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        put(f"croncierge {version('croncierge')}")
        raise typer.Exit


@cli.callback()
def _root(
    context: typer.Context,
    as_json: AsJson = False,
    db: Db = None,
    user: User = None,
    tz: Zone = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an unexpected error.")] = False,
    _version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_show_version, help="Show the version.")
    ] = False,
) -> None:
    """Say it in your own words; it happens on time.

    \b
    croncierge chat                                     a conversation
    croncierge ask remind me every Monday at 9 to send the timesheet
    croncierge when every second Tuesday at 9           what a phrase means
    """
    context.obj = replace(context.obj, debug=debug or None)
    given(context, as_json, db, user, tz)
    _help_without_command(context)


def _help_without_command(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        put(context.get_help())


def _group(name: str, about: str, /, **commands: Callable[..., None]) -> None:
    group = typer.Typer(
        name=name, help=about, callback=_help_without_command, invoke_without_command=True, rich_markup_mode=None
    )
    for verb, function in commands.items():
        command(group, verb)(function)
    cli.add_typer(group)


command(cli, "chat")(chat)
command(cli, "ask")(ask)
command(cli, "when")(when)
_group(
    "tasks",
    "What is planned.",
    add=adding.add_task,
    list=tasks.list_tasks,
    show=tasks.show_task,
    pause=tasks.pause_task,
    resume=tasks.resume_task,
    run=tasks.run_task,
    set=policies.set_policies,
    backfill=tasks.backfill_task,
    delete=tasks.delete_task,
)
command(cli, "undo")(tasks.undo)
_group(
    "runs",
    "What became of it.",
    list=runs.list_runs,
    show=runs.show_run,
    log=runs.read_log,
    stats=runs.show_stats,
    cancel=runs.cancel_run,
    rerun=runs.rerun,
    clear=runs.clear_run,
    anyway=runs.run_anyway,
)
_group(
    "workflows",
    "Tasks that belong together.",
    list=workflows.list_workflows,
    show=workflows.show_workflow,
    name=workflows.name_workflow,
    pause=workflows.pause_workflow,
    resume=workflows.resume_workflow,
)
_group(
    "messages",
    "What you are told.",
    list=messages.list_messages,
    ack=messages.acknowledge,
    retry=messages.retry,
)
command(cli, "preferences")(messages.preferences)
_group(
    "actions", "What tasks can do.", list=actions.list_actions, mcp=actions.list_servers, **{"try": actions.try_action}
)
command(cli, "emit")(events.emit)
_group("events", "What starts tasks.", list=events.list_events, on=events.on, off=events.off)
_group(
    "approvals",
    "What AI tasks ask you before they do it.",
    list=approvals.list_approvals,
    show=approvals.show_approval,
    approve=approvals.approve,
    refuse=approvals.refuse,
    edit=approvals.edit,
)
_group(
    "templates",
    "Common AI tasks, ready to be used.",
    list=templates.list_templates,
    show=templates.show_template,
    use=templates.use_template,
)
_group(
    "users",
    "Who may act here.",
    list=users.list_users,
    add=users.add_user,
    disable=users.disable_user,
    enable=users.enable_user,
    admin=users.set_admin,
)
command(cli, "serve")(serve)
_group("db", "The database.", path=db.path, upgrade=db.upgrade, prune=db.prune)
command(cli, "doctor")(doctor)
command(cli, "eval")(evaluate)


def run(open_app: OpenApp, arguments: Sequence[str] | None = None) -> int:
    """Run one command; what it returns is the exit code. Nothing but sentences comes out of it."""
    speak_utf8()
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = typer.main.get_command(cli)(
            words, prog_name="croncierge", standalone_mode=False, obj=Common(open_app=open_app)
        )
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except KeyboardInterrupt:
        return _INTERRUPTED
    except typer.Abort:
        return 1
    except BrokenPipeError:
        return close_quietly()
    except CronciergeError as error:
        return _complain(words, error.exit_code, error.as_dict())
    except typer.TyperException as error:
        message = error.format_message()
        return _complain(words, error.exit_code, {"code": "usage", "message": message, "field": None})
    except Exception as error:
        return _complain(words, 1, {"code": "error", "message": _unexpected(words, error), "field": None})


def _complain(words: Sequence[str], exit_code: int, error: dict[str, object]) -> int:
    if "--json" in words:
        put_json({"error": error})
    else:
        note(f"Error: {error['message']}")
    return exit_code


def _unexpected(words: Sequence[str], error: Exception) -> str:
    """The sentence for an error that nobody foresaw; its details go into the log, and to the screen with `--debug`."""
    from croncierge.settings import load_settings
    from interfaces.cli.logs import write_log

    settings = load_settings()
    write_log(settings)
    logging.getLogger("interfaces.cli").exception("an unexpected error ended the command", exc_info=error)
    if settings.debug or "--debug" in words:
        traceback.print_exception(error)
    return f"Something went wrong on my side ({type(error).__name__}); the details are in {settings.log_file}."
