"""Walkthroughs of deliveries, pictures of customers and stores: what is kept, whatever their names say."""

import io
import warnings

from PIL import Image

from core.access import Permission, Who, decide
from core.messages import Invalid, NotAllowed, Problem
from core.promises.handover import PHOTO_PIXELS
from data.engine import Store
from data.files import keep
from data.queries.policies import policy_in_force

FILMS = ("mp4", "webm", "m4v", "mov")  # names that the form offers; the content decides
PICTURES = ("JPEG", "PNG", "WEBP")
_LONGEST_SIDE, _QUALITY = 2560, 88
_ORIENTATION = 0x0112  # the only tag of a picture's EXIF that is read: the others may hold anything
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def film_type(content: bytes) -> str | None:
    """The media type of a film by its first bytes; None for anything else.

    >>> film_type(b"....ftypisom"), film_type(bytes.fromhex("1a45dfa3")), film_type(b"<html>")
    ('video/mp4', 'video/webm', None)
    """
    if content[4:8] == b"ftyp":
        return "video/mp4"
    return "video/webm" if content.startswith(b"\x1a\x45\xdf\xa3") else None


def keep_video(store: Store, who: Who, content: bytes) -> str:
    """Keep a walkthrough; returns its SHA-256.

    Raises:
        NotAllowed: the person sends no deliveries.
        Invalid: not a film, or larger than the policy allows.
    """
    if not decide(who, Permission.SEND_DELIVERIES).allowed:
        raise NotAllowed(permission=Permission.SEND_DELIVERIES)
    with store.reading(fresh=True) as session:
        limit = policy_in_force(session).max_video_mb
    if (media_type := film_type(content)) is None:
        raise Invalid([Problem("video", "not_video")])
    if len(content) > limit * 2**20:
        raise Invalid([Problem("video", "file_too_large", {"limit": limit})])
    return keep(store, who.person_id, content, media_type)


def keep_store_photo(store: Store, who: Who, content: bytes) -> str:
    """Keep a picture of what a store asks for; returns its SHA-256.

    Raises:
        NotAllowed: the person files no requests of a store.
        Invalid: not a picture, or too large.
    """
    if not decide(who, Permission.FILE_STORE_REQUESTS).allowed:
        raise NotAllowed(permission=Permission.FILE_STORE_REQUESTS)
    return keep_photo(store, content, who.person_id)


def keep_photo(store: Store, content: bytes, owner_id: int | None = None) -> str:
    """Keep a customer's or a store's picture as a fresh JPEG; returns its SHA-256.

    Only the pixels survive: no place where it was taken, and nothing that hides behind a picture.

    Raises:
        Invalid: not a picture, or too large.
    """
    with store.reading(fresh=True) as session:
        limit = policy_in_force(session).max_photo_mb
    if len(content) > limit * 2**20:
        raise Invalid([Problem("photo", "file_too_large", {"limit": limit})])
    return keep(store, owner_id, _redrawn(content), "image/jpeg")


def _redrawn(content: bytes) -> bytes:
    out = io.BytesIO()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is lower
            with Image.open(io.BytesIO(content), formats=PICTURES) as picture:
                if picture.width * picture.height > PHOTO_PIXELS:
                    raise Invalid([Problem("photo", "not_image")])
                shown = _upright(picture).convert("RGB")
                shown.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
                shown.save(out, "JPEG", quality=_QUALITY, comment=b"")
    except Invalid:
        raise
    except Exception as error:  # a file made by strangers may fail its decoder in any way
        raise Invalid([Problem("photo", "not_image")]) from error
    return out.getvalue()


def _upright(picture: Image.Image) -> Image.Image:
    """A picture as it was meant to be looked at."""
    turned = _UPRIGHT.get(picture.getexif().get(_ORIENTATION, 1))
    return picture if turned is None else picture.transpose(turned)
