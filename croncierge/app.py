"""Where the rooms are wired, once."""

from collections.abc import Callable
from contextlib import ExitStack
from functools import cached_property, partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from uuid import uuid4

from croncierge.clock import Clock, SystemClock

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from langgraph.checkpoint.base import BaseCheckpointSaver

    from agent.ai.session import World
    from agent.invoke import Assistant
    from croncierge.models import Models
    from croncierge.settings import Settings
    from runtime.doorbell import Doorbell
    from runtime.loop import Runtime
    from store.operations.prune import Policy
    from store.session import Store
    from store.values import Actor
    from tools.connectors.registry import Connectors
    from tools.context import Context


def open_app(settings: "Settings | None" = None, *, clock: Clock | None = None, zone: str | None = None) -> "App":
    """The program over one database, for one person: `with open_app() as app: app.assistant.invoke(…)`.

    settings: by default those of the environment. zone: an IANA name to go by instead of the person's own.
    """
    from croncierge.settings import load_settings

    return App(settings or load_settings(), clock or SystemClock(), zone)


class App:
    """The rooms, each opened when it is first asked for, all closed at the end. One thread at a time may open them."""

    def __init__(self, settings: "Settings", clock: Clock, zone: str | None) -> None:
        self.settings = settings
        self.clock = clock
        self.zone = zone
        self._closing = ExitStack()
        self._wake: list[Callable[[], None]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.close()

    @cached_property
    def store(self) -> "Store":
        """Raises Unavailable, Conflict or InvalidInput when the database cannot be opened."""
        from store.open import open_store
        from store.session import Ceilings

        settings = self.settings
        ceilings = Ceilings(
            day=(settings.day_tokens, round(settings.day_dollars * 1_000_000)),
            month=(settings.month_tokens, round(settings.month_dollars * 1_000_000)),
        )
        actions = self._accept_action, ceilings, self._prepare_action
        store = open_store(settings.db, self.clock, self._due_changed, *actions)
        self._closing.callback(store.engine.dispose)
        return store

    @cached_property
    def connectors(self) -> "Connectors":
        """What tasks can do here. Raises InvalidInput when the operator's file is wrong."""
        from agent.ai.wiring import ai_connectors
        from tools.connectors.config import load_config
        from tools.connectors.registry import Connectors

        return Connectors(load_config(self.settings.connectors), ai_connectors(self._ai_world))

    def _ai_world(self) -> "World":
        from agent.ai.session import World
        from agent.ai.wiring import Grantable

        return World(
            store=self.store,
            checkpointer=lambda: self.memory,
            models=self.models.of,
            connectors=lambda: Grantable(self.connectors),
            servers=self.connectors.servers,
            hidden=self.connectors.secrets.hidden,
            default_zone=self.default_zone,
        )

    @cached_property
    def models(self) -> "Models":
        """The language models of the settings."""
        from croncierge.models import Models

        return Models(self.settings)

    @cached_property
    def memory(self) -> "BaseCheckpointSaver[Any]":
        """Where conversations and AI runs are remembered between two looks at them."""
        from agent.memory import close_checkpointer, open_checkpointer

        memory = open_checkpointer(self.settings.db)
        self._closing.callback(close_checkpointer, memory)
        return memory

    def _accept_action(
        self, action_type: str, payload: "Mapping[str, Any]", owner: str, condition: str | None = None
    ) -> "dict[str, Any]":
        accepted = self.connectors.accept(action_type, payload, owner, condition)
        return self.models.pinned(action_type, accepted) if action_type.startswith("ai_") else accepted

    def _prepare_action(self, action_type: str, payload: "Mapping[str, Any]") -> None:
        self.connectors.prepare(action_type, payload)
        if action_type.startswith("ai_"):
            self.models.prepare()

    @cached_property
    def doorbell(self) -> "Doorbell":
        """Wakes the runtimes of other processes on the same database."""
        from runtime.doorbell import Doorbell

        return Doorbell(self.settings.db)

    @cached_property
    def runtime(self) -> "Runtime":
        """What executes due tasks in this process, once it is started; stopped at the end."""
        from runtime.loop import Runtime
        from runtime.runlogs import RunLogs

        settings = self.settings
        runtime = Runtime(
            self.store,
            self.connectors.executors(self.store),
            self.doorbell,
            workers=settings.workers,
            per_user=settings.per_user,
            check=partial(self.connectors.check, self.store),
            logs=RunLogs(settings.run_logs),
        )
        self._wake.append(runtime.wake)
        self._closing.callback(runtime.stop)
        return runtime

    def run(self) -> None:
        """Begin to make things happen in this process: what is due, and what files that appear start."""
        from runtime.delivering import Postman
        from runtime.files import FileWatcher
        from runtime.pruning import Pruner
        from runtime.runlogs import RunLogs

        files = FileWatcher(self.store)
        postman = Postman(self.store, self.connectors.send, self.doorbell.name)
        pruner = Pruner(self.store, self.retention, RunLogs(self.settings.run_logs), self.settings.archive)
        for listener in (files.refresh, postman.wake):
            self.runtime.subscribe(listener)
        self.runtime.start()
        files.start()
        postman.start()
        pruner.start()
        self._closing.callback(pruner.stop)
        self._closing.callback(files.stop)
        self._closing.callback(postman.stop)

    @property
    def retention(self) -> "Policy":
        """For how long what has ended is kept."""
        from store.operations.prune import Policy

        return Policy(keep_days=self.settings.keep_days or None, keep_runs=self.settings.keep_runs)

    def _due_changed(self) -> None:
        for wake in self._wake:
            wake()
        self.doorbell.ring()

    @cached_property
    def user_id(self) -> "UUID":
        from store.operations import ensure_user

        return ensure_user(self.store, self.settings.user)

    @cached_property
    def default_zone(self) -> str:
        from schedules.zones import local_zone, zone

        return zone(self.settings.timezone).key if self.settings.timezone else local_zone()

    @cached_property
    def assistant(self) -> "Assistant":
        """Raises InvalidInput when the model of the settings lacks something."""
        from agent.invoke import Assistant

        store, settings = self.store, self.settings
        return Assistant(
            store,
            model=self.models.chat(),
            front=settings.front,
            checkpointer=self.memory,
            default_zone=self.default_zone,
            watch_folders=settings.watch_folders,
        )

    def actor(self, via: str) -> "Actor":
        """The person, acting through an interface; each actor is one change for undo."""
        from store.values import Actor

        return Actor(user_id=self.user_id, via=via, change_set=uuid4().hex)

    def context(self, via: str) -> "Context":
        """What tools and views know of the person."""
        from tools.context import Context

        return Context(self.store, self.actor(via), self.zone, self.default_zone, self.settings.watch_folders)
