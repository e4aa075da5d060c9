"""The operator's desk in parts: state, outboxes, what was given up, sessions, storage, slow statements."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from components.account import device
from components.blocks import Card, Row, Tone, cards, plain, rows, section
from components.format import size
from components.forms import Marks
from components.frame import SESSION, View
from components.jobs import job_name
from components.navigation import open_page
from components.tables import instant_column
from components.text import t, term
from data.commands.outboxes import drop, retry
from data.commands.sessions import end_any_session, end_sessions_of
from data.migrate import is_current, revision_of
from data.queries.operator import Desk, GivenUp, LiveSession, Storage
from data.watching.folder import takes_files
from data.watching.statements import LATEST

_KINDS = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def state(desk: Desk, view: View) -> None:
    """Whether a worker is at work, the schema fits, and how much is stuck."""
    at = view.ago(desk.worked_at)
    current = is_current(view.store)
    stuck = sum(box.given_up for box in desk.boxes)
    release = t("operator.release", revision=revision_of(view.store) or "")
    found = (
        Card(
            t("operator.worker"),
            t("operator.worker_alive" if desk.alive else "operator.worker_silent"),
            t("operator.worker_at", at=at) if desk.worked_at else t("operator.worker_never"),
            tone=Tone.GREEN if desk.alive else Tone.RED,
            help=t("operator.worker_help"),
        ),
        Card(
            t("operator.schema"),
            t("operator.schema_current" if current else "operator.schema_other"),
            release,
            tone=Tone.GREEN if current else Tone.RED,
        ),
        Card(t("operator.signed_in"), t("operator.sessions_n", n=desk.signed_in)),
        Card(
            t("operator.stuck"), str(stuck), t("operator.stuck_hint"), tone=Tone.RED if stuck else Tone.GREEN
        ),
    )
    if not takes_files(view.store):
        st.error(t("operator.files_away"), icon=":material/folder_off:")
    cards(found, key="operator-state")
    with st.container(horizontal=True, gap="small"):
        for name, key in (("jobs", "to_jobs"), ("audit", "to_audit"), ("integrations", "to_webhooks")):
            if st.button(
                t(f"operator.{key}"), key=f"go-{name}", type="tertiary", icon=":material/arrow_forward:"
            ):
                open_page(name)


def outboxes(desk: Desk, view: View) -> None:
    """How many wait, were retried and given up, and since when the oldest waits."""
    section(t("operator.outboxes"), icon=":material/outgoing_mail:", help=t("operator.outboxes_help"))
    columns: dict[str, list[Any]] = {
        "kind": [t(f"operator.box.{box.kind}") for box in desk.boxes],
        "waiting": [box.waiting for box in desk.boxes],
        "retried": [box.retried for box in desk.boxes],
        "given_up": [box.given_up for box in desk.boxes],
        "oldest": [box.oldest for box in desk.boxes],
    }
    _table(columns, "oldest", view)


def _table(columns: dict[str, list[Any]], instants: str, view: View) -> None:
    config: dict[str, Any] = {name: t(f"operator.col_{name}") for name in columns}
    config[instants] = instant_column(t(f"operator.col_{instants}"), view.language, view.who.timezone)
    st.dataframe(columns, hide_index=True, column_config=config, placeholder="")


def given_up(desk: Desk, view: View) -> None:
    """What was given up, each with its error; tried again at once, or let be for a reason."""
    section(t("operator.given_up"), icon=":material/error:")
    if not desk.given_up:
        st.caption(t("operator.given_up_none"))
        return
    found = {f"{item.kind}-{item.id}": item for item in desk.given_up}
    lines = [
        Row(
            key,
            _named(item, view),
            f"{view.instant(item.due_at)} · {item.error}",
            mark=t(f"operator.box.{item.kind}"),
            tone=Tone.RED,
            action=t("operator.retry"),
            at_once=True,
        )
        for key, item in found.items()
    ]
    if pressed := rows(lines, "given-up"):
        view.do(retry, found[pressed].kind, found[pressed].id)
        st.toast(t("operator.retried"))
        st.rerun()
    _let_be(found, view)


def _named(item: GivenUp, view: View) -> str:
    """What was given up: jobs and steps of groups in words, channels and events as they are called."""
    of, what = item.of, item.what
    if item.kind == "job":
        of = job_name(of, view.language)
    if item.kind == "group":
        what = t(f"operator.step.{what}")
    return " · ".join(part for part in (of, what) if part)


def _let_be(found: dict[str, GivenUp], view: View) -> None:
    marks = Marks(view)
    with st.expander(t("operator.drop"), icon=":material/block:"):
        chosen = st.selectbox(
            t("operator.choose"),
            list(found),
            format_func=lambda key: plain(_named(found[key], view)),
            key="drop-which",
        )
        with marks.field("reason"):
            reason = st.text_input(t("operator.reason"), help=t("operator.reason_hint"), key="drop-reason")
        item = found.get(chosen or "")
        pressed = st.button(t("operator.drop"), key="drop-now", type="primary", disabled=item is None)
        if pressed and item and marks.sent(lambda: view.do(drop, item.kind, item.id, reason or "")):
            st.toast(t("operator.dropped"))
            st.rerun()


def sessions(desk: Desk, view: View) -> None:
    """Everybody's sessions, the latest in use first; one is ended by its button, all of a person's below."""
    section(t("operator.sessions"), icon=":material/devices:")
    if not desk.sessions:
        st.caption(t("operator.nobody"))
        return
    if ended := rows([_session(session, view) for session in desk.sessions], "live-sessions"):
        view.do(end_any_session, int(ended))
        st.toast(t("operator.ended"))
        st.rerun()
    _end_all(desk.sessions, view)


def _session(session: LiveSession, view: View) -> Row:
    place = t("operator.this_computer") if session.address == "local" else session.address
    line = t(
        "operator.session_line",
        role=term("role", session.role),
        device=device(session.agent),
        place=place,
        since=view.instant(session.since),
        seen=t("operator.seen", at=view.instant(session.seen_at))
        if session.seen_at
        else t("operator.unseen"),
    )
    here = session.id == st.session_state.get(SESSION)
    return Row(
        str(session.id),
        session.person,
        line,
        mark=t("account.here") if here else "",
        tone=Tone.GREEN if here else Tone.QUIET,
        action="" if here else t("operator.end"),
        at_once=True,
    )


def _end_all(found: Sequence[LiveSession], view: View) -> None:
    names = {session.person_id: session.person for session in found}
    with st.expander(t("operator.end_all"), icon=":material/logout:"):
        person = st.selectbox(
            t("operator.person"), list(names), format_func=names.__getitem__, key="end-all-of"
        )
        if st.button(t("operator.end_all_do"), key="end-all-now") and person:
            st.toast(t("operator.ended_all", n=view.do(end_sessions_of, person)))
            st.rerun()


def storage(desk: Desk, view: View) -> None:
    """How large the database and the files are, how they grow, and the latest backup."""
    section(t("operator.storage"), icon=":material/database:")
    kept = desk.storage
    files = t("operator.files_detail", n=kept.file_count, new=size(kept.new_files, view.language))
    tone = Tone.QUIET if takes_files(view.store) else Tone.RED
    found = (
        Card(
            t("operator.database", kind=_KINDS.get(kept.engine, kept.engine)),
            size(kept.database, view.language),
            _grown(kept, view),
        ),
        Card(t("operator.files"), size(kept.files, view.language), files, tone=tone),
        Card(t("operator.changes"), str(kept.new_changes), t("operator.changes_detail")),
        _backup(kept, view),
    )
    cards(found, key="operator-storage")


def _grown(kept: Storage, view: View) -> str:
    if kept.grown is None:
        return t("operator.grown_unknown")
    return t("operator.grown", size=size(kept.grown, view.language), since=view.ago(kept.since))


def _backup(kept: Storage, view: View) -> Card:
    title, words = t("operator.backup"), t("operator.backup_help")
    made = kept.backup
    if made is None:
        none = t("operator.backup_none"), t("operator.backup_none_detail")
        return Card(title, *none, tone=Tone.RED, help=words)
    key, tone = ("backup_missing", Tone.RED) if made.missing else ("backup_detail", Tone.GREEN)
    detail = t(f"operator.{key}", name=made.name, rows=made.rows, files=made.files, n=made.missing)
    return Card(title, view.ago(made.at), detail, tone=tone, help=words)


def slow(view: View) -> None:
    """The latest slow statements of the process that draws this page."""
    section(t("operator.slow"), icon=":material/speed:", help=t("operator.slow_help"))
    latest = list(LATEST)[::-1]
    if not latest:
        st.caption(t("operator.slow_none"))
        return
    columns: dict[str, list[Any]] = {
        "at": [found.at for found in latest],
        "ms": [found.milliseconds for found in latest],
        "statement": [found.statement for found in latest],
    }
    _table(columns, "at", view)
