"""Marking something ready for a customer, sending it again, and the link to copy."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from components.address import leave_for
from components.blocks import plain, section
from components.draft_begin import form_over, note_draft, note_form, unfolded
from components.draft_end import sent_now
from components.drafts import DraftForm
from components.forms import Marks
from components.frame import View
from components.text import t
from core.messages import Invalid, Problem
from core.promises.acceptance import Stand, may_revoke, may_send
from core.promises.handover import DeliveryInput, own_language
from data.commands.acceptance_links import new_token
from data.commands.drafts import drop_draft
from data.commands.form_drafts import READY, RENEWAL, REVOCATION
from data.commands.note_drafts import save_note
from data.commands.sessions import fingerprint
from data.media import FILMS
from data.notices import sentence
from data.queries.delivery_file import DeliveryFile, ReadyDesk
from data.settings import settings
from data.text import LANGUAGES

Does = Mapping[str, Callable[..., Any]]


def ready_form(
    desk: ReadyDesk, mark_ready: Callable[..., int], keep: Callable[[bytes], str], view: View
) -> None:
    """What is handed over, to whom, with which walkthrough.

    Args:
        mark_ready: `mark_ready(key, customer, delivery, token)`; the same key again sends nothing twice.
        keep: keeps an uploaded film.
    """
    if st.button(t("deliveries.to_list"), type="tertiary", icon=":material/arrow_back:"):
        leave_for()
    st.header(plain(desk.customer), anchor=False)
    section(t("deliveries.make_ready"), icon=":material/package_2:")
    number = f"{desk.promise_id or 0}-{desk.demand_id or 0}"
    token = _token(f"ready-{number}")
    with st.container(border=True, key=f"delivery-ready-{number}"):
        marks = Marks(view)
        form = note_form(view, READY, number, {"title": desk.title})
        fields = _fields(form, desk, None, marks, view)
        sent = st.button(t("deliveries.send"), type="primary", icon=":material/send:")
        form.finish()
    made: list[int] = []

    def work() -> None:
        given = fields(keep)
        made.append(mark_ready(fingerprint(token), desk.customer_id, given, token))

    if sent and sent_now(view, form, marks, work):
        _show_link(made[0], f"ready-{number}")
        leave_for(delivery=made[0])


def link_block(file: DeliveryFile, view: View) -> None:
    """The link that was just made, to copy: it can be shown now and never again."""
    with st.container(key=f"delivery-link-{file.row.id}"):
        token = _kept().get(_shown_key(file.row.id))
        if not token or file.row.seen.expires_at is None:
            return
        if next((one.mail for one in file.happened if one.expires_at), ""):
            st.success(t("deliveries.link_hint"), icon=":material/link:")
        else:
            st.warning(t("deliveries.link_by_hand"), icon=":material/link:")
        address = f"{_base()}/confirm/{token}"
        st.code(address, language=None, wrap_lines=True)
        with st.expander(t("deliveries.letter"), icon=":material/content_copy:"):
            st.code(_letter(file, address), language=None, wrap_lines=True)


def send_block(file: DeliveryFile, does: Does, keep: Callable[[bytes], str], view: View) -> None:
    """What can be done with a delivery now.

    Args:
        does: `renew(key, delivery, token, input)`, `revoke(delivery, reason)`, `again(key, delivery, token)`;
            the same key again sends nothing twice.
    """
    with st.container(key=f"delivery-do-{file.row.id}"):
        if file.second_due or _pressed(f"again-{file.row.id}"):
            _again(file, does["again"], view)
        elif file.second_from:
            st.caption(t("deliveries.again_from", at=view.instant(file.second_from)))
        if may_send(file.row.seen) or _pressed(f"renew-{file.row.id}"):
            _renew(file, does["renew"], keep, view)
        if may_revoke(file.row.seen):
            _revoke(file, does["revoke"], view)


def _again(file: DeliveryFile, again: Callable[..., Any], view: View) -> None:
    number = file.row.id
    token = _token(f"again-{number}")
    with st.form(f"delivery-again-{number}-{fingerprint(token)[:8]}"):
        marks = Marks(view)
        st.markdown(t("deliveries.again_hint"))
        sent = st.form_submit_button(t("deliveries.again"), icon=":material/event_repeat:")
    work = partial(again, fingerprint(token), number, token)
    if sent and _done(marks, f"again-{number}", work):
        _show_link(number, f"again-{number}")
        leave_for(delivery=number)


def _renew(file: DeliveryFile, renew: Callable[..., Any], keep: Callable[[bytes], str], view: View) -> None:
    number, state = file.row.id, file.row.seen.state
    token = _token(f"renew-{number}")
    problem = state == "problem"
    title = t("deliveries.mended") if problem else t("deliveries.renew")
    start = {"title": file.desk.title, "note": file.note, "video_url": file.video_url}
    kept = note_draft(view, RENEWAL, number, start)
    opens = problem or unfolded(kept) or _pressed(f"renew-{number}")
    with st.expander(title, expanded=opens, icon=":material/send:", key=_box("renew", file)):
        marks = Marks(view)
        form = form_over(view, kept, save_note, f"renewal-{number}")
        hint = "mended" if problem else "renewed" if state in (Stand.REVOKED, Stand.EXPIRED) else "renew"
        st.caption(t(f"deliveries.{hint}_hint"))
        fields = _fields(form, file.desk, file, marks, view)
        sent = st.button(t("deliveries.send_again"), type="primary", icon=":material/send:")
        form.finish()

    def work() -> None:
        renew(fingerprint(token), number, token, fields(keep))
        view.do(drop_draft, form.draft.id)

    if sent and _done(marks, f"renew-{number}", work):
        _show_link(number, f"renew-{number}")
        leave_for(delivery=number)


def _revoke(file: DeliveryFile, revoke: Callable[..., Any], view: View) -> None:
    number = file.row.id
    kept = note_draft(view, REVOCATION, number)
    with st.expander(
        t("deliveries.revoke"),
        expanded=unfolded(kept),
        icon=":material/link_off:",
        key=_box("revoke", file),
    ):
        marks = Marks(view)
        form = form_over(view, kept, save_note, f"revocation-{number}")
        st.caption(t("deliveries.revoke_hint"))
        with marks.field("reason"):
            reason = form.text("reason", t("deliveries.revoke_reason"))
        sent = st.button(t("deliveries.revoke"), icon=":material/link_off:")
        form.finish()
    if sent and sent_now(view, form, marks, partial(revoke, number, reason)):
        _kept().pop(_shown_key(number), None)
        st.rerun()


def _box(name: str, file: DeliveryFile) -> str:
    """A fold's key: another one once something happened, since the browser keeps a fold open."""
    return f"{name}-box-{file.row.id}-{len(file.happened)}"


def _fields(
    form: DraftForm, desk: ReadyDesk, file: DeliveryFile | None, marks: Marks, view: View
) -> Callable[[Callable[[bytes], str]], DeliveryInput]:
    """Draw the fields; what comes back reads them, once the upload is kept."""
    with marks.field("title"):
        title = form.text("title", t("deliveries.title_label"), max_chars=200)
    with marks.field("contact"):
        contact = _contact(desk)
    with marks.field("language"):
        language = _language(desk, file, view)
    with marks.field("note"):
        note = form.long_text("note", t("deliveries.note"), placeholder=t("deliveries.note_hint"), height=90)
    with marks.field("video"):
        label, key = t("deliveries.video", limit=desk.max_video_mb), f"{form.prefix}video"
        upload = st.file_uploader(label, type=list(FILMS), max_upload_size=desk.max_video_mb, key=key)
    with marks.field("video_url"):
        url = form.text("video_url", t("deliveries.video_url"), placeholder="https://")
    kept = file.video if file and not url else None

    def read(keep: Callable[[bytes], str]) -> DeliveryInput:
        if upload is not None and url.strip():
            raise Invalid([Problem("video_url", "one_video")])
        return DeliveryInput(
            title,
            language,
            note,
            contact,
            desk.promise_id,
            desk.demand_id,
            desk.feature_id,
            keep(upload.getvalue()) if upload is not None else kept,
            url.strip(),
        )

    return read


def _contact(desk: ReadyDesk) -> int | None:
    offered = list(desk.contacts)
    chosen: int | None = st.selectbox(
        t("deliveries.contact"),
        offered,
        index=offered.index(desk.contact_id) if desk.contact_id in offered else (0 if offered else None),
        format_func={i: _named(name, email) for i, (name, email) in desk.contacts.items()}.__getitem__,
        placeholder=t("deliveries.no_contact"),
    )
    return chosen


def _named(name: str, email: str | None) -> str:
    return f"{name} · {email}" if email else t("deliveries.without_mail", name=name)


def _language(desk: ReadyDesk, file: DeliveryFile | None, view: View) -> str:
    first = file.language if file else own_language(desk.customer, view.language)
    chosen: str = st.radio(
        t("deliveries.language"),
        list(LANGUAGES),
        index=list(LANGUAGES).index(first),
        format_func=LANGUAGES.__getitem__,
        horizontal=True,
    )
    return chosen


def _kept() -> dict[str, str]:
    """This session's secrets by purpose; a dictionary of its own, since a second press may break in at
    each use of the session's state, and so never between two steps in here."""
    kept: dict[str, str] = st.session_state.setdefault("delivery-links", {})
    return kept


def _token(purpose: str) -> str:
    """One secret for one sending: a second press of the same button is the same link."""
    return _kept().setdefault(f"token-{purpose}", new_token())


def _pressed(purpose: str) -> bool:
    """Whether a press was broken off before its link was shown: its form stays for the next one."""
    return f"pressed-{purpose}" in _kept()


def _done(marks: Marks, purpose: str, work: Callable[[], Any]) -> bool:
    _kept()[f"pressed-{purpose}"] = ""
    done = marks.sent(work)
    if not done:
        _kept().pop(f"pressed-{purpose}", None)
    return done


def _show_link(delivery: int, purpose: str) -> None:
    kept = _kept()
    kept[_shown_key(delivery)] = kept.pop(f"token-{purpose}")
    kept.pop(f"pressed-{purpose}", None)


def _shown_key(delivery: int) -> str:
    return f"shown-{delivery}"


def _base() -> str:
    """The product's public address, or the one under which this window sees it."""
    if settings().public_url:
        return settings().public_url.rstrip("/")
    here = urlsplit(st.context.url or "")
    return f"{here.scheme}://{here.netloc}" if here.netloc else ""


def _letter(file: DeliveryFile, address: str) -> str:
    """A letter to paste into a chat or a mail, in the customer's language."""
    row = file.row
    said = {
        "company": file.company,
        "person": row.contact or row.customer,
        "title": row.title,
        "expires_at": row.seen.expires_at.isoformat() if row.seen.expires_at else "",
        "zone": file.zone,
    }
    kind = "customer_second" if row.seen.second == "asked" else "customer_first"
    return "\n\n".join((sentence(file.language, kind, said)[1], address))
