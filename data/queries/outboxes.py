"""The outboxes: tables of things that are tried until they are done, and what was given up of them (P10)."""

from collections.abc import Mapping
from dataclasses import dataclass

from data.schema import Delivery, GroupStep, JobRun, WebhookDelivery


@dataclass(frozen=True, slots=True)
class Outbox:
    """A table of things that are tried until they are done.

    Attributes:
        dead: the state of what was given up; let_be: of what is not to be tried any more.
    """

    table: type[Delivery] | type[WebhookDelivery] | type[GroupStep] | type[JobRun]
    dead: str = "dead"
    let_be: str = "off"


OUTBOXES: Mapping[str, Outbox] = {
    "message": Outbox(Delivery),
    "webhook": Outbox(WebhookDelivery),
    "group": Outbox(GroupStep),
    "job": Outbox(JobRun, "failed", "dropped"),
}
