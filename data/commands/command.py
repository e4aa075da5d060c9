"""What every command is: allowed, one transaction, one audit row, once per key.

A command is a function `(tx, …) -> result` under `@command(name, needs=…)`. Calling it as
`command(store, who, …)` checks the permission, opens the transaction, and refuses to commit
without exactly one audit row. `command.once(store, who, key, …)` returns the first call's result
when the key was used before.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from inspect import signature
from pathlib import Path
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, cast

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.access import Permission, Reach, Who, reach
from core.messages import Conflict, NotAllowed
from core.policies import Policy
from core.storable import storable
from data.engine import Store
from data.queries.policies import policy_in_force
from data.schema import Audit, Receipt

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(slots=True)
class Tx:
    """One command's transaction.

    Attributes:
        reach: how far `who` may use the command's permission.
        now: the instant of the command, UTC.
        audited: the audit row, once written.
    """

    session: Session
    who: Who
    reach: Reach
    now: datetime
    policy: Policy
    files: Path
    command: str
    audited: Audit | None = None

    def audit(
        self,
        entity: str,
        entity_id: int | None,
        before: Any = None,
        after: Any = None,
        undoes_id: int | None = None,
    ) -> Audit:
        """Leave the command's audit row; a command writes exactly one."""
        assert self.audited is None, f"{self.command} audits twice"
        self.audited = Audit(
            at=self.now,
            actor_id=self.who.person_id,
            command=self.command,
            entity=entity,
            entity_id=entity_id,
            before=before,
            after=after,
            undoes_id=undoes_id,
        )
        self.session.add(self.audited)
        return self.audited


@dataclass(frozen=True, slots=True)
class Command(Generic[P, R]):
    """A registered command; see the module's docstring."""

    name: str
    needs: Permission
    run: Callable[Concatenate[Tx, P], R]

    def __call__(self, store: Store, who: Who, *args: P.args, **kwargs: P.kwargs) -> R:
        """Carry the command out.

        Raises:
            NotAllowed: the role lacks the permission.
            Invalid, NotFound, Conflict: as the command says; nothing is written then.
        """
        try:
            return self._in_transaction(store, who, None, *args, **kwargs)
        except IntegrityError as error:  # two hands took the same unique name at once
            raise Conflict from error

    def once(self, store: Store, who: Who, key: str, *args: P.args, **kwargs: P.kwargs) -> R:
        """Carry the command out unless `key` was used before; then return that first result.

        The result must be JSON (an id, a list of ids), since it is kept with the key.
        """
        owned = f"{who.person_id}:{self.name}:{key}"
        try:
            return self._in_transaction(store, who, owned, *args, **kwargs)
        except IntegrityError as error:
            with store.writing() as session:
                receipt = session.get(Receipt, owned)
                if receipt is None:
                    raise Conflict from error
                return cast(R, receipt.result)

    def _in_transaction(
        self, store: Store, who: Who, key: str | None, *args: P.args, **kwargs: P.kwargs
    ) -> R:
        granted = reach(who, self.needs)
        if granted is None:
            raise NotAllowed(permission=self.needs)
        with store.writing() as session:
            if key and (receipt := session.get(Receipt, key)):
                return cast(R, receipt.result)
            now = store.clock()
            tx = Tx(session, who, granted, now, policy_in_force(session), store.files, self.name)
            claimed = self._claim(tx, key) if key else None
            run: Callable[..., R] = self.run
            result = run(tx, *self._told(args), **{k: storable(k, v) for k, v in kwargs.items()})
            assert tx.audited is not None, f"{self.name} left no audit row"
            if claimed:
                claimed.result = result
            return result

    def _told(self, args: tuple[Any, ...]) -> list[Any]:
        """Arguments by position, each under its name."""
        names = [name for name in signature(self.run).parameters][1:]
        return [storable(names[min(n, len(names) - 1)], value) for n, value in enumerate(args)]

    def _claim(self, tx: Tx, key: str) -> Receipt:
        receipt = Receipt(key=key, command=self.name, person_id=tx.who.person_id, at=tx.now)
        tx.session.add(receipt)
        tx.session.flush()  # a second claimant fails here, or waits until the first is done
        return receipt


COMMANDS: dict[str, Command[..., Any]] = {}


def command(name: str, *, needs: Permission) -> Callable[[Callable[Concatenate[Tx, P], R]], Command[P, R]]:
    """Register a function as the command `name`."""

    def register(run: Callable[Concatenate[Tx, P], R]) -> Command[P, R]:
        assert name not in COMMANDS, f"{name} is registered twice"
        made = Command(name, needs, run)
        COMMANDS[name] = made
        return made

    return register
