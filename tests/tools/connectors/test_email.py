"""Mail, over the wire, to a server on loopback."""

import shutil
import ssl
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from croncierge.errors import InvalidInput, NotAllowed
from store.operations.runs import Outcome
from tests.fakes.smtp import SmtpServer, serving
from tests.tools.connectors.calls import Heard
from tools.connectors.email import Email, EmailConfig, EmailPayload


def config(mail: SmtpServer, **more: Any) -> EmailConfig:
    usual = {"host": "127.0.0.1", "port": mail.port, "security": "none", "from": "us@example.org", "timeout_seconds": 5}
    return EmailConfig.model_validate(usual | {"allow": ["*@example.org", "bob@other.net"]} | more)


def letter(*to: str, **more: Any) -> EmailPayload:
    return EmailPayload(**({"to": to or ("ann@example.org",), "subject": "Tea", "text": "At five."} | more))


def send(mail: SmtpServer, payload: EmailPayload | None = None, heard: Heard | None = None, **more: Any) -> Outcome:
    return Email(config(mail, **more)).run(payload or letter(), (heard or Heard()).call)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For 127.0.0.1, signed by itself; the key is in the same file."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not here to make a certificate")
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1"
    options = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(file), "-out", str(file.with_name("c.pem"))]
    subprocess.run([*make.split(), *options], check=True, capture_output=True)
    with file.open("a") as both:
        both.write(file.with_name("c.pem").read_text())
    return file


@pytest.fixture
def server_side(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_a_message_arrives() -> None:
    with serving(SmtpServer()) as mail:
        outcome = send(mail, letter("ann@example.org", "bob@other.net", subject="Tée", text=".\nAt five ☕\n..\n"))

    ((sender, recipients, message),) = mail.envelopes
    assert sender == "us@example.org"
    assert recipients == ["ann@example.org", "bob@other.net"]
    assert message["Subject"] == "Tée"
    assert message["To"] == "ann@example.org, bob@other.net"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content() == ".\nAt five ☕\n..\n"
    assert outcome == Outcome(result={"message_id": message["Message-ID"], "sent": recipients})
    assert mail.commands[-1] == "QUIT"


def test_html_goes_beside_the_text() -> None:
    with serving(SmtpServer()) as mail:
        send(mail, letter(html="<b>At five.</b>"))

    message = mail.envelopes[0][2]
    plain, rich = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None and plain.get_content() == "At five.\n"
    assert rich is not None and rich.get_content() == "<b>At five.</b>\n"


def test_each_attempt_of_a_run_has_the_same_id_and_another_run_another() -> None:
    with serving(SmtpServer()) as mail:
        for heard in (Heard(run_id=1), Heard(run_id=1, attempt=2), Heard(run_id=2)):
            send(mail, heard=heard)

    first, again, other = (message["Message-ID"] for _, _, message in mail.envelopes)
    assert first == again != other
    assert first.endswith("@example.org>")


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_password_goes_over_tls(security: str, server_side: ssl.SSLContext, certificate: Path) -> None:
    login = {"username": "us", "password": "hunter2"}
    mail = SmtpServer(tls=server_side, from_the_start=security == "tls", login=("us", "hunter2"))
    with serving(mail):
        outcome = send(mail, security=security, ca_file=str(certificate.with_name("c.pem")), **login)

    assert outcome.error is None
    assert mail.encrypted
    assert len(mail.envelopes) == 1
    before = mail.commands[: mail.commands.index("STARTTLS")] if security == "starttls" else []
    assert not any(command.startswith("AUTH") for command in before)


def test_a_wrong_password_is_told_without_it(server_side: ssl.SSLContext, certificate: Path) -> None:
    with serving(SmtpServer(tls=server_side, login=("us", "other"))) as mail:
        more = {"ca_file": str(certificate.with_name("c.pem")), "username": "us", "password": "hunter2"}
        outcome = send(mail, security="starttls", **more)

    assert outcome.error == "The mail server did not accept the user name and password."
    assert not outcome.retryable
    assert mail.envelopes == []


def test_a_server_that_cannot_prove_itself_gets_nothing(server_side: ssl.SSLContext) -> None:
    with serving(SmtpServer(tls=server_side)) as mail:
        outcome = send(mail, security="starttls")

    assert outcome.error is not None and "cannot be spoken to safely" in outcome.error
    assert mail.envelopes == []


def test_a_server_without_starttls_gets_nothing() -> None:
    with serving(SmtpServer()) as mail:
        outcome = send(mail, security="starttls")

    assert outcome.error is not None and "STARTTLS" in outcome.error
    assert not outcome.retryable
    assert mail.envelopes == []


@pytest.mark.parametrize(
    ("replies", "retryable"),
    [
        ({"greeting": "421 busy"}, True),
        ({"greeting": "554 no"}, False),
        ({"RCPT TO:<ann@example.org>": "450 later"}, True),
        ({"RCPT TO:<ann@example.org>": "550 nobody"}, False),
        ({"DATA": "451 later"}, True),
        ({".": "554 spam"}, False),
        ({".": "452 full"}, True),
        ({"DATA": ""}, True),
    ],
)
def test_what_a_server_refuses_for_now_is_tried_again(replies: dict[str, str], retryable: bool) -> None:
    with serving(SmtpServer(replies=replies)) as mail:
        outcome = send(mail)

    assert outcome.error is not None
    assert outcome.retryable == retryable
    assert mail.envelopes == []


def test_who_has_it_does_not_get_it_again_for_the_sake_of_others() -> None:
    with serving(SmtpServer(replies={"RCPT TO:<bob@other.net>": "450 later"})) as mail:
        outcome = send(mail, letter("ann@example.org", "bob@other.net"))

    assert outcome.error == "The mail server refused bob@other.net (450: later)"
    assert not outcome.retryable
    assert outcome.result is not None and outcome.result["sent"] == ["ann@example.org"]
    assert mail.envelopes[0][1] == ["ann@example.org"]


def test_a_farewell_that_fails_changes_nothing() -> None:
    with serving(SmtpServer(replies={"QUIT": ""})) as mail:
        assert send(mail).error is None


def test_a_server_that_is_not_there_is_tried_again() -> None:
    with serving(SmtpServer()) as mail:
        pass
    outcome = send(mail)

    assert outcome.error is not None and "127.0.0.1 cannot be reached" in outcome.error
    assert outcome.retryable


def test_a_server_that_says_nothing_is_not_waited_for_for_ever() -> None:
    with serving(SmtpServer(silent=True)) as mail:
        begun = time.monotonic()
        outcome = send(mail, timeout_seconds=0.3)

    assert outcome.error is not None and outcome.retryable
    assert time.monotonic() - begun < 4


def test_a_message_that_is_called_off_ends_at_once() -> None:
    release = threading.Event()

    class Slow(dict[str, str]):
        def get(self, command: str, usual: Any = None) -> Any:
            if command == "DATA":
                release.wait(10)
            return super().get(command, usual)

    heard = Heard()
    heard.cancel_after(0.2)
    with serving(SmtpServer(replies=Slow())) as mail:
        begun = time.monotonic()
        outcome = send(mail, heard=heard)
        took = time.monotonic() - begun
        release.set()

    assert outcome.error is not None
    assert took < 3
    assert mail.envelopes == []


def test_without_configuration_no_mail_is_sent() -> None:
    with pytest.raises(NotAllowed, match=r"\[email\]"):
        Email(None).allow(letter(), "ann")


def test_nobody_gets_mail_unless_the_operator_says_so() -> None:
    email = Email(config(SmtpServer(), allow=[]))
    with pytest.raises(NotAllowed, match=r"ann@example\.org is not allowed; it may go to nobody yet"):
        email.allow(letter(), "ann")


@pytest.mark.parametrize(
    "address", ["eve@evil.net", "ann@example.org.evil.net", "ann@evil-example.org", "ann@EVIL.net"]
)
def test_mail_goes_only_where_the_operator_allows(address: str) -> None:
    with serving(SmtpServer()) as mail:
        email = Email(config(mail))
        with pytest.raises(NotAllowed, match="may go to"):
            email.allow(letter("ann@example.org", address), "ann")
        with pytest.raises(NotAllowed):
            email.run(letter("ann@example.org", address), Heard().call)

    assert mail.commands == []


@pytest.mark.parametrize(
    "address",
    [
        "eve@evil.net,ann@example.org",
        "eve@evil.net>,<ann@example.org",
        "Eve <eve@evil.net> x@example.org",
        "eve@evil.net@example.org",
        '"eve@evil.net, "@example.org',
        "ann@example.org ",
        "ann",
        "@example.org",
        "änn@example.org",
        "ann(x)@example.org",
    ],
)
def test_what_is_not_exactly_one_address_is_refused(address: str) -> None:
    with pytest.raises(InvalidInput, match="is not a mail address"):
        Email(config(SmtpServer())).allow(letter(address), "ann")


def test_case_makes_no_difference_and_patterns_may_name_one_person() -> None:
    Email(config(SmtpServer())).allow(letter("Ann@Example.ORG", "BOB@other.net"), "ann")


def test_an_address_from_a_result_is_checked_when_it_is_known() -> None:
    with serving(SmtpServer()) as mail:
        email = Email(config(mail))
        email.allow(letter("{{ results.find.owner }}"), "ann")
        with pytest.raises(InvalidInput):
            email.run(letter("{{ results.find.owner }}"), Heard().call)

    assert mail.commands == []


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_no_header_can_be_smuggled_in(end: str) -> None:
    for field in ({"subject": f"x{end}Bcc: eve@evil.net"}, {"to": (f"ann@example.org{end}Bcc: eve@evil.net",)}):
        with pytest.raises(ValidationError):
            letter(**field)


def test_only_the_named_people_may_send() -> None:
    email = Email(config(SmtpServer(), owners=["ann"]))
    email.allow(letter(), "ann")
    with pytest.raises(NotAllowed, match="owners"):
        email.allow(letter(), "bob")


@pytest.mark.parametrize(
    "wrong",
    [
        {"from": "us"},
        {"username": "us"},
        {"username": "us", "password": "hunter2", "security": "none"},
        {"security": "ssl"},
        {"hots": "x"},
    ],
)
def test_a_configuration_that_cannot_be_is_refused_without_showing_secrets(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        config(SmtpServer(), **wrong)
    assert "hunter2" not in str(refused.value)


def test_a_preview_shows_the_message_and_sends_nothing() -> None:
    with serving(SmtpServer()) as mail:
        preview = Email(config(mail)).preview(letter())

    assert preview["to"] == ["ann@example.org"]
    assert preview["from"] == "us@example.org"
    assert mail.commands == []
