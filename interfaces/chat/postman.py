"""Brings what arrives for a person to their screen."""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from croncierge.errors import CronciergeError

if TYPE_CHECKING:
    from interfaces.wiring import App
    from store.operations.deliveries import DeliveryInfo

_LATE = timedelta(minutes=1)

_log = logging.getLogger("interfaces.chat.postman")


class Postman(threading.Thread):
    """Waits without polling; when it is called, it fetches the person's messages and has them shown.

    show: prints lines and says whether they were seen; only then are the messages marked as sent.
    """

    def __init__(self, app: "App", show: Callable[[list[str]], bool]) -> None:
        super().__init__(name="postman", daemon=True)
        self._app = app
        self._show = show
        self._call = threading.Event()
        self._leaving = False
        self._name = uuid4().hex

    def call(self) -> None:
        """Something may have arrived. Returns at once; for any thread."""
        self._call.set()

    def leave(self) -> None:
        """Fetch nothing more."""
        self._leaving = True
        self._call.set()

    def run(self) -> None:
        while self._call.wait() and not self._leaving:
            self._call.clear()
            try:
                self._bring()
            except CronciergeError as error:  # the database is away; the next call brings it all
                _log.warning("messages could not be fetched: %s", error)

    def _bring(self) -> None:
        from store.operations.deliveries import TERMINAL, claim_deliveries, mark_sent

        store = self._app.store
        found = claim_deliveries(store, self._app.user_id, TERMINAL, self._name)
        if found and self._show(lines(found, self._app.clock.now(), self._app.context("chat").preferences.zone)):
            mark_sent(store, [each.id for each in found])


def lines(deliveries: "Sequence[DeliveryInfo]", now: datetime, zone: str) -> list[str]:
    """Messages as a person sees them, those that are late apart. now: aware; zone: IANA name."""
    from zoneinfo import ZoneInfo

    from schedules.describe import describe_moment

    late = [each for each in deliveries if now - each.scheduled_time > _LATE]
    on_time = [each for each in deliveries if now - each.scheduled_time <= _LATE]
    away = [f"{_sign(each)} {each.text}  ({describe_moment(each.scheduled_time, zone, now)})" for each in late]
    return [
        *(["While you were away:"] if away else []),
        *away,
        *(f"{_sign(each)} {each.text}  ({each.scheduled_time.astimezone(ZoneInfo(zone)):%H:%M})" for each in on_time),
    ]


def _sign(delivery: "DeliveryInfo") -> str:
    return "⚠" if delivery.kind in ("failure", "workflow") else "⏰"
