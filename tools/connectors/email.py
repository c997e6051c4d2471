"""Send mail through the operator's server, to the people it is allowed to go to."""

import hashlib
import re
import smtplib
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP as AS_SENT
from email.utils import format_datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, SecretStr, StringConstraints, model_validator

from croncierge.clock import Clock, SystemClock
from croncierge.errors import InvalidInput, NotAllowed
from store.operations.claims import Claimed
from store.operations.runs import Outcome
from tools.connectors.cancelling import ended_when_cancelled
from tools.connectors.connector import Call, Payload
from tools.connectors.grants import Grant
from tools.connectors.verbatim import has_template

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_PERMANENT = 500

Line = Annotated[str, StringConstraints(pattern=r"^[^\r\n\x00]*$", max_length=900)]


class EmailConfig(Grant):
    """`[email]`. from: the sender of everything. allow: to whom, like `*@example.org`; nobody when left out.

    ca_file: whom to trust instead of the usual authorities. timeout_seconds: for each answer of the server.
    """

    model_config = ConfigDict(populate_by_name=True)

    host: str
    sender: str = Field(alias="from")
    port: int | None = Field(None, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str | None = None
    password: SecretStr | None = None
    allow: tuple[str, ...] = ()
    ca_file: Path | None = None
    timeout_seconds: float = Field(30, gt=0)

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        if not _ADDRESS.fullmatch(self.sender):
            raise ValueError("from has to be an address, like croncierge@example.org")
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password go together")
        if self.password is not None and self.security == "none":
            raise ValueError("a password is sent over TLS only; set security to starttls or tls")
        return self


class EmailPayload(Payload):
    """A plain message; html is another form of the same text."""

    model_config = ConfigDict(coerce_numbers_to_str=True)  # the value of a template may be a number

    to: tuple[Line, ...] = Field(min_length=1, max_length=50)
    subject: Line = Field(min_length=1)
    text: str = Field(max_length=1_000_000)
    html: str | None = Field(None, max_length=1_000_000)


class Email:
    name = "email"
    payload: type[Payload] = EmailPayload

    def __init__(self, config: EmailConfig | None, clock: Clock | None = None) -> None:
        self._config = config
        self._clock = clock or SystemClock()

    def allow(self, payload: EmailPayload, owner: str) -> None:
        config = self._set_up()
        if not config.open_to(owner):
            raise NotAllowed("You may not send mail from here; the operator can add you to owners in [email].")
        for address in payload.to:
            if not has_template(address):  # else it is known and checked when it is sent
                _check(address, config)

    def preview(self, payload: EmailPayload) -> Mapping[str, Any]:
        config = self._set_up()
        return {"from": config.sender, "server": config.host, **payload.model_dump(mode="json")}

    def run(self, payload: EmailPayload, call: Call) -> Outcome:
        config = self._set_up()
        recipients = list(dict.fromkeys(payload.to))
        for address in recipients:
            _check(address, config)
        message = self._compose(config, payload, call.run)
        try:
            refused = _send(config, message, recipients, call)
        except smtplib.SMTPRecipientsRefused as error:
            refused = error.recipients
        except smtplib.SMTPAuthenticationError:
            return Outcome(error="The mail server did not accept the user name and password.", retryable=False)
        except smtplib.SMTPResponseException as error:
            return Outcome(
                error=f"The mail server said {error.smtp_code}: {_words(error.smtp_error)}",
                retryable=error.smtp_code < _PERMANENT,
            )
        except (smtplib.SMTPNotSupportedError, ssl.SSLError) as error:
            return Outcome(error=f"The mail server cannot be spoken to safely: {error}", retryable=False)
        except OSError as error:
            what = error.strerror or str(error) or "it did not answer in time"
            return Outcome(error=f"The mail server {config.host} cannot be reached: {what}")
        return _outcome(str(message["Message-ID"]), recipients, refused)

    def _set_up(self) -> EmailConfig:
        if self._config is None:
            raise NotAllowed("Mail cannot be sent from here; the operator has to set up [email] first.")
        return self._config

    def _compose(self, config: EmailConfig, payload: EmailPayload, run: Claimed) -> EmailMessage:
        message = EmailMessage(policy=AS_SENT)
        message["From"] = config.sender
        message["To"] = ", ".join(payload.to)
        message["Subject"] = payload.subject
        message["Date"] = format_datetime(self._clock.now())
        message["Message-ID"] = _message_id(run, config.sender)
        message["Auto-Submitted"] = "auto-generated"  # so that nobody's absence is reported to it
        message.set_content(payload.text)
        if payload.html is not None:
            message.add_alternative(payload.html, subtype="html")
        return message


def _check(address: str, config: EmailConfig) -> None:
    if not _ADDRESS.fullmatch(address):
        raise InvalidInput(f"“{address}” is not a mail address; write it like ann@example.org.", field="to")
    if not any(fnmatchcase(address.lower(), pattern.lower()) for pattern in config.allow):
        may = f"may go to {', '.join(config.allow)}" if config.allow else "may go to nobody yet"
        raise NotAllowed(f"Mail to {address} is not allowed; it {may}, and the operator can add to that.", field="to")


def _message_id(run: Claimed, sender: str) -> str:
    """The same for each attempt of a run, so that a mail program shows a repeated message once."""
    which = f"{run.owner_id} {run.task_id} {run.run_id} {run.scheduled_time.isoformat()}"
    return f"<run-{run.run_id}-{hashlib.sha256(which.encode()).hexdigest()[:20]}@{sender.partition('@')[2]}>"


def _send(config: EmailConfig, message: EmailMessage, to: list[str], call: Call) -> Mapping[str, tuple[int, bytes]]:
    """Whom the server refused, though not all. Raises what smtplib raises."""
    context = ssl.create_default_context(cafile=config.ca_file)
    port = config.port or _PORTS[config.security]
    who_we_are, patience = socket.gethostname(), config.timeout_seconds
    client = (
        smtplib.SMTP_SSL(config.host, port, who_we_are, timeout=patience, context=context)
        if config.security == "tls"
        else smtplib.SMTP(config.host, port, who_we_are, timeout=patience)
    )
    with ended_when_cancelled(call.control, lambda: _hang_up(client)):
        try:
            if config.security == "starttls":
                client.starttls(context=context)
            if config.username is not None and config.password is not None:
                client.login(config.username, config.password.get_secret_value())
            refused = client.send_message(message, config.sender, to)
            with suppress(OSError):  # the message is on its way, however the farewell goes
                client.quit()
            return refused
        finally:
            client.close()


def _hang_up(client: smtplib.SMTP) -> None:
    if client.sock is not None:
        client.sock.shutdown(socket.SHUT_RDWR)


def _words(said: bytes | str) -> str:
    return (said.decode(errors="replace") if isinstance(said, bytes) else said)[:200]


def _outcome(message_id: str, to: list[str], refused: Mapping[str, tuple[int, bytes]]) -> Outcome:
    sent = [address for address in to if address not in refused]
    result = {"message_id": message_id, "sent": sent}
    if not refused:
        return Outcome(result=result)
    why = "; ".join(f"{address} ({code}: {_words(said)})" for address, (code, said) in refused.items())
    # Another attempt would reach those once more who have it already.
    later = not sent and all(code < _PERMANENT for code, _ in refused.values())
    return Outcome(error=f"The mail server refused {why}", retryable=later, result=result)
