"""What people want the assistant to know about them."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from croncierge.errors import InvalidInput, NotFound
from store import limits
from store.matching import score, significant
from store.permissions import acting_user
from store.session import Store
from store.tables import Fact
from store.values import Actor

_LONGEST = 500
_MOST = 100


@dataclass(frozen=True, kw_only=True)
class FactInfo:
    """Something that a person said is so. created_at: aware UTC."""

    id: int
    text: str
    created_at: datetime


def remember(store: Store, actor: Actor, text: str) -> FactInfo:
    """Keep a fact; one that is known already is not kept twice. Raises InvalidInput for a text out of its limits."""
    text = limits.one_line("fact", text, _LONGEST)
    with store.write() as session:
        user = acting_user(session, actor)
        known = _facts(session, actor)
        for fact in known:
            if fact.text.casefold() == text.casefold():
                return fact
        if len(known) >= _MOST:
            raise InvalidInput(f"I know {_MOST} things about you already; let me forget one first.", field="fact")
        row = Fact(user_id=user.id, text=text, created_at=store.clock.now())
        session.add(row)
        session.flush()
        return _info(row)


def list_facts(store: Store, actor: Actor) -> list[FactInfo]:
    """What the actor wants to be known, oldest first."""
    with store.read() as session:
        acting_user(session, actor)
        return _facts(session, actor)


def forget(store: Store, actor: Actor, words: str) -> list[FactInfo]:
    """Delete the fact that the words mean, or all of them for "all"; what that was.

    Raises NotFound when there is none like that, InvalidInput when the words could mean several.
    """
    with store.write() as session:
        acting_user(session, actor)
        known = _facts(session, actor)
        gone = known if words.strip().casefold() in ("all", "everything") else _meant(known, words)
        for fact in gone:
            session.delete(session.get_one(Fact, fact.id))
    return gone


def _meant(known: list[FactInfo], words: str) -> list[FactInfo]:
    wanted = significant(words)
    found = [fact for fact in known if score(fact.text, wanted, misspelt=True)]
    if not found:
        raise NotFound(f"I know nothing about you like “{words}”; ask what I know.", field="fact")
    if len(found) > 1:
        choices = "; ".join(f"“{fact.text}”" for fact in found[:5])
        raise InvalidInput(f"“{words}” could be several things that I know: {choices}. Say more of it.", field="fact")
    return found


def _facts(session: Session, actor: Actor) -> list[FactInfo]:
    rows = session.exec(select(Fact).where(Fact.user_id == actor.user_id).order_by(col(Fact.id))).all()
    return [_info(row) for row in rows]


def _info(row: Fact) -> FactInfo:
    if row.id is None:
        raise ValueError("a fact that was never stored has no value")
    return FactInfo(id=row.id, text=row.text, created_at=row.created_at)
