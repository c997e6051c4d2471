"""A mail server on loopback that speaks SMTP, with STARTTLS or TLS, and keeps what it is given."""

import base64
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default


@dataclass
class SmtpServer:
    """`replies` answers a command, like `RCPT TO:<x@y>` or `DATA` or `.`, otherwise than usual; "" hangs up.

    tls: with what STARTTLS is offered, or spoken from the start. login: the user name and password that it wants.
    """

    tls: ssl.SSLContext | None = None
    from_the_start: bool = False
    login: tuple[str, str] | None = None
    replies: dict[str, str] = field(default_factory=dict)
    silent: bool = False
    commands: list[str] = field(default_factory=list)
    envelopes: list[tuple[str, list[str], EmailMessage]] = field(default_factory=list)
    encrypted: bool = False
    port: int = 9


class _Conversation(socketserver.StreamRequestHandler):
    server: "_Listener"
    timeout = 20

    def handle(self) -> None:
        self.mail = self.server.mail
        self.sender, self.recipients = "", list[str]()
        if self.mail.from_the_start:
            self._encrypt()
        if self.mail.silent:
            self.rfile.read()
            return
        self._say(self.mail.replies.get("greeting", "220 here"))
        while line := self.rfile.readline():
            before, bracket, rest = line.decode().rstrip().partition("<")
            command = before.upper() + bracket + rest if bracket else _upper_verb(before)
            self.mail.commands.append(command)
            reply = self.mail.replies.get(command) or self._usual(command)
            if command in self.mail.replies and not self.mail.replies[command]:
                return
            self._say(reply)
            if reply.startswith("354"):
                self._take_message()
            elif reply.startswith("221"):
                return
            elif command == "STARTTLS" and reply.startswith("220"):
                self._encrypt()

    def _usual(self, command: str) -> str:
        verb = command.partition(" ")[0]
        if verb == "EHLO":
            offers = (["STARTTLS"] if self.mail.tls and not self.mail.encrypted else []) + ["AUTH PLAIN"]
            return "\r\n".join(["250-here", *(f"250-{each}" for each in offers), "250 8BITMIME"])
        if verb == "AUTH":
            given = base64.b64decode(command.split()[2]).decode().split("\0")[1:]
            return "235 welcome" if tuple(given) == self.mail.login else "535 no"
        if verb == "MAIL":
            self.sender, self.recipients = command.partition("<")[2].partition(">")[0], []
        if verb == "RCPT":
            self.recipients.append(command.partition("<")[2].partition(">")[0])
        return {"DATA": "354 go on", "QUIT": "221 bye", "STARTTLS": "220 go on"}.get(verb, "250 fine")

    def _take_message(self) -> None:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:  # hung up in the middle
                return
            lines.append(line.removeprefix(b".").replace(b"\r\n", b"\n"))
        reply = self.mail.replies.get(".", "250 taken")
        if reply.startswith("250"):
            message = message_from_bytes(b"".join(lines), policy=default)
            refused = [each for each in self.recipients if f"RCPT TO:<{each}>" in self.mail.replies]
            taken = [each for each in self.recipients if each not in refused]
            self.mail.envelopes.append((self.sender, taken, message))
        self._say(reply)

    def _say(self, reply: str) -> None:
        self.wfile.write(reply.encode() + b"\r\n")

    def _encrypt(self) -> None:
        assert self.mail.tls is not None
        self.connection = self.mail.tls.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
        self.mail.encrypted = True


def _upper_verb(command: str) -> str:
    verb, space, rest = command.partition(" ")
    return verb.upper() + space + rest


class _Listener(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, mail: SmtpServer) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.mail = mail

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is nothing to report."""


@contextmanager
def serving(mail: SmtpServer) -> Iterator[SmtpServer]:
    with _Listener(mail) as listener:
        mail.port = listener.server_address[1]
        threading.Thread(target=listener.serve_forever, args=(0.02,), daemon=True).start()
        yield mail
        listener.shutdown()
