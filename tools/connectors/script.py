"""Run a command that the operator has allowed, or a script's text where the operator allows that."""

import errno
import json
import shutil
import signal
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from croncierge.errors import InvalidInput, NotAllowed
from store.operations.claims import Claimed
from store.operations.runs import Outcome
from tools.connectors.connector import Call, Payload, idempotency_key
from tools.connectors.grants import Grant, granted
from tools.connectors.processes import Ended, Job, run_job
from tools.connectors.sandbox import Limits, own_secrets, sandbox_works, sandboxed
from tools.connectors.verbatim import refuse_templates

_PATH = "/usr/local/bin:/usr/bin:/bin"
_SHELL = "/bin/sh"
_CANNOT_START = (126, 127)

Text = Annotated[str, StringConstraints(max_length=100_000, pattern=r"^[^\x00]*$")]


class ScriptConfig(Grant):
    """`[scripts.NAME]`: a command, or an interpreter for the text that a task brings.

    arguments, stdin: whether a task may add its own. shell: the command is one line for /bin/sh, which finds a task's
    arguments in "$@". environment: what it gets beside PATH, LANG, HOME and TMPDIR. writable: folders and files, and
    network: both only matter in the sandbox. sandbox: `required` fails where there is none.
    """

    command: tuple[str, ...] = ()
    interpreter: tuple[str, ...] = ()
    text: bool = False
    shell: bool = False
    arguments: bool = False
    stdin: bool = False
    environment: dict[str, str] = Field(default_factory=dict)
    sandbox: Literal["auto", "required", "off"] = "auto"
    network: bool = False
    writable: tuple[Path, ...] = ()
    limits: Limits = Limits()

    @model_validator(mode="after")
    def _one_way_to_run(self) -> Self:
        if bool(self.command) == bool(self.interpreter):
            raise ValueError("needs either a command or an interpreter")
        if self.text != bool(self.interpreter):
            raise ValueError("an interpreter and text = true go together")
        if self.shell and len(self.command) != 1:
            raise ValueError("with shell = true the command is a list of one line")
        return self


class ScriptPayload(Payload):
    """script: the name the operator gave. arguments: as a list, no shell takes them apart. text: what to run."""

    model_config = ConfigDict(coerce_numbers_to_str=True)  # the value of a template may be a number

    script: str
    arguments: tuple[Text, ...] = Field((), max_length=200)
    stdin: Text | None = None
    text: Text | None = None


class Script:
    name = "script"
    payload: type[Payload] = ScriptPayload

    def __init__(self, configs: Mapping[str, ScriptConfig], hidden: Sequence[Path] | None = None) -> None:
        """hidden: what a script must not read, where there is a sandbox; by default what is the program's own."""
        self._configs = configs
        self._hidden = own_secrets() if hidden is None else hidden

    def allow(self, payload: ScriptPayload, owner: str) -> None:
        name = payload.script
        config = granted(self._configs, "script", "scripts", name, owner)
        for field, given in (("arguments", payload.arguments), ("stdin", payload.stdin), ("text", payload.text)):
            if given and not getattr(config, field):
                raise NotAllowed(
                    f"The script “{name}” takes no {field} of your own; leave {field} out, or have the operator set "
                    f"{field} = true in [scripts.{name}].",
                    field=field,
                )
        if config.text and not payload.text:
            raise InvalidInput(f"The script “{name}” needs the text to run; give it as text.", field="text")
        refuse_templates(payload.text or "", field="text", instead="pass values as arguments or stdin")

    def preview(self, payload: ScriptPayload) -> Mapping[str, Any]:
        config = self._configs[payload.script]
        return {
            "command": _command(config, payload, Path("the text")),
            "stdin": payload.stdin,
            "text": payload.text,
            "environment": sorted(_environment(config, Path("a folder of its own"))),
            "sandbox": self._use_sandbox(config),
            "limits": config.limits.model_dump(),
        }

    def run(self, payload: ScriptPayload, call: Call) -> Outcome:
        name, config = payload.script, self._configs[payload.script]
        if config.sandbox == "required" and not sandbox_works():
            return Outcome(
                error=f"The script “{name}” runs in a sandbox only, and bubblewrap does not work on this machine.",
                retryable=False,
            )
        folder = Path(tempfile.mkdtemp(prefix="croncierge-"))
        command = _command(config, payload, folder / "script")
        try:
            if payload.text is not None:
                (folder / "script").write_text(payload.text, encoding="utf-8")
            ended = run_job(self._job(config, command, folder, payload.stdin, call.run), call.control)
        except OSError as error:
            what = f"The script “{name}” cannot be started: {error.strerror}."
            return Outcome(error=what, retryable=error.errno != errno.E2BIG)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        if ended is None:
            return Outcome(error=f"The script “{name}” was ended before it was done.")
        result = _result(ended)
        call.record({"command": command}, {"exit_code": ended.exit_code})
        if ended.exit_code == 0:
            return Outcome(result=result)
        return Outcome(
            error=_what_went_wrong(name, config, ended),
            retryable=ended.exit_code not in _CANNOT_START,
            result=result,
        )

    def _job(self, config: ScriptConfig, command: list[str], folder: Path, stdin: str | None, run: Claimed) -> Job:
        sandbox = self._use_sandbox(config)
        if sandbox:
            command = sandboxed(
                command,
                config.limits,
                folder,
                network=config.network,
                writable=config.writable,
                hidden=self._hidden,
            )
        return Job(
            command=command,
            folder=folder,
            environment=_environment(config, folder) | _about(run),
            stdin=stdin,
            limits=None if sandbox else config.limits,
            output_bytes=config.limits.output_mb * 1_000_000,
        )

    def _use_sandbox(self, config: ScriptConfig) -> bool:
        return config.sandbox != "off" and sandbox_works()


def _command(config: ScriptConfig, payload: ScriptPayload, text: Path) -> list[str]:
    if config.text:
        return [*config.interpreter, str(text), *payload.arguments]
    if config.shell:
        return [_SHELL, "-c", config.command[0], payload.script, *payload.arguments]
    return [*config.command, *payload.arguments]


def _environment(config: ScriptConfig, folder: Path) -> dict[str, str]:
    own = {"PATH": _PATH, "LANG": "C.UTF-8", "HOME": str(folder), "TMPDIR": str(folder)}
    return own | config.environment


def _about(run: Claimed) -> dict[str, str]:
    return {"CRONCIERGE_RUN_ID": str(run.run_id), "CRONCIERGE_IDEMPOTENCY_KEY": idempotency_key(run)}


def _result(ended: Ended) -> dict[str, Any]:
    """With the standard output as data, too, if that is what it is."""
    result: dict[str, Any] = {"exit_code": ended.exit_code, "stdout": ended.stdout}
    if ended.truncated:
        return result | {"truncated": True}
    try:
        return result | {"json": json.loads(ended.stdout, parse_constant=_no_number)}
    except (ValueError, RecursionError):
        return result


def _no_number(name: str) -> float:
    """Python reads NaN and Infinity, which are not JSON and cannot be kept."""
    raise ValueError(name)


def _what_went_wrong(name: str, config: ScriptConfig, ended: Ended) -> str:
    met = {
        128 + signal.SIGXCPU: f"used up its {config.limits.cpu_seconds} seconds of CPU",
        128 + signal.SIGXFSZ: f"wrote a file of more than {config.limits.file_mb} MB",
    }.get(ended.exit_code)
    if met:
        return f"The script “{name}” {met}; the operator can raise that in [scripts.{name}.limits]."
    said = f": {ended.last_words}" if ended.last_words else ""
    return f"The script “{name}” ended with exit code {ended.exit_code}{said}"
