"""The log: a file in the data folder, so that nothing but answers comes to the screen."""

import logging
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from croncierge.settings import Settings

_FORMAT = "%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s"


def write_log(settings: "Settings") -> None:
    """Let the log go to its file. A folder that cannot be written leaves us without a log, not without an answer."""
    root = logging.getLogger()
    for old in [each for each in root.handlers if isinstance(each, RotatingFileHandler)]:
        if old.baseFilename == str(settings.log_file):
            return
        root.removeHandler(old)
        old.close()
    handler: logging.Handler = logging.NullHandler()
    with suppress(OSError):
        settings.log_file.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            settings.log_file, maxBytes=1_000_000, backupCount=3, encoding="utf-8", errors="replace"
        )
    handler.setFormatter(logging.Formatter(_FORMAT))
    root.addHandler(handler)
    for room in ("croncierge", "interfaces", "runtime", "agent", "tools", "store", "schedules"):
        logging.getLogger(room).setLevel(settings.log_level.upper())
