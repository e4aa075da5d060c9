"""Jobs: one row per job and due time, so that several instances run each once (PRODUCT.md P9)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, Keyed


class JobRun(Keyed, Base):
    """One run of a job.

    `key` tells apart runs of one job that are due together (a team, a recording); "" for one of a
    kind. `state` is waiting, running, done or failed. `leased_until` as in the outbox: a run whose
    lease ran out is taken up again.
    """

    __tablename__ = "job_run"
    __table_args__ = (UniqueConstraint("job", "key", "due_at"), Index(None, "state", "due_at"))

    job: Mapped[str]
    key: Mapped[str] = mapped_column(default="")
    due_at: Mapped[datetime]
    params: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    progress: Mapped[str | None]  # what the running job last said of itself
    error: Mapped[str | None]
