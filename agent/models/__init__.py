"""The models that can talk: the built-in one, and whatever LangChain can reach."""

from agent.models.choose import Options, choose_model

__all__ = ["Options", "choose_model"]
