"""Every kind of action: what a task may store for it, what would happen, and what executes it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from croncierge.errors import CronciergeError, InvalidInput, NotAllowed
from store.operations.claims import Claimed
from store.operations.inputs import inputs_of, owner_name
from store.operations.runs import Outcome
from store.operations.transcripts import add_transcript
from store.session import Store
from tools.connectors.config import Config
from tools.connectors.connector import Call, Connector, Payload
from tools.connectors.executor import Control, Executor
from tools.connectors.secrets import Secrets
from tools.deeds import TELL

if TYPE_CHECKING:
    from tools.connectors.channels import Channels
    from tools.connectors.plugins import Plugins
    from tools.mcp.servers import Servers

_PLAIN = 2_000  # characters of a message that needs no closer look
_MOST_TOLD = 2_000  # characters of what the owner is told when it is done
_MOST_KEPT = 64 * 1024  # characters of one text in the record of a run


@dataclass(frozen=True, kw_only=True)
class DryRun:
    """What an action would do, without any of it. refused: why it may not; preview: as JSON, without secrets."""

    refused: str | None
    preview: Mapping[str, Any]


class Connectors:
    """The connectors of one configuration, each made when it is first needed.

    more: makers of others, by action type, from the rooms above this one.
    """

    def __init__(self, config: Config, more: Mapping[str, Callable[[], Connector]] | None = None) -> None:
        self._config = config
        self._made: dict[str, Connector] = {}
        self._makers: Mapping[str, Callable[[], Connector]] = {
            "notify": self._notify,
            "http": self._http,
            "script": self._script,
            "sql": self._sql,
            "email": self._email,
            **(more or {}),
        }

    @cached_property
    def secrets(self) -> Secrets:
        return Secrets(self._config)

    @cached_property
    def servers(self) -> "Servers":
        """Those of the Model Context Protocol. Raises InvalidInput when their part of the configuration is wrong."""
        from tools.mcp.servers import McpConfig, Servers

        return Servers(self._config.named("mcp", McpConfig))

    @property
    def names(self) -> list[str]:
        """The action types that there are."""
        return [*self._makers, *self._plugins.connectors]

    def all(self) -> list[Connector]:
        """Every connector."""
        return [self.connector(name) for name in self.names]

    @property
    def problems(self) -> Mapping[str, str]:
        """Why plugins cannot be used, by name."""
        return self._plugins.problems

    def accept(
        self, action_type: str, payload: Mapping[str, Any], owner: str, condition: str | None = None
    ) -> dict[str, Any]:
        """The payload as it is stored; no store is used, so that one can ask it. condition: over what the action gives.

        Raises InvalidInput, NotAllowed.
        """
        if condition is not None:
            from tools.connectors.templates import check_condition

            check_condition(condition)
        if _is_plain(action_type, payload):
            return dict(payload)
        from tools.connectors.templates import check_templates

        connector = self.connector(action_type)
        check_templates(payload, "payload")
        told, payload = _apart(payload)
        read = _read(connector, payload)
        connector.allow(read, owner)
        return read.model_dump(mode="json", exclude_unset=True) | told

    def prepare(self, action_type: str, payload: Mapping[str, Any]) -> None:
        """Load what `accept` takes. Raises InvalidInput for an action that there is not."""
        if not _is_plain(action_type, payload):
            import tools.connectors.templates  # noqa: F401

            self.connector(action_type)

    def dry_run(self, action_type: str, payload: Mapping[str, Any], owner: str) -> DryRun:
        """What an action would do. Raises InvalidInput for a payload that cannot be stored."""
        connector = self.connector(action_type)
        told, own = _apart(payload)
        read = _read(connector, own)
        try:
            self.accept(action_type, payload, owner)
        except NotAllowed as error:
            return DryRun(refused=error.message, preview={})
        preview = dict(self.secrets.hidden(connector.preview(read))) | told
        return DryRun(refused=preview.pop("refused", None), preview=preview)

    def send(self, channel: str, title: str, text: str) -> None:
        """Deliver a message to one of the operator's channels. Raises CronciergeError, which shows no secret."""
        self._channels.send(channel, title, text)

    def executors(self, store: Store) -> Mapping[str, Executor]:
        """What executes each action type, with its record kept in this store."""
        return {name: partial(self._execute, store, name) for name in self.names}

    def check(self, store: Store, run: Claimed, control: Control) -> bool:
        """Whether the condition of a run's task holds now. Raises CronciergeError when that cannot be told."""
        from tools.connectors.templates import holds

        condition = run.condition or {}
        outcome = self._run(store, condition["action_type"], condition["action_payload"], run, control)
        if outcome.error is not None and outcome.result is None:
            raise InvalidInput(outcome.error)
        return holds(condition["expression"], dict(outcome.result or {}))

    def _execute(self, store: Store, name: str, run: Claimed, control: Control) -> Outcome:
        try:
            return self._run(store, name, run.action_payload, run, control)
        except (InvalidInput, NotAllowed) as error:
            return Outcome(error=self.secrets.hidden(error.message), retryable=False)
        except CronciergeError as error:
            return Outcome(error=self.secrets.hidden(error.message))

    def _run(self, store: Store, name: str, payload: Mapping[str, Any], run: Claimed, control: Control) -> Outcome:
        connector = self.connector(name)
        hidden = self.secrets.hidden
        told, payload = _apart(payload)

        def record(request: Mapping[str, Any], response: Mapping[str, Any] | None) -> None:
            kept = [_shortened(hidden(each)) for each in (request, response)]
            add_transcript(store, run.run_id, run.attempt, name, *kept)

        keep = control.log
        control = Control(cancelled=control.cancelled, log=lambda piece: keep(hidden(piece)))
        outcome = connector.run(
            self._filled_in(store, connector, payload, run), Call(run=run, control=control, record=record)
        )
        outcome = replace(outcome, error=hidden(outcome.error), log=hidden(outcome.log),
                          message=hidden(outcome.message), result=hidden(outcome.result))  # fmt: skip
        done = outcome.error is None and outcome.skipped is None and outcome.waiting is None
        return replace(outcome, message=self._told(store, told[TELL], run, outcome)) if done and told else outcome

    def _told(self, store: Store, text: str, run: Claimed, outcome: Outcome) -> str:
        """What the owner hears, filled in from the result; the work is done, so that nothing fails any more."""
        from tools.connectors.templates import filled_in

        try:
            said = filled_in(text, {**inputs_of(store, run.run_id), **(outcome.result or {})}, TELL)
        except InvalidInput as error:
            return f"“{run.title}” is done, but {error.message[:1].lower()}{error.message[1:]}"
        whole = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
        return whole if len(whole) <= _MOST_TOLD else f"{whole[:_MOST_TOLD]}…"

    def _filled_in(self, store: Store, connector: Connector, payload: Mapping[str, Any], run: Claimed) -> Payload:
        """The payload as it is now, if the owner may still do that now."""
        if _is_plain(connector.name, payload):
            return _read(connector, payload)
        from tools.connectors.templates import filled_in

        owner = owner_name(store, run.run_id)
        values = {**inputs_of(store, run.run_id), "secrets": self.secrets.marks(owner)}
        read = _read(connector, filled_in(dict(payload), values, "payload"))
        connector.allow(read, owner)
        return read

    def connector(self, name: str) -> Connector:
        """The one of that action type. Raises InvalidInput for none, NotAllowed for a plugin that cannot be used."""
        if name in self._made:
            return self._made[name]
        if name in self._makers:
            self._made[name] = self._makers[name]()
            return self._made[name]
        if name in self._plugins.connectors:
            return self._plugins.connectors[name]
        if name in self.problems:
            raise NotAllowed(self.problems[name], field="action_type")
        raise InvalidInput(f"There is no action {name!r}; there are {', '.join(self.names)}.", field="action_type")

    @cached_property
    def _plugins(self) -> "Plugins":
        from tools.connectors.plugins import Plugins

        return Plugins(self._config.raw("plugins"), taken=list(self._makers))

    @cached_property
    def _channels(self) -> "Channels":
        from tools.connectors.channels import ChannelConfig, Channels

        return Channels(self._config.named("channels", ChannelConfig))

    def _notify(self) -> Connector:
        from tools.connectors.notify import Notify

        return Notify(self._channels)

    def _http(self) -> Connector:
        from tools.connectors.http import Http, HttpConfig

        return Http(self._config.one("http", HttpConfig) or HttpConfig(), self.secrets)

    def _script(self) -> Connector:
        from tools.connectors.script import Script, ScriptConfig

        return Script(self._config.named("scripts", ScriptConfig))

    def _sql(self) -> Connector:
        from tools.connectors.sql import Sql, SqlConfig

        return Sql(self._config.named("sql", SqlConfig))

    def _email(self) -> Connector:
        from tools.connectors.email import Email, EmailConfig

        return Email(self._config.one("email", EmailConfig))


def _is_plain(action_type: str, payload: Mapping[str, Any]) -> bool:
    """Whether it is a reminder with nothing to be filled in or allowed, as most tasks are."""
    message = payload.get("message", "")
    short = isinstance(message, str) and len(message) <= _PLAIN and "{" not in message
    return action_type == "notify" and short and payload.keys() <= {"message"}


def _apart(payload: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, Any]]:
    """What the owner is told, which any payload may have, apart from what is the connector's own."""
    own = dict(payload)
    text = own.pop(TELL, None)
    if text is None:
        return {}, own
    if not isinstance(text, str) or not 0 < len(text) <= _MOST_TOLD:
        raise InvalidInput(f"The {TELL} has to be a text of up to {_MOST_TOLD:,} characters.", field=TELL)
    return {TELL: text}, own


def _read(connector: Connector, payload: Mapping[str, Any]) -> Payload:
    """Raises InvalidInput naming the field and what is wrong with it."""
    try:
        return connector.payload.model_validate(dict(payload))
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "payload"
        known = ", ".join(connector.payload.model_fields)
        said = first["msg"].removeprefix("Value error, ")
        way_out = f"; it can have {known}" if first["type"] in ("extra_forbidden", "missing") else ""
        raise InvalidInput(
            f"The {where} of the action {connector.name} is wrong: {said}{way_out}.", field=where
        ) from None


def _shortened(value: Any) -> Any:
    """The same with texts that are not too long for a record."""
    match value:
        case str() if len(value) > _MOST_KEPT:
            return f"{value[:_MOST_KEPT]}… ({len(value):,} characters)"
        case dict():
            return {name: _shortened(each) for name, each in value.items() if name != "json" or _fits(each)}
        case list():
            return [_shortened(each) for each in value]
    return value


def _fits(value: Any) -> bool:
    return len(str(value)) <= _MOST_KEPT
