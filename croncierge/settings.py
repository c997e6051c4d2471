"""What a person can set: through `CRONCIERGE_…` in the environment or in a file; options of a command come first."""

import getpass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from platformdirs import user_config_path, user_data_path
from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from croncierge.errors import InvalidInput

_APP = "croncierge"
Effort = Literal["minimal", "low", "medium", "high"]


def data_folder() -> Path:
    """Where this person's database, history and log live."""
    return user_data_path(_APP, appauthor=False)


def settings_file() -> Path:
    """The file that is read besides the environment: lines like `CRONCIERGE_MODEL=gpt-5`."""
    return user_config_path(_APP, appauthor=False) / "settings.env"


def _default_db() -> str:
    return f"sqlite:///{data_folder() / 'croncierge.db'}"


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container may run as a user without a name
        return "me"


class Settings(BaseSettings):
    """Every setting, with its default. Read once, where a program starts."""

    model_config = SettingsConfigDict(env_prefix="CRONCIERGE_", env_ignore_empty=True, extra="ignore", frozen=True)

    db: str = Field(default_factory=_default_db, description="URL of the database.")
    user: str = Field(default_factory=_login_name, description="On whose behalf to act.")
    timezone: str | None = Field(
        None, description="IANA name of the time zone of people who never said theirs; else the machine's."
    )
    model: str | None = Field(
        None, description="Name of the language model; without one the built-in model serves, offline."
    )
    base_url: str | None = Field(
        None,
        description="Address of a server that speaks OpenAI's protocol.",
        validation_alias=AliasChoices("base_url", "CRONCIERGE_BASE_URL", "OPENAI_BASE_URL"),
    )
    api_key: SecretStr | None = Field(
        None,
        description="Key for the language model.",
        validation_alias=AliasChoices("api_key", "CRONCIERGE_API_KEY", "OPENAI_API_KEY"),
    )
    task_model: str | None = Field(
        None, description="Language model of AI tasks; else the one of conversations. Pinned on a task when it is made."
    )
    goal_model: str | None = Field(None, description="Language model that plans goals; else the one of AI tasks.")
    front: bool = Field(
        True,
        description="Let the built-in model answer what it is certain of, and the language model only the rest.",
    )
    temperature: float | None = Field(None, ge=0, le=2, description="How freely the language model answers, 0 to 2.")
    reasoning_effort: Effort | None = Field(
        None, description="How long a reasoning model thinks: minimal, low, medium or high."
    )
    answer_tokens: int | None = Field(None, ge=1, description="The most tokens of one answer of the language model.")
    task_temperature: float | None = Field(None, ge=0, le=2, description="The same for AI tasks.")
    task_reasoning_effort: Effort | None = Field(None, description="The same for AI tasks.")
    task_answer_tokens: int | None = Field(None, ge=1, description="The same for AI tasks.")
    goal_temperature: float | None = Field(None, ge=0, le=2, description="The same for planning goals.")
    goal_reasoning_effort: Effort | None = Field(None, description="The same for planning goals.")
    goal_answer_tokens: int | None = Field(None, ge=1, description="The same for planning goals.")
    day_tokens: int = Field(1_000_000, ge=0, description="The most tokens of one person's AI tasks in a day (UTC).")
    day_dollars: float = Field(5.0, ge=0, description="The most that they may cost in a day.")
    month_tokens: int = Field(10_000_000, ge=0, description="The most tokens of one person's AI tasks in a month.")
    month_dollars: float = Field(50.0, ge=0, description="The most that they may cost in a month.")
    model_timeout: float = Field(60.0, gt=0, description="Seconds to wait for an answer of the language model.")
    connectors: Path = Field(
        default_factory=lambda: user_config_path(_APP, appauthor=False) / "connectors.toml",
        description="File in which the operator says what tasks may do.",
    )
    run_logs: str = Field(
        default_factory=lambda: str(data_folder() / "runs"),
        description="Folder, or URL known to fsspec, of logs that are too long for the database.",
    )
    keep_days: int = Field(
        90, ge=0, description="For how many days ended runs are kept, with all that belongs to them; 0 for ever."
    )
    keep_runs: int | None = Field(None, ge=1, description="At most so many runs of a task are kept.")
    archive: Path | None = Field(None, description="Folder to which runs are written before they are removed.")
    workers: int = Field(8, ge=1, le=1_000, description="How many runs execute at the same time in one process.")
    per_user: int | None = Field(
        None, ge=1, description="How many runs of one person execute at the same time, everywhere."
    )
    watch_folders: str = Field(
        default_factory=lambda: str(Path.home()),
        description="Folders whose files may start tasks, with what is below them, separated as in PATH.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="What goes into the log file.")
    debug: bool = Field(False, description="Show the traceback of an unexpected error.")

    @property
    def log_file(self) -> Path:
        return data_folder() / "croncierge.log"

    @property
    def history_file(self) -> Path:
        return data_folder() / "history"


def load_settings(**given: Any) -> Settings:
    """The settings; what is given and not None comes before the environment, and that before the file.

    Raises InvalidInput naming the setting that cannot be.
    """
    try:
        return Settings(
            _env_file=settings_file(), **{name: value for name, value in given.items() if value is not None}
        )
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        variable = name if name.isupper() else f"CRONCIERGE_{name.upper()}"
        raise InvalidInput(
            f"The setting {variable} cannot be {first['input']!r}: {first['msg'].lower()}.", field=name.lower()
        ) from error


@cache
def variables() -> dict[str, str]:
    """Every setting's variable, with what it is for."""
    return {f"CRONCIERGE_{name.upper()}": str(field.description) for name, field in Settings.model_fields.items()}
