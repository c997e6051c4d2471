"""Files that appear or change become events. Nothing is watched, and nothing imported, while no task wants it."""

import hashlib
import logging
import threading
import time
from pathlib import Path
from uuid import UUID, uuid4

import sqlalchemy as sa

from croncierge.errors import CronciergeError
from store.moves import table_of
from store.operations.events import emit_event
from store.operations.triggers import FILE, TRIGGERS, folder_of, watches
from store.session import Store
from store.tables import Task
from store.values import Actor

_TASKS = table_of(Task)
_LOG = logging.getLogger(__name__)
_LONGEST_KEY = 200
_TICK = 0.02  # seconds that the clock of a file system may be behind
_Wanted = tuple[UUID, str, float]
"""Whose trigger it is, its path, and since when it is there, as a POSIX time."""


class FileWatcher:
    """Watches the folders that tasks have triggers for.

    settle_seconds: a file is reported once it has not changed for so long. Files that came while nobody watched are
    found at the start, back to when the trigger was made. A file is reported again when its time or size differs.
    """

    def __init__(self, store: Store, *, settle_seconds: float = 0.5) -> None:
        self._store = store
        self._settle = settle_seconds
        self._wanted: list[_Wanted] = []
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to watch, in a thread of its own if any task wants it."""
        self.refresh()

    def stop(self) -> None:
        """Watch no longer; waits for the thread."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        self._thread, self._wanted = None, []

    def refresh(self) -> None:
        """Take into account which triggers there are now; where they are the same, nothing happens."""
        wanted = self._triggers()
        if wanted == self._wanted:
            return
        self.stop()
        self._wanted = wanted
        if wanted:
            self._stop = threading.Event()
            self._thread = threading.Thread(target=self._watch, args=(wanted, self._stop), name="files", daemon=True)
            self._thread.start()

    def _triggers(self) -> list[_Wanted]:
        query = (
            sa.select(_TASKS.c.owner_id, TRIGGERS.c.path, TRIGGERS.c.created_at)
            .join(_TASKS, _TASKS.c.id == TRIGGERS.c.task_id)
            .where(TRIGGERS.c.path.is_not(None), _TASKS.c.is_active, _TASKS.c.deleted_at.is_(None))
            .order_by(TRIGGERS.c.id)
        )
        with self._store.reading() as connection:
            return [(row.owner_id, row.path, row.created_at.timestamp()) for row in connection.execute(query)]

    def _watch(self, wanted: list[_Wanted], stop: threading.Event) -> None:
        from watchfiles import Change, watch

        folders = sorted({str(folder_of(path)[0]) for _, path, _ in wanted})
        there = [folder for folder in folders if Path(folder).is_dir()]
        for missing in set(folders) - set(there):
            _LOG.warning("the folder %s cannot be watched, because it is not there", missing)
        waiting: dict[str, str] | None = None
        seen: dict[str, tuple[int, int, float]] = {}
        if not there:
            return
        pause = max(10, int(self._settle * 500))
        for changes in watch(
            *there, stop_event=stop, watch_filter=None, debounce=pause, step=10, rust_timeout=pause,
            yield_on_timeout=True, recursive=False, raise_interrupt=False, ignore_permission_denied=True,
        ):  # fmt: skip
            if waiting is None:  # only now, when nothing that comes can be missed any more
                waiting = {file: "added" for folder in there for file in _files(folder)}
            for change, file in changes:
                if change is Change.deleted:
                    waiting.pop(file, None)
                else:
                    waiting.setdefault(file, "added" if change is Change.added else "changed")
            for file in list(waiting):
                if self._report_settled(file, waiting[file], wanted, seen):
                    del waiting[file]
                    seen.pop(file, None)

    def _report_settled(
        self, file: str, change: str, wanted: list[_Wanted], seen: dict[str, tuple[int, int, float]]
    ) -> bool:
        """Whether there is nothing left to do about a file: it was reported, or it is gone."""
        try:
            state = Path(file).stat()
        except OSError:
            return True
        now = time.monotonic()
        last = seen.get(file)
        if last is None or last[:2] != (state.st_mtime_ns, state.st_size):
            seen[file] = (state.st_mtime_ns, state.st_size, now)
            return False
        if now - last[2] < self._settle:
            return False
        if not Path(file).is_file():
            return True
        owners = {owner for owner, path, since in wanted if state.st_mtime >= since - _TICK and watches(path, file)}
        data = {"path": file, "name": Path(file).name, "change": change, "size": state.st_size}
        for owner in owners:
            actor = Actor(user_id=owner, via="files", change_set=uuid4().hex)
            try:
                emit_event(self._store, actor, FILE, data, _key(file, state.st_mtime_ns, state.st_size))
            except CronciergeError as error:
                _LOG.warning("the file %s could not be reported: %s", file, error)
        return True


def _files(folder: str) -> list[str]:
    try:
        return [str(each) for each in Path(folder).iterdir()]
    except OSError:
        return []


def _key(file: str, changed: int, size: int) -> str:
    """What makes it the same event; a path that is too long for it is told by its digest."""
    stamp = f":{changed}:{size}"
    if len(file) + len(stamp) <= _LONGEST_KEY and file.isprintable() and " ".join(file.split()) == file:
        return file + stamp
    return hashlib.sha256(file.encode("utf-8", "surrogateescape")).hexdigest() + stamp
