"""Secrets: a task knows them by name, only the place that sends one knows its value, and no record shows it."""

import re
import secrets
from base64 import b64encode
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import quote

from croncierge.errors import NotAllowed
from tools.connectors.config import Config, SecretConfig

_HIDDEN = "•••"


class Secrets:
    """The operator's `[secrets]`.

    A template gets a mark instead of the value, which nobody can forge, and which means nothing anywhere but in the
    request that may take it.
    """

    def __init__(self, config: Config) -> None:
        self._configs = config.named("secrets", SecretConfig)
        self._nonce = secrets.token_hex(16)
        self._mark = re.compile(f"⟦secret {self._nonce} ([^⟧]*)⟧")
        values = {variant for each in config.secrets for variant in _variants(each)}
        # The longest first: one may be part of another.
        self._values = re.compile("|".join(map(re.escape, sorted(values, key=len, reverse=True)))) if values else None

    def marks(self, owner: str) -> Mapping[str, str]:
        """What stands for each secret that this person may use."""
        return {name: f"⟦secret {self._nonce} {name}⟧" for name, each in self._configs.items() if each.open_to(owner)}

    def revealed(self, value: Any, host: str) -> Any:
        """The same with the secrets in it, whatever it is made of, for a request to this host.

        Raises NotAllowed if one may not go there.
        """

        def secret(match: re.Match[str]) -> str:
            config = self._configs[match[1]]
            if not any(fnmatchcase(host.lower(), each.lower()) for each in config.hosts):
                raise NotAllowed(
                    f"The secret {match[1]} may not go to {host}; the operator can add it to hosts in "
                    f"[secrets.{match[1]}].",
                    field="secrets",
                )
            return config.value.get_secret_value()

        match value:
            case str():
                return self._mark.sub(secret, value)
            case Mapping():
                return {name: self.revealed(each, host) for name, each in value.items()}
            case list() | tuple():
                return [self.revealed(each, host) for each in value]
        return value

    def hidden(self, value: Any) -> Any:
        """The same without any secret, whatever it is made of."""
        match value:
            case str():
                shown = self._mark.sub(_HIDDEN, value)
                return self._values.sub(_HIDDEN, shown) if self._values is not None else shown
            case Mapping():
                return {self.hidden(name): self.hidden(each) for name, each in value.items()}
            case list() | tuple():
                return [self.hidden(each) for each in value]
        return value


def _variants(value: str) -> set[str]:
    """How a secret may look in a record."""
    encoded = b64encode(value.encode()).decode()
    return {value, quote(value, safe=""), encoded, encoded.rstrip("=")}
