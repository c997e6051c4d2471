"""What the model is told: text files with a name, a version and variables."""

from prompts.loader import Prompt, PromptError, load, tool_descriptions, versions

__all__ = ["Prompt", "PromptError", "load", "tool_descriptions", "versions"]
