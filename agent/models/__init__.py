"""The models that can talk: the built-in one, and whatever LangChain can reach."""

from agent.models.choose import BUILT_IN, Options, choose_model

__all__ = ["BUILT_IN", "Options", "choose_model"]
