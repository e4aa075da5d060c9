"""What can be imported and exported: the kinds, their columns, and the words that files use for them."""

# ruff: noqa: E501 - tables of words read better in long lines
# fmt: off

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from core.definitions import CUSTOMER, OPPORTUNITY, RECORDS
from core.fields import Field
from core.process.actions import FIELDS, REACTIONS, RESOLUTIONS
from core.process.stages import STAGES, Gap
from core.terms import (
    DIRECTIONS,
    INTERACTION_KINDS,
    SEGMENTS,
    SIGNAL_KINDS,
    ActionStatus,
    DecisionRole,
    Grade,
    Outcome,
    Role,
)


class Holds(StrEnum):
    """What a column's cells hold."""

    TEXT = "text"
    COUNT = "count"  # whole, not negative
    AMOUNT = "amount"  # Decimal
    DATE = "date"
    INSTANT = "instant"  # UTC; a date alone is the start of its day
    CHOICE = "choice"
    STAGE = "stage"  # of the pipeline that the row follows; `choices` are those of Firebreak's own
    FLAG = "flag"
    LIST = "list"  # separated by ; or |
    PEOPLE = "people"  # "Wang Lei (decision_maker); Li Na (buyer)"
    SPANS = "spans"  # "2026-03-04 10:00/2026-03-04 11:30 (asked for data)"; without an end it still runs


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a kind.

    Attributes:
        name: the field's name in our own files, in mappings and in problems.
        words: other headers that mean the same, in English and Chinese.
        choices: keys that a CHOICE allows; of a FLAG its yes and no.
        area: catalogue area `terms.<area>` whose words mean those keys.
        person: whether its cells name somebody who works here.
        names, choice_names: of a company's own field and of its choices, by language.
    """

    name: str
    holds: Holds = Holds.TEXT
    words: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    area: str = ""
    person: bool = False
    names: Mapping[str, str] | None = None
    choice_names: Mapping[str, Mapping[str, str]] | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file.

    Attributes:
        needed: groups of columns; of each group at least one must be in the file.
        keys: column groups that name a record; the first that a row fills is its key.
        told: columns that an export adds for its reader and an import passes over.
    """

    name: str
    columns: tuple[Column, ...]
    needed: tuple[tuple[str, ...], ...]
    keys: tuple[tuple[str, ...], ...] = (("ref",),)
    told: tuple[str, ...] = ()

    def column(self, name: str) -> Column | None:
        """The column of that name; None when the kind has no such column."""
        return next((c for c in self.columns if c.name == name), None)


def _ref(*words: str) -> Column:
    return Column("ref", words=("id", "external id", "reference", "编号", "外部编号", *words))


_OWNER = Column("owner", words=("sales rep", "salesperson", "sales person", "sales agent", "seller", "account manager", "account exec", "account executive", "rep", "assigned to", "opportunity owner", "deal owner", "account owner", "负责人", "销售负责人", "客户负责人", "客户经理", "负责销售", "销售", "归属人", "所有人", "业务员", "销售人员", "跟进人", "跟进人员"), person=True)
_CUSTOMER = Column("customer", words=("account", "company", "client", "customer name", "account name", "客户", "所属客户", "所属公司", "客户名称", "客户全称", "公司", "公司全称", "单位名称", "account no", "account number", "account id", "client id", "client no", "customer id", "customer no", "客户编码", "客户编号"))
_OPPORTUNITY = Column("opportunity", words=("opportunity id", "opportunity no", "opp id", "opp no", "deal", "deal id", "deal no", "case", "case id", "商机", "商机编号", "案例"))
_RECORDED = Column("recorded_at", Holds.INSTANT, ("recorded at", "entered at", "record time", "录入时间", "登记时间"))
_PIPELINE = Column("pipeline", words=("sales process", "销售流程", "流程", "管道"))
_ROLES = tuple(DecisionRole)

USERS = Kind(
    "users",
    (
        _ref("user id", "工号"),
        Column("username", words=("user name", "login", "account name", "user", "用户名", "账号", "登录名")),
        Column("name", words=("full name", "user", "employee", "sales agent", "姓名", "员工", "成员")),
        Column("role", Holds.CHOICE, ("position", "job title", "job", "job role", "user role", "sales role", "角色", "岗位", "职位", "职务", "岗位名称", "职务名称", "系统角色"), tuple(Role), "role"),
        Column("team", words=("sales team", "group", "department", "dept", "团队", "销售团队", "所属团队", "部门", "所属部门", "小组")),
        Column("region", words=("regional office", "area", "territory", "区域", "大区", "地区", "片区")),
        Column("email", words=("mail", "e-mail", "email address", "work email", "company email", "business email", "邮箱", "企业邮箱", "工作邮箱", "公司邮箱", "电子邮箱", "电子邮件", "邮件")),
        Column("wecom_id", words=("wecom userid", "wecom id", "wework userid", "企业微信 userid", "企业微信账号", "企微账号")),
        Column("dingtalk_id", words=("dingtalk userid", "dingtalk id", "钉钉 userid", "钉钉账号")),
        Column("feishu_id", words=("feishu user_id", "feishu id", "lark user_id", "飞书 user_id", "飞书账号")),
        Column("manager", words=("team lead", "supervisor", "reports to", "主管", "上级", "经理")),
        Column("language", Holds.CHOICE, ("locale", "语言"), ("en", "zh"), "language"),
        Column("active", Holds.FLAG, ("enabled", "employment status", "启用", "在职", "在职状态"), ("yes", "no"), "sign_in"),
        Column("created_at", Holds.INSTANT, ("created", "created at", "创建时间")),
    ),
    needed=(("name",),),
    keys=(("username",), ("name",)),
)

CUSTOMERS = Kind(
    "customers",
    (
        _ref("customer id", "customer no", "cust no", "client id", "client no", "account id", "account no", "account number", "客户编号", "客户编码"),
        Column("name", words=("customer", "account", "company", "customer name", "account name", "client", "client name", "客户", "客户名称", "客户全称", "公司", "公司名称", "公司全称", "单位名称", "名称")),
        Column("industry", words=("sector", "branch", "vertical", "行业", "所属行业"), area="industry"),
        Column("segment", Holds.CHOICE, ("size", "company size", "规模", "客户规模", "公司规模", "企业规模", "客户分级"), SEGMENTS, "segment"),
        Column("region", words=("office location", "country", "country region", "location", "area", "province", "区域", "地区", "所在地区", "省份", "片区")),
        Column("grade", Holds.CHOICE, ("rating", "class", "tier", "abc", "abc class", "等级", "客户等级", "评级", "级别", "客户级别"), tuple(Grade)),
        Column("graded_at", Holds.INSTANT, ("graded at", "评级时间")),
        _OWNER,
        Column("note", words=("notes", "remark", "comment", "description", "备注", "说明")),
        Column("tags", Holds.LIST, ("labels", "标签"), area="tag"),
        Column("created_at", Holds.INSTANT, ("created", "created at", "created on", "customer since", "client since", "recorded at", "entered at", "entered on", "创建时间", "创建日期", "建档时间", "建档日期", "录入时间", "录入日期", "登记时间", "登记日期")),
    ),
    needed=(("name",),),
    keys=(("ref",), ("name",)),
)

CONTACTS = Kind(
    "contacts",
    (
        _ref("contact id", "联系人编号"),
        _CUSTOMER,
        Column("name", words=("contact", "contact name", "contact person", "full name", "person", "姓名", "联系人", "联系人姓名")),
        Column("title", words=("job title", "position", "职位", "职务", "岗位", "头衔")),
        Column("decision_role", Holds.CHOICE, ("decision role", "buying role", "决策角色", "决策身份"), _ROLES, "decision_role"),
        Column("phone", words=("mobile", "telephone", "phone number", "phone no", "tel", "电话", "手机", "手机号", "联系电话")),
        Column("email", words=("mail", "e-mail", "email address", "work email", "company email", "business email", "邮箱", "企业邮箱", "工作邮箱", "公司邮箱", "电子邮箱", "电子邮件", "邮件")),
    ),
    needed=(("customer",), ("name",)),
    keys=(("ref",), ("customer", "name", "phone", "email")),
)

OPPORTUNITIES = Kind(
    "opportunities",
    (
        _ref("opportunity id", "opportunity_id", "deal id", "opportunity no", "opp id", "opp no", "deal no", "case", "case id", "商机编号", "商机id", "项目编号"),
        Column("name", words=("opportunity", "opportunity name", "opp name", "deal", "deal name", "topic", "商机", "商机名称", "项目名称")),
        _CUSTOMER,
        _OWNER,
        Column("product", words=("product name", "item", "产品", "产品名称", "意向产品")),
        _PIPELINE,
        Column("stage", Holds.STAGE, ("deal stage", "sales stage", "phase", "阶段", "销售阶段", "商机阶段", "项目阶段", "当前阶段", "所处阶段", "进展"), STAGES, "stage"),
        Column("stage_since", Holds.INSTANT, ("at this stage since", "in stage since", "stage entered", "stage entered at", "stage start date", "date entered stage", "date entered current stage", "last stage change date", "stage changed at", "进入阶段时间", "进入当前阶段时间", "进入阶段日期", "阶段开始时间", "阶段更新时间", "阶段变更时间")),
        Column("outcome", Holds.CHOICE, ("result", "win loss", "结果", "状态", "输赢"), tuple(Outcome), "outcome"),
        Column("amount", Holds.AMOUNT, ("value", "deal value", "close value", "revenue", "expected revenue", "price", "金额", "商机金额", "项目金额", "预计金额", "预算金额", "合同金额")),
        Column("currency", words=("currency code", "币种", "货币")),
        Column("opened_at", Holds.INSTANT, ("opened", "opened at", "opened on", "open date", "engage date", "start", "created", "created at", "created on", "created date", "create date", "start date", "开始时间", "开始日期", "创建时间", "创建日期", "立项时间", "立项日期")),
        Column("closed_at", Holds.INSTANT, ("closed", "closed at", "closed on", "closed date", "close date", "actual close", "actual close date", "end", "end date", "成交时间", "关闭时间", "结束时间", "成交日期", "实际成交日期", "实际签约日期")),
        Column("close_on", Holds.DATE, ("expected close", "expected close date", "expected signing", "expected signing date", "close on", "forecast close", "exp close", "exp close date", "estimated close", "estimated close date", "预计成交日期", "预计结单日期", "预计签约日期", "预计签单日期", "预计签单时间", "预计签单")),
        _RECORDED,
    ),
    needed=(("ref", "name"),),
    keys=(("ref",), ("customer", "name")),
    told=("present_stage",),
)

STAGE_CHANGES = Kind(
    "stage_changes",
    (
        _OPPORTUNITY,
        Column("stage", Holds.STAGE, ("activity", "event", "status", "new stage", "阶段", "活动", "事件"), STAGES, "stage"),
        Column("at", Holds.INSTANT, ("time", "timestamp", "date", "happened at", "changed at", "complete timestamp", "时间", "时间戳", "发生时间", "变更时间")),
        _PIPELINE,
        Column("position", Holds.COUNT, ("stage position", "阶段顺序")),
        Column("gap", Holds.CHOICE, ("not told", "未说明"), tuple(Gap), "gap"),
        _RECORDED,
    ),
    needed=(("opportunity",), ("stage",), ("at",)),
    keys=(("opportunity", "stage", "at"),),
)

_HOLDS = {"long_text": Holds.TEXT, "money": Holds.AMOUNT, "number": Holds.AMOUNT, "person": Holds.TEXT, "customer": Holds.TEXT}
_CHOICES = {"reaction": (REACTIONS, "reaction"), "resolution": (RESOLUTIONS, "resolution")}


def _action_columns() -> tuple[Column, ...]:
    """One column for each field of the action types; fields of the same name share theirs."""
    found: dict[str, Column] = {}
    for field in (f for fields in FIELDS.values() for f in fields):
        choices, area = _CHOICES.get(field.key, ((), ""))
        if field.kind == "people":
            choices, area = _ROLES, "decision_role"
        holds = _HOLDS.get(str(field.kind)) or Holds(str(field.kind))
        found[field.key] = Column(field.key, holds, choices=choices, area=area)
    return tuple(found.values())


ACTIONS = Kind(
    "actions",
    (
        _ref("action id", "动作编号"),
        _OPPORTUNITY,
        Column("type", Holds.CHOICE, ("action", "action type", "activity type", "动作", "动作类型", "类型", "跟进类型", "跟进方式"), STAGES, "stage"),
        Column("status", Holds.CHOICE, ("state", "状态"), tuple(ActionStatus), "status"),
        replace(_OWNER, words=(*_OWNER.words, "user", "done by", "performed by", "执行人")),
        Column("planned_for", Holds.INSTANT, ("planned for", "planned time", "计划时间")),
        Column("started_at", Holds.INSTANT, ("start", "started at", "start time", "date", "activity date", "visit date", "开始时间", "日期", "跟进时间", "跟进日期", "拜访时间", "拜访日期")),
        Column("ended_at", Holds.INSTANT, ("end", "ended at", "end time", "结束时间")),
        Column("cancelled_at", Holds.INSTANT, ("cancelled at", "取消时间")),
        Column("cancel_reason", words=("cancel reason", "取消原因")),
        Column("note", words=("notes", "remark", "备注")),
        Column("summary", words=("voice summary", "subject notes", "what happened", "小结", "纪要", "语音小结", "跟进内容", "沟通内容", "拜访内容")),
        Column("recording", words=("audio", "录音")),
        Column("transcript", words=("transcription", "转写", "转写文字")),
        Column("follows", words=("previous action", "follow up of", "上一动作", "关联记录")),
        Column("outcome", Holds.CHOICE, ("result", "结果"), tuple(Outcome), "outcome"),
        Column("next_type", Holds.CHOICE, ("next step", "next action", "下一步", "下一步动作"), STAGES, "stage"),
        Column("next_at", Holds.INSTANT, ("next step at", "next time", "下一步时间")),
        Column("next_note", words=("next step note", "下一步说明")),
        *_action_columns(),
        Column("currency", words=("currency code", "币种")),
        _RECORDED,
    ),
    needed=(("opportunity",), ("type",)),
    keys=(("ref",), ("opportunity", "type", "started_at", "planned_for")),
)

INTERACTIONS = Kind(
    "interactions",
    (
        _ref("interaction id", "activity id", "activity no", "互动编号", "跟进编号"),
        _CUSTOMER,
        _OPPORTUNITY,
        Column("contact", words=("contact name", "contact person", "person", "联系人", "联系人姓名")),
        Column("kind", Holds.CHOICE, ("type", "channel", "activity type", "contact method", "方式", "互动方式", "渠道", "跟进方式", "沟通方式", "跟进类型", "拜访方式", "类型"), INTERACTION_KINDS, "interaction"),
        Column("direction", Holds.CHOICE, ("方向", "发起方"), DIRECTIONS, "direction"),
        Column("happened_at", Holds.INSTANT, ("time", "date", "at", "happened at", "activity date", "visit date", "时间", "发生时间", "日期", "跟进时间", "跟进日期", "沟通时间", "沟通日期", "拜访时间", "拜访日期")),
        Column("duration_seconds", Holds.COUNT, ("duration", "talk time", "duration minutes", "duration min", "duration mins", "duration hours", "duration h", "minutes", "call duration", "talk minutes", "call minutes", "时长", "通话时长", "通话秒数", "时长分钟", "时长分", "时长小时", "通话时长分钟", "沟通时长", "沟通时长分钟", "分钟数", "通话分钟数")),
        Column("questions", Holds.COUNT, ("question count", "提问数", "客户提问数")),
        Column("subject", words=("topic", "title", "subject notes", "notes", "summary", "description", "what happened", "主题", "标题", "内容", "跟进内容", "沟通内容", "拜访内容", "跟进记录")),
        _RECORDED,
    ),
    needed=(("customer",), ("kind",), ("direction",), ("happened_at",)),
    keys=(("ref",), ("customer", "kind", "happened_at")),
)

SIGNALS = Kind(
    "signals",
    (
        _ref("signal id", "信号编号"),
        _CUSTOMER,
        _OPPORTUNITY,
        Column("kind", Holds.CHOICE, ("type", "signal", "信号", "信号类型", "类型"), SIGNAL_KINDS, "signal"),
        Column("value", Holds.AMOUNT, ("number", "measure", "数值", "值")),
        Column("happened_at", Holds.INSTANT, ("time", "date", "at", "happened at", "时间", "发生时间", "日期")),
        Column("source", words=("origin", "reported by", "来源", "信息来源")),
        Column("note", words=("notes", "remark", "comment", "description", "备注", "说明")),
        _RECORDED,
    ),
    needed=(("customer", "opportunity"), ("kind",), ("happened_at",)),
    keys=(("ref",), ("customer", "opportunity", "kind", "happened_at")),
)

# Its own lists: core.exchange and core.promises do not know one another.
_URGENCIES = ("P0", "P1", "P2", "P3")
_PAINS = ("efficiency", "cost", "compliance")
_DECLINES = ("exists", "direction", "effort", "technical", "one_customer", "other")

_FEATURE = (
    Column("feature", words=("planned feature", "功能", "对应功能")),
    Column("feature_ref", words=("feature id", "功能编号")),
    Column("deliverable", Holds.CHOICE, ("delivered as", "交付形式"), ("api", "screen"), "deliverable"),
    Column("reference", words=("deliverable reference", "交付物编号")),
    Column("planned_on", Holds.DATE, ("planned date", "planned for", "内部排期", "计划日期")),
)

DEMANDS = Kind(
    "demands",
    (
        _ref("demand id", "ticket", "ticket id", "ticket number", "case", "case id", "需求编号", "工单号", "工单编号"),
        _CUSTOMER,
        _OPPORTUNITY,
        Column("contact", words=("contact name", "contact person", "requester", "联系人", "联系人姓名", "提出人")),
        _OWNER,
        Column("words", words=("demand", "description", "subject", "summary", "title", "request", "客户原话", "需求", "问题描述", "标题", "描述")),
        Column("urgency", Holds.CHOICE, ("priority", "severity", "紧急程度", "优先级", "紧急度"), _URGENCIES, "urgency"),
        Column("pain", Holds.CHOICE, ("pain point", "痛点", "痛点类型"), _PAINS, "pain"),
        Column("metric", words=("effect metric", "指标", "效果指标")),
        Column("before", Holds.AMOUNT, ("effect from", "现状值", "当前值")),
        Column("after", Holds.AMOUNT, ("effect to", "目标值")),
        Column("unit", words=("effect unit", "单位")),
        Column("opened_at", Holds.INSTANT, ("opened", "opened at", "open date", "created", "created at", "filed", "filed at", "start", "提出时间", "创建时间", "开始时间")),
        Column("answered_at", Holds.INSTANT, ("answered", "answered at", "first response", "first response at", "first reply", "responded at", "首次响应", "首次响应时间", "答复时间")),
        Column("closed_at", Holds.INSTANT, ("closed", "closed at", "resolved", "resolved at", "end", "关闭时间", "解决时间", "结束时间")),
        Column("pauses", Holds.SPANS, ("paused", "pause", "waiting", "on hold", "pending", "暂停", "暂停时段", "等待客户", "挂起时段")),
        Column("path", words=("technical path", "技术路径", "实现路径")),
        Column("resources", words=("resources needed", "所需资源")),
        Column("declined_for", Holds.CHOICE, ("declined", "decline reason", "why declined", "不予安排的原因", "不予安排原因", "拒绝原因"), _DECLINES, "decline"),
        Column("reply", words=("what the customer can be told", "怎样答复客户", "答复客户")),
        *_FEATURE,
        _RECORDED,
    ),
    needed=(("customer",), ("opened_at",), ("urgency",)),
    keys=(("ref",), ("customer", "words", "opened_at")),
)

PROMISES = Kind(
    "promises",
    (
        _ref("promise id", "承诺编号"),
        _CUSTOMER,
        Column("contact", words=("contact name", "contact person", "told to", "联系人", "告知对象")),
        _OWNER,
        Column("words", words=("promise", "what was promised", "承诺内容", "承诺")),
        Column("promised_on", Holds.DATE, ("promised date", "promised for", "due", "承诺日期", "对外承诺日期")),
        Column("made_at", Holds.INSTANT, ("made", "made at", "promised at", "承诺时间", "作出时间")),
        Column("demand", words=("ticket", "ticket id", "demand ref", "需求编号", "工单编号")),
        *_FEATURE,
        _RECORDED,
    ),
    needed=(("customer",), ("promised_on",)),
    keys=(("ref",), ("customer", "words", "promised_on")),
)

KINDS = {k.name: k for k in (USERS, CUSTOMERS, CONTACTS, OPPORTUNITIES, ACTIONS, INTERACTIONS, STAGE_CHANGES, SIGNALS, DEMANDS, PROMISES)}


_PLACES = {CUSTOMERS.name: CUSTOMER, OPPORTUNITIES.name: OPPORTUNITY}


def with_own(kind: Kind, own: Iterable[Field], types: Iterable[str] = ()) -> Kind:
    """A kind with a column for each of the company's own fields, retired ones included: what was written
    under them comes in and goes out without loss.

    Args:
        types: keys of the company's action types.
    """
    mine, added = own_of(kind.name, own), tuple(types)
    typed = (_typed(column, added) for column in kind.columns)
    return replace(kind, columns=(*typed, *(c for f in mine for c in _own_columns(f))))


def _typed(column: Column, types: tuple[str, ...]) -> Column:
    """A column of action types, with those that the company added."""
    if column.choices != STAGES:
        return column
    return replace(column, choices=tuple(dict.fromkeys((*column.choices, *types))))


def own_of(kind: str, own: Iterable[Field]) -> tuple[Field, ...]:
    """The company's own fields that files of a kind hold, retired ones included."""
    if kind == ACTIONS.name:
        return tuple(f for f in own if not set(f.types) & set(RECORDS))
    return tuple(f for f in own if _PLACES.get(kind) in f.types)


def currency_of(key: str) -> str:
    """The column that holds the currency of an own field's amount: each may have its own."""
    return f"{key}_currency"


def _own_columns(field: Field) -> tuple[Column, ...]:
    words = tuple((field.label or {}).values())
    holds = _HOLDS.get(str(field.kind)) or Holds(str(field.kind))
    choices = tuple(dict.fromkeys((*field.choices, *(field.choice_labels or ()))))  # those taken off included
    column = Column(
        field.key, holds, words, choices, person=field.kind == "person", names=field.label, choice_names=field.choice_labels
    )
    if field.kind != "money":
        return (column,)
    said = {"en": " (currency)", "zh": "（币种）"}
    names = {one: name + said.get(one, "") for one, name in (field.label or {}).items()}
    return column, Column(currency_of(field.key), words=tuple(names.values()), names=names)
