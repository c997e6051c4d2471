"""`actions`: what tasks can do here, and what one would do."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from croncierge.errors import Unavailable
from interfaces.cli.options import Common
from interfaces.cli.payloads import json_object
from interfaces.cli.runs import tell_run
from interfaces.output import put, put_json, put_markdown

if TYPE_CHECKING:
    from interfaces.wiring import App

_VIA = "cli"


def list_actions(common: Common) -> None:
    """List what tasks can do, and what each needs.

    \b
    croncierge actions list
    """
    from tools.wording import table

    with common.app() as app:
        found = [(each.name, _about(each), each.payload) for each in app.connectors.all()]
        problems = app.connectors.problems
        if common.as_json:
            actions = [
                {"name": name, "about": about, "payload": payload.model_json_schema()} for name, about, payload in found
            ]
            put_json({"actions": actions, "problems": dict(problems)})
            return
        rows = [(name, ", ".join(payload.model_fields), about) for name, about, payload in found]
        put_markdown(table(("Action", "Payload", "About"), rows))
        for sentence in problems.values():
            put(sentence)


def try_action(
    common: Common,
    action: Annotated[str, typer.Argument(metavar="ACTION", help="One of `croncierge actions list`.")],
    payload: Annotated[str | None, typer.Option(metavar="JSON|@FILE", help="What the action needs.")] = None,
    run: Annotated[bool, typer.Option("--run", help="Really do it, once; it is recorded like any run.")] = False,
    seconds: Annotated[float, typer.Option(min=1, max=3_600, help="With --run: at most so long.")] = 60,
) -> None:
    """Show what an action would do, and whether it may; nothing is done, but with --run.

    \b
    croncierge actions try http --payload '{"url": "https://example.org"}'
    croncierge actions try http --payload '{"url": "https://example.org"}' --run
    """
    import json

    with common.app() as app:
        if run:
            _do(common, app, action, json_object(payload, "payload"), seconds)
            return
        found = app.connectors.dry_run(action, json_object(payload, "payload"), app.settings.user)
        if common.as_json:
            put_json({"action": action, "refused": found.refused, "preview": dict(found.preview)})
        elif found.refused is not None:
            put(f"It may not be done: {found.refused}")
        else:
            put(f"It would be done like this:\n{json.dumps(found.preview, indent=2, ensure_ascii=False)}")
        if found.refused is not None:
            raise typer.Exit(1)


def _do(common: Common, app: "App", action: str, payload: dict[str, Any], seconds: float) -> None:
    from runtime.runlogs import RunLogs
    from runtime.trials import try_once
    from store import operations
    from store.status import RunStatus

    number = try_once(
        app.store,
        app.actor(_VIA),
        action,
        payload,
        executors=app.connectors.executors(app.store),
        doorbell=app.doorbell,
        logs=RunLogs(app.settings.run_logs),
        seconds=seconds,
    )
    tell_run(common, app, number)
    if operations.get_run(app.store, app.actor(_VIA), number).status is not RunStatus.COMPLETED:
        raise typer.Exit(1)


def list_servers(
    common: Common,
    server: Annotated[str | None, typer.Argument(metavar="[SERVER]", help="Ask only this one.")] = None,
) -> None:
    """List what MCP servers offer, and what of it AI tasks can be granted.

    The servers are asked: a command among them is started, and ended again.

    \b
    croncierge actions mcp
    croncierge actions mcp weather --json
    """
    from tools.connectors.executor import Control
    from tools.wording import table

    with common.app() as app:
        servers, owner, hidden = app.connectors.servers, app.settings.user, app.connectors.secrets.hidden
        tools, problems = [], {}
        for name in [server] if server is not None else servers.names(owner):
            try:
                with servers.running(name, owner, Control()) as running:
                    tools += [
                        {"tool": each.name, "can_be_granted": servers.grantable(each.name), "reads_only": each.reads,
                         "about": hidden(each.description)}
                        for each in running.tools.values()
                    ]  # fmt: skip
            except Unavailable as error:
                problems[name] = hidden(error.message)
        if common.as_json:
            put_json({"tools": tools, "problems": problems})
        elif not tools and not problems:
            put("No MCP server is set up; the operator can add [mcp.NAME].")
        else:
            rows = [
                (each["tool"], "yes" if each["can_be_granted"] else "no", " ".join(str(each["about"]).split())[:200])
                for each in tools
            ]
            put_markdown(table(("Tool", "Can be granted", "About, as its server says"), rows))
            for sentence in problems.values():
                put(sentence)
        if problems:
            raise typer.Exit(1)


def _about(connector: object) -> str:
    """The first sentence of what its module says of itself."""
    said = " ".join((sys.modules[type(connector).__module__].__doc__ or "").split())
    return said.partition(". ")[0].rstrip(".")
