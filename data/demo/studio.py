"""What the demo company made its own in the studio: own fields of records, and rules for grades."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from core.access import Who
from core.customers import CustomerInput
from core.definitions import CUSTOMER, OPPORTUNITY
from core.fields import Field, Kind
from core.studio import Area
from data.commands.customers import edit_customer
from data.commands.studio import publish
from data.commands.studio_fields import keep_field
from data.commands.studio_lists import keep_grade_rules
from data.engine import Store
from data.schema import Customer

ERP = Field(
    "own_erp_in_use",
    Kind.CHOICE,
    required=False,
    choices=("u8", "sap", "none"),
    label={"en": "ERP in use", "zh": "现用 ERP"},
    choice_labels={
        "u8": {"en": "Yonyou U8", "zh": "用友 U8"},
        "sap": {"en": "SAP", "zh": "SAP"},
        "none": {"en": "None", "zh": "没有"},
    },
    types=(CUSTOMER,),
)
ARCHITECT = Field(
    "own_solution_architect",
    Kind.PERSON,
    required=False,
    label={"en": "Solution architect", "zh": "方案架构师"},
    types=(OPPORTUNITY,),
)
RULES = {
    "A": "amount_open >= 1500000 and high_value_tags >= 3",
    "B": "amount_open >= 800000 and days_since_contact <= 14",
    "C": "open_opportunities >= 1",
}
FILLED = 12  # customers of whom it is known
AGO = timedelta(days=20)


def make_own(store: Store, director: Who, rep: Who, now: datetime) -> None:
    """Publish fields and rules, and fill the field for some of a rep's customers."""
    then = now - AGO
    store.clock = lambda: then
    for field in (ERP, ARCHITECT):
        keep_field(store, director, field)
    publish(store, director, Area.FIELDS, "实施排期要先知道客户现状")
    keep_grade_rules(store, director, RULES)
    publish(store, director, Area.GRADES, "评级要有依据，不凭感觉")
    query = (
        select(Customer)
        .where(Customer.owner_id == rep.person_id, Customer.created_at < then)
        .order_by(Customer.id)
        .limit(FILLED)
    )
    with store.reading() as session:
        known = [(c.id, c.version, _as_it_is(c)) for c in session.scalars(query)]
    for n, (key, version, values) in enumerate(known):
        filled = {ERP.key: ERP.choices[n % len(ERP.choices)]}
        edit_customer(store, rep, key, replace(values, fields=filled), version)


def _as_it_is(c: Customer) -> CustomerInput:
    return CustomerInput(c.name, c.industry, c.segment, c.region, note=c.note)
