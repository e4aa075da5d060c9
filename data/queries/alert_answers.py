"""When a customer last took part: what ends a silence, and what answers a quote (PRODUCT.md A3).

The same touches that the forecast's factors take as two-way (`data.queries.forecast_signals`): the
customer's own mail, chat, call or document view; meetings; calls of three minutes or more; video meetings
and downloads that another system tells of. A download ends a silence and answers no quote.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from core.forecast.factors import LEAST_TALK_MINUTES
from data.schema import Interaction, Opportunity, Signal
from data.schema.types import Instant

_TWO_WAY = ("meeting", "video_meeting")
_SPOKEN, _SEEN = "video_meeting", "document_download"  # signals in which the customer took part

Answers = tuple[datetime | None, datetime | None]  # latest sign of life, latest word


def latest_answers(
    session: Session, among: ColumnElement[bool], chosen: Mapping[str, Any]
) -> dict[int, Answers]:
    """By opportunity, when its customer last took part, and when last in a way that answers a quote.

    Args:
        among: condition on `Opportunity`; `chosen` holds its parameters.
    """
    return {row[0]: (row[1], row[2]) for row in session.execute(_latest(among), dict(chosen))}


@lru_cache
def _latest(among: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    long_call = and_(Interaction.kind == "call", Interaction.duration_seconds >= LEAST_TALK_MINUTES * 60)
    two_way = or_(Interaction.direction == "inbound", Interaction.kind.in_(_TWO_WAY), long_call)
    touched = (
        select(Opportunity.id.label("of"), Interaction.happened_at.label("at"), literal(1).label("spoken"))
        .join(Interaction, and_(Interaction.customer_id == Opportunity.customer_id, two_way))
        .where(among)
    )
    told = (
        select(Opportunity.id, Signal.happened_at, case((Signal.kind == _SPOKEN, 1), else_=0))
        .join(Signal, Signal.customer_id == Opportunity.customer_id)
        .where(Signal.kind.in_((_SPOKEN, _SEEN)), Signal.voided_at.is_(None), among)
    )
    both = union_all(touched, told).subquery()
    word = case((both.c.spoken == 1, both.c.at))
    return select(both.c.of, func.max(both.c.at), func.max(word, type_=Instant())).group_by(both.c.of)
