"""Brings messages to the channels of people, and makes their digests: in a thread that sleeps until there is one."""

import logging
import threading
from collections.abc import Callable

from croncierge.errors import CronciergeError
from store.operations.deliveries import claim_deliveries, mark_failed, mark_sent, next_delivery
from store.operations.digests import send_digests
from store.session import Store

_log = logging.getLogger("croncierge.delivering")
_PAUSE = 5.0  # seconds before the next try when the database cannot be used
_LONGEST_SLEEP = 3_600.0

Send = Callable[[str, str, str], None]
"""Sends (channel, title, text). What goes wrong is raised, in a sentence that holds no secrets."""


class Postman:
    """Sends what is due on channels other than the terminal. A message is claimed, sent, and then marked."""

    def __init__(self, store: Store, send: Send, name: str) -> None:
        self._store = store
        self._send = send
        self._name = name
        self._woken = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._stopping = False
        self._thread = threading.Thread(target=self._work, name="postman", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """There may be something to send. Cheap, and safe from any thread."""
        self._woken.set()

    def stop(self) -> None:
        """Send nothing more; what is being sent is finished, or left to the next one after a while."""
        self._stopping = True
        self.wake()
        if self._thread is not None:
            self._thread.join(timeout=15)

    def deliver(self) -> int:
        """Send what is due now; how many messages arrived."""
        send_digests(self._store)
        arrived = 0
        while not self._stopping and (found := claim_deliveries(self._store, None, None, self._name)):
            for each in found:
                try:
                    self._send(each.channel, each.title, each.text)
                except CronciergeError as error:
                    mark_failed(self._store, each.id, error.message)
                except Exception as error:  # whatever a service does, the other messages are sent
                    mark_failed(self._store, each.id, f"it could not be sent ({type(error).__name__})")
                else:
                    mark_sent(self._store, [each.id])
                    arrived += 1
        return arrived

    def _work(self) -> None:
        while True:
            self._woken.clear()
            if self._stopping:  # after the event was cleared, so that a call to stop is never missed
                return
            try:
                self.deliver()
                moment = next_delivery(self._store)
            except Exception as error:  # the database may be away; nobody else would send
                _log.warning("messages could not be sent, and are tried again: %s", error)
                self._woken.wait(_PAUSE)
                continue
            until = _LONGEST_SLEEP if moment is None else (moment - self._store.clock.now()).total_seconds()
            self._woken.wait(min(max(until, 0.0), _LONGEST_SLEEP))
