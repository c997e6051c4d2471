from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from langchain_core.language_models.chat_models import BaseChatModel
from langgraph.checkpoint.memory import InMemorySaver

from agent.invoke import Assistant, Turn
from agent.models import choose_model
from croncierge.clock import FixedClock
from store.open import open_store
from store.operations import ensure_user, list_tasks
from store.values import Actor, TaskInfo

TUESDAY = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
"""The moment at which conversations begin: 10:30 in Berlin."""


class Talk:
    """One person's conversation with one model, on a clock that stands still."""

    def __init__(self, model: BaseChatModel | None = None, **options: Any) -> None:
        self.clock = FixedClock(TUESDAY)
        self.store = open_store("sqlite://", self.clock)
        self.user = ensure_user(self.store, "ann")
        self.assistant = Assistant(
            self.store,
            model=model or choose_model(None),
            checkpointer=InMemorySaver(),
            default_zone="Europe/Berlin",
            **options,
        )

    def say(self, text: str, thread: str = "t") -> Turn:
        return self.assistant.invoke(text, self.user, thread)

    def all(self, *texts: str) -> Turn:
        for text in texts:
            turn = self.say(text)
        return turn

    def tasks(self) -> dict[str, TaskInfo]:
        actor = Actor(user_id=self.user, via="test", change_set="look")
        return {task.title: task for task in list_tasks(self.store, actor)}


@pytest.fixture
def talk() -> Talk:
    return Talk()


@pytest.fixture
def talk_with() -> Callable[..., Talk]:
    return Talk
