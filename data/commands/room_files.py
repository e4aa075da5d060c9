"""Saying something with an upload: the file is kept first, then the message that carries it is said."""

from typing import Protocol

from core.access import Who
from core.process.intervention import file_name
from data.commands.room_work import Attachment, say
from data.engine import Store
from data.files import keep_attachment
from data.queries.room_talk import check_writing


class Upload(Protocol):
    """A file as a form gives it."""

    name: str

    def getvalue(self) -> bytes: ...


def say_with_file(store: Store, who: Who, key: str, room_id: int, text: str, upload: Upload | None) -> int:
    """Say something once per key; returns the message's id.

    Raises:
        Invalid, NotFound, Conflict: as `keep_attachment` and `say`.
    """
    if upload is None:
        return say.once(store, who, key, room_id, text)
    with store.reading(fresh=True) as session:
        check_writing(session, who, room_id)
    name = file_name(upload.name)
    kept = Attachment(keep_attachment(store, who, upload.getvalue(), name), name)
    return say.once(store, who, key, room_id, text, kept)
