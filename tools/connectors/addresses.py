"""Which addresses a task may reach: public ones, whatever they are called, and those the operator allows."""

import socket
from collections.abc import Sequence
from contextlib import suppress
from fnmatch import fnmatchcase
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from croncierge.errors import NotAllowed, Unavailable

Address = IPv4Address | IPv6Address

_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
_COMPATIBLE = IPv6Network("::/96")
# Public by their number, but not by what answers there.
_EXCEPTIONS = tuple(
    ip_network(each)
    for each in ("168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24", "fec0::/10", "5f00::/16", "3fff::/20")
)


class Reach:
    """The operator's rule. allow: hosts, `host:port`, addresses and networks beside public ones. only: if given,
    nothing but these hosts, which may be patterns like `*.example.org`.
    """

    def __init__(self, allow: Sequence[str] = (), only: Sequence[str] | None = None) -> None:
        self._only = None if only is None else [each.lower() for each in only]
        self._networks = []
        self._hosts = []
        for each in allow:
            try:
                self._networks.append(ip_network(each, strict=False))
            except ValueError:
                self._hosts.append(each.lower())

    def addresses(self, host: str, port: int) -> list[str]:
        """The addresses behind a host, asked for once, if all of them may be reached: connect to these and no others.

        Raises NotAllowed, or Unavailable when there are none.
        """
        self._check_name(host)
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Unavailable(f"The host {host} cannot be found; check its name.") from error
        addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
        self._check_addresses(host, port, addresses)
        return addresses

    def check(self, host: str, port: int) -> None:
        """As much of the rule as can be told without asking a name server: for an address, however it is spelled, all.

        Raises NotAllowed.
        """
        self._check_name(host)
        name = host.lower().rstrip(".")
        literal = "127.0.0.1" if name == "localhost" or name.endswith(".localhost") else name
        with suppress(OSError, UnicodeError):  # it is no address but a name
            found = socket.getaddrinfo(literal, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
            self._check_addresses(host, port, [str(each[4][0]) for each in found])

    def _check_name(self, host: str) -> None:
        name = host.lower().rstrip(".")
        if self._only is not None and not any(fnmatchcase(name, each) for each in self._only):
            raise NotAllowed(
                f"The host {host} is not among those that tasks may reach; the operator can add it to only in [http].",
                field="url",
            )

    def _check_addresses(self, host: str, port: int, addresses: Sequence[str]) -> None:
        name = host.lower().rstrip(".")
        for each in addresses:
            if not self._may_reach(name, port, ip_address(each.partition("%")[0])):
                raise NotAllowed(
                    f"The host {host} is not public ({each}); the operator can add it to allow in [http].", field="url"
                )

    def _may_reach(self, name: str, port: int, address: Address) -> bool:
        if is_public(address) or name in self._hosts or f"{name}:{port}" in self._hosts:
            return True
        if f"{address}:{port}" in self._hosts or f"[{address}]:{port}" in self._hosts:
            return True
        return any(each in network for each in _faces(address) for network in self._networks)


def is_public(address: Address) -> bool:
    """Whether an address, and every address it may be carried to, belongs to the public network."""
    return all(
        each.is_global
        and not each.is_multicast
        and not each.is_reserved
        and not any(each in network for network in _EXCEPTIONS if network.version == each.version)
        for each in _faces(address)
    )


def _faces(address: Address) -> list[Address]:
    """The address, or what it stands for: IPv4 inside IPv6, as mapped, translated, tunnelled or compatible."""
    if isinstance(address, IPv4Address):
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    low = IPv4Address(int(address) & 0xFFFFFFFF)
    if any(address in network for network in _NAT64):
        return [low]
    if address in _COMPATIBLE:
        return [address, low]
    if address.sixtofour is not None:
        return [address, address.sixtofour]
    if address.teredo is not None:
        return [address, *address.teredo]
    return [address]
