"""Where messages go, in a person's words."""

_NONE = frozenset({"none", "no", "never", "off", "default", "the usual"})


def means_none(words: str) -> bool:
    """Whether the words take a preference away."""
    return words.strip().casefold() in _NONE


def channel_meant(words: str) -> str | None:
    """The channel's name; None for none of its own, where nothing was said or the words take one away."""
    return None if means_none(words) else words.strip() or None
