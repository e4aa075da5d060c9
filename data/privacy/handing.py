"""Everything that is kept about one person, as one archive: rows as JSON by table, and recordings."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.privacy import SECRET, Subject
from data.files import kept_at
from data.jsontext import to_json
from data.privacy.traces import naming, pointing, tables
from data.privacy.voices import voices

_ENDINGS = {
    "audio/wav": "wav", "audio/x-wav": "wav", "audio/webm": "webm", "video/webm": "webm", "audio/ogg": "ogg",
    "application/ogg": "ogg", "audio/mpeg": "mp3", "audio/mp3": "mp3", "audio/amr": "amr",
    "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp",
}  # fmt: skip


def handed_over(session: Session, found: Subject, files: Path) -> tuple[bytes, dict[str, int]]:
    """The archive, and how many rows of each table are in it."""
    out, counts = io.BytesIO(), {}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in _rows(session, found):
            counts[name] = len(rows)
            archive.writestr(f"rows/{name}.json", json.dumps(rows, ensure_ascii=False, indent=1))
        for sha256, media_type in voices(session, found):
            path = kept_at(files, sha256)
            if path.exists():
                ending = _ENDINGS.get(media_type, "m4a" if "mp4" in media_type else "bin")
                archive.write(path, f"recordings/{sha256}.{ending}", zipfile.ZIP_STORED)
        about = {"kind": found.kind, "id": found.id, "name": found.name, "rows": counts}
        archive.writestr("about.json", json.dumps(about, ensure_ascii=False, indent=1))
    return out.getvalue(), counts


def _rows(session: Session, found: Subject) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for table in tables():
        shown = [column for column in table.columns if column.name not in SECRET]
        wanted = select(*shown).where(or_(pointing(table, found), naming(session, table, found)))
        rows = [to_json(dict(row._mapping)) for row in session.execute(wanted)]
        if rows:
            yield table.name, rows
