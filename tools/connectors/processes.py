"""Run a command under the launcher: what it says is kept as it comes, and it can be ended at any moment."""

import codecs
import os
import selectors
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from tools.connectors.executor import Control
from tools.connectors.sandbox import Limits, launch

KEPT_BYTES = 64 * 1024
"""How much of the standard output becomes the result."""
_LOOK_SECONDS = 0.05
_GRACE_SECONDS = 5
_CHUNK = 64 * 1024
_LAST_WORDS = 300


@dataclass(frozen=True, kw_only=True)
class Job:
    """A command and what it gets. limits: None when the command takes them on by itself, in a sandbox."""

    command: Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    stdin: str | None
    limits: Limits | None
    output_bytes: int


@dataclass(frozen=True, kw_only=True)
class Ended:
    """exit_code: 128 + its number for a signal. truncated: whether stdout is only the beginning.

    last_words: the last line of the standard error.
    """

    exit_code: int
    stdout: str
    truncated: bool
    last_words: str


def run_job(job: Job, control: Control) -> Ended | None:
    """Run to the end, or until it is cancelled: then everything it has started is killed, and there is no answer.

    Raises OSError when nothing can be started.
    """
    lifeline, ours = os.pipe()
    limits = job.limits.as_numbers() if job.limits else None
    try:
        process = subprocess.Popen(
            launch("supervise", job.command, lifeline=lifeline, limits=limits, folder=str(job.folder)),
            cwd=job.folder,
            env=dict(job.environment),
            stdin=subprocess.DEVNULL if job.stdin is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            pass_fds=(lifeline,),
            start_new_session=True,
        )
    except BaseException:
        os.close(ours)
        raise
    finally:
        os.close(lifeline)
    with process:
        try:
            said = _attend(process, job, control)
        finally:
            os.close(ours)  # the supervisor notices, and ends all that is left
            with suppress(subprocess.TimeoutExpired):
                process.wait(_GRACE_SECONDS)
            process.kill()
    return None if control.cancelled.is_set() else said.ended(process.returncode)


def _attend(process: subprocess.Popen[bytes], job: Job, control: Control) -> "_Said":
    """Listen until it has ended or is cancelled."""
    said = _Said(control, job.output_bytes)
    to_say = memoryview((job.stdin or "").encode())
    with selectors.DefaultSelector() as pipes:
        for pipe in (process.stdout, process.stderr):
            assert pipe is not None
            pipes.register(pipe, selectors.EVENT_READ)
        if process.stdin is not None:
            os.set_blocking(process.stdin.fileno(), False)
            pipes.register(process.stdin, selectors.EVENT_WRITE)
        while pipes.get_map() and not control.cancelled.is_set():
            for key, _ in pipes.select(_LOOK_SECONDS):
                pipe = cast("IO[bytes]", key.fileobj)
                if pipe is process.stdin:
                    to_say = to_say[_write(pipe, to_say) :]
                    more = bool(to_say)
                else:
                    more = said.hear(os.read(pipe.fileno(), _CHUNK), error=pipe is process.stderr)
                if not more:
                    pipes.unregister(pipe)
                    pipe.close()
    while process.poll() is None and not control.cancelled.is_set():
        with suppress(subprocess.TimeoutExpired):
            process.wait(_LOOK_SECONDS)
    return said


def _write(pipe: IO[bytes], text: memoryview) -> int:
    """How much was taken; all of it by a script that does not want to hear more."""
    try:
        return os.write(pipe.fileno(), text[:_CHUNK])
    except BlockingIOError:
        return 0
    except BrokenPipeError:
        return len(text)


class _Said:
    """What a script says, as it comes: into the log, and the beginning of its standard output apart."""

    def __init__(self, control: Control, most: int) -> None:
        self._control = control
        self._left = most
        self._output = bytearray()
        self._truncated = False
        self._last_words = ""
        self._decoders = {error: codecs.getincrementaldecoder("utf-8")("replace") for error in (False, True)}

    def hear(self, piece: bytes, *, error: bool) -> bool:
        """Take a piece of one of the streams; whether more may come. An empty piece is the end."""
        text = self._decoders[error].decode(piece, final=not piece).replace("\0", "\N{REPLACEMENT CHARACTER}")
        if error:
            self._last_words = (self._last_words + text)[-_LAST_WORDS:]
        else:
            room = KEPT_BYTES - len(self._output)
            self._output += piece[:room]
            self._truncated = self._truncated or len(piece) > room
        if self._left > 0 and text:
            self._left -= len(piece)
            self._control.log(text)
            if self._left <= 0:
                self._control.log("\n[the rest of the output was left out]\n")
        return bool(piece)

    def ended(self, exit_code: int) -> Ended:
        lines = self._last_words.strip().splitlines()
        output = self._output.decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
        return Ended(
            exit_code=exit_code, stdout=output, truncated=self._truncated, last_words=lines[-1] if lines else ""
        )
