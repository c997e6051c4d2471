"""Which folders tasks may watch."""

import os
from pathlib import Path

from croncierge.errors import NotAllowed


def watchable(path: str, folders: str) -> str:
    """The whole path. Raises NotAllowed for one outside the folders that the operator lets be watched."""
    whole = Path(os.path.normpath(Path(path).expanduser().absolute()))
    where = Path(os.path.realpath(whole.parent)) / whole.name
    allowed = [Path(os.path.realpath(Path(each).expanduser())) for each in folders.split(os.pathsep) if each]
    if not any(where.is_relative_to(each) and Path(os.path.realpath(where)).is_relative_to(each) for each in allowed):
        known = ", ".join(map(str, allowed)) or "no folder"
        raise NotAllowed(
            f"Files at {whole} may not be watched, only below {known}; see CRONCIERGE_WATCH_FOLDERS.",
            field="path",
        )
    return str(whole)
