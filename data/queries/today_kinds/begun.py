"""Records that were begun and not submitted."""

from sqlalchemy import select

from data.queries.drafts import touched
from data.queries.today_kinds.asked import Asked, Group, Kind, ToDo
from data.schema import Customer, Draft


def drafts(asked: Asked, most: int) -> Group:
    """Records that were begun and not submitted."""
    drafts = asked.session.scalars(
        select(Draft)
        .where(
            Draft.person_id == asked.who.person_id,
            Draft.kind == "action",
            Draft.body["sent"].as_string().is_(None),
        )
        .order_by(Draft.updated_at.desc(), Draft.id.desc())
    )
    begun = [d for d in drafts if touched(d.body)]
    values = {d.id: d.body.get("values") or {} for d in begun}
    ids = {v["customer"] for v in values.values() if v.get("customer")}
    named = asked.session.execute(select(Customer.id, Customer.name).where(Customer.id.in_(ids)))
    names = {row.id: row.name for row in named}
    todos = tuple(
        ToDo(
            Kind.DRAFT,
            d.id,
            customer_id=values[d.id].get("customer"),
            customer=names.get(values[d.id].get("customer")),
            type=values[d.id].get("type"),
            at=d.updated_at,
        )
        for d in begun[:most]
    )
    return Group(Kind.DRAFT, len(begun), todos)
