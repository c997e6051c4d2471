"""Build and install a package of pure Python without a network and without tools that a machine may lack."""

import base64
import hashlib
import tomllib
import zipfile
from pathlib import Path


def build_wheel(source: Path, folder: Path) -> Path:
    """A wheel of the package in `source`, with what its pyproject.toml says of it."""
    project = tomllib.loads((source / "pyproject.toml").read_text())["project"]
    stem = f"{project['name'].replace('-', '_')}-{project['version']}"
    points = "".join(
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in entries.items())
        for group, entries in project["entry-points"].items()
    )
    needs = "".join(f"Requires-Dist: {each}\n" for each in project["dependencies"])
    about = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n{needs}"
    files = {
        str(path.relative_to(source / "src")): path.read_bytes() for path in sorted((source / "src").rglob("*.py"))
    } | {
        f"{stem}.dist-info/METADATA": about.encode(),
        f"{stem}.dist-info/WHEEL": b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{stem}.dist-info/entry_points.txt": points.encode(),
    }
    record = "".join(f"{name},{_digest(content)},{len(content)}\n" for name, content in files.items())
    files[f"{stem}.dist-info/RECORD"] = f"{record}{stem}.dist-info/RECORD,,\n".encode()
    wheel = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return wheel


def _digest(content: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")


def install(wheel: Path, target: Path) -> None:
    """What an installer does with a wheel of pure Python: unpack it."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
