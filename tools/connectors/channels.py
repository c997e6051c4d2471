"""Ways to reach people beside the terminal: each is a URL that the operator has named, and Apprise delivers."""

import re
from collections.abc import Mapping

from pydantic import SecretStr, field_validator

from croncierge.errors import NotFound, Unavailable
from tools.connectors.grants import Grant, granted, usable

# These act on the machine of the runtime instead of sending something, some by starting programs.
_LOCAL = frozenset({"dbus", "kde", "qt", "glib", "gnome", "macosx", "windows", "syslog"})
# Apprise takes several at once, as `json://a, dbus://b`.
_ONE_URL = re.compile(r"[a-z0-9]+://(?:(?!://)\S)+", re.IGNORECASE)


class ChannelConfig(Grant):
    """`[channels.NAME]`. url: as Apprise has it, like `ntfy://topic`; it often holds a password."""

    url: SecretStr

    @field_validator("url")
    @classmethod
    def _reaches_somebody(cls, url: SecretStr) -> SecretStr:
        if not _ONE_URL.fullmatch(url.get_secret_value()):
            raise ValueError("has to be one URL, like ntfy://topic")
        scheme = url.get_secret_value().partition(":")[0]
        if scheme.lower() in _LOCAL:
            raise ValueError(f"cannot be {scheme}://, which acts on this machine; name a service that sends messages")
        return url


class Channels:
    """The channels that the operator has named. Nobody can use a URL that is not among them."""

    def __init__(self, configs: Mapping[str, ChannelConfig]) -> None:
        self._configs = configs

    def names(self, owner: str) -> list[str]:
        """The channels that this person may use."""
        return usable(self._configs, owner)

    def allow(self, channel: str, owner: str) -> None:
        """Raises NotAllowed when the person may not use the channel, or there is none of this name."""
        granted(self._configs, "channel", "channels", channel, owner)

    def send(self, channel: str, title: str, text: str) -> None:
        """Deliver a message, within about ten seconds. Raises NotFound, or Unavailable when it was not taken."""
        config = self._configs.get(channel)
        if config is None:
            raise NotFound(f"There is no channel “{channel}” any more; the operator can set up [channels.{channel}].")
        import apprise  # takes a while, and most programs never send anything

        service = apprise.Apprise(asset=apprise.AppriseAsset(plugin_paths=[], secure_logging=True))
        if not service.add(config.url.get_secret_value()):
            raise Unavailable(f"The URL of the channel “{channel}” is not one that Apprise understands; correct it.")
        try:
            taken = service.notify(body=text, title=title, body_format=apprise.NotifyFormat.TEXT)
        except Exception as error:  # what a service's own code raises may show the URL
            raise Unavailable(f"The channel “{channel}” failed ({type(error).__name__}); try again later.") from None
        if not taken:
            raise Unavailable(f"The service behind the channel “{channel}” did not take the message; try again later.")
