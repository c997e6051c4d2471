"""`users`: people, who of them are administrators, and whose accounts are switched off."""

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from interfaces.cli.options import Common
from interfaces.output import put, put_json, put_markdown

if TYPE_CHECKING:
    from store.session import Store
    from store.values import Actor, UserInfo

_VIA = "cli"

Name = Annotated[str, typer.Argument(metavar="NAME", help="Who.")]


def list_users(common: Common) -> None:
    """List everybody. Like all of `users`, this is for administrators.

    \b
    croncierge users list
    """
    from store import operations
    from tools.wording import table

    with common.app() as app:
        found = operations.list_users(app.store, app.actor(_VIA))
        if common.as_json:
            put_json([_view(each) for each in found])
            return
        rows = [(each.name, _state(each), f"{each.tasks}", f"{each.created_at:%Y-%m-%d}") for each in found]
        put_markdown(table(("Name", "Account", "Active tasks", "Since"), rows))


def add_user(common: Common, name: Name) -> None:
    """Make a user."""
    from store import operations

    _change(common, lambda store, actor: operations.add_user(store, actor, name))


def disable_user(common: Common, name: Name) -> None:
    """Switch an account off: what runs for it is called off, what comes due is skipped, until it is enabled.

    \b
    croncierge users disable bob
    """
    from store import operations

    _change(common, lambda store, actor: operations.disable_user(store, actor, name))


def enable_user(common: Common, name: Name) -> None:
    """Switch an account on again; its tasks go on with what is due next."""
    from store import operations

    _change(common, lambda store, actor: operations.enable_user(store, actor, name))


def set_admin(
    common: Common,
    name: Name,
    remove: Annotated[bool, typer.Option("--remove", help="No longer an administrator.")] = False,
) -> None:
    """Make somebody an administrator. As long as there is none, you may make yourself one.

    \b
    croncierge users admin ann
    croncierge users admin ann --remove
    """
    from store import operations

    _change(common, lambda store, actor: operations.set_admin(store, actor, name, not remove))


def _change(common: Common, change: "Callable[[Store, Actor], UserInfo]") -> None:
    with common.app() as app:
        changed = change(app.store, app.actor(_VIA))
        if common.as_json:
            put_json(_view(changed))
        else:
            put(f"{changed.name}: {_state(changed)}.")


def _view(user: "UserInfo") -> dict[str, object]:
    return {**asdict(user), "id": str(user.id), "created_at": user.created_at.isoformat()}


def _state(user: "UserInfo") -> str:
    return f"{'administrator' if user.is_admin else 'user'}{'' if user.is_active else ', switched off'}"
