"""How the program gets the actions that a model carries out, each made when it is first needed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from agent.ai.session import World
    from tools.connectors.connector import Connector


class Actions(Protocol):
    """The registry of connectors, as far as it matters here."""

    @property
    def names(self) -> list[str]: ...

    def connector(self, name: str) -> "Connector": ...


@dataclass(frozen=True)
class Grantable(Mapping[str, "Connector"]):
    """The actions that an AI task may be granted as tools: all but AI tasks."""

    actions: Actions

    def __getitem__(self, name: str) -> "Connector":
        if name not in set(self):
            raise KeyError(name)
        return self.actions.connector(name)

    def __iter__(self) -> Iterator[str]:
        return (name for name in self.actions.names if not name.startswith("ai_"))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def ai_connectors(world: Callable[[], "World"]) -> Mapping[str, Callable[[], "Connector"]]:
    """Makers by action type; the model's libraries are loaded when one of them is called. world: made then, too."""

    def prompt() -> "Connector":
        from agent.ai.executor import AiPrompt

        return AiPrompt(world())

    def goal() -> "Connector":
        from agent.ai.orchestrator import AiGoal

        return AiGoal(world())

    return {"ai_prompt": prompt, "ai_goal": goal}
