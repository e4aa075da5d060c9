"""Adding an upload to a demand: the file is kept first, then the demand names it."""

from core.access import Who
from core.process.intervention import file_name
from data.commands.demands import attach_file
from data.commands.room_files import Upload
from data.commands.room_work import Attachment
from data.engine import Store
from data.files import keep_attachment
from data.queries.demand_files import check_demand_seen


def attach_upload(store: Store, who: Who, key: str, demand_id: int, upload: Upload) -> int:
    """Add a file to a demand, once per key; returns the attachment's id.

    Raises:
        Invalid, NotFound: as `keep_attachment` and `attach_file`.
    """
    with store.reading(fresh=True) as session:
        check_demand_seen(session, who, demand_id)
    return attach_file.once(store, who, key, demand_id, keep_upload(store, who, upload))


def keep_upload(store: Store, who: Who, upload: Upload) -> Attachment:
    """Keep an upload for a demand that is still a draft.

    Raises:
        Invalid: as `keep_attachment`.
    """
    name = file_name(upload.name)
    return Attachment(keep_attachment(store, who, upload.getvalue(), name), name)
