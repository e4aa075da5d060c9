"""What do the stores need from headquarters?"""

from collections.abc import Callable, Sequence
from functools import partial

from components import address
from components.frame import page
from components.store_request_form import file_form
from components.store_requests import chosen_show, desk_block, go_on, head, mistakes, pool_filters, pool_list
from core.access import Permission, decide
from data.commands.command import Command
from data.commands.store_requests import merge_requests
from data.files import read_file
from data.media import keep_store_photo
from data.queries.store_requests import (
    Alike,
    Show,
    alike,
    answered_alike,
    next_open,
    own_mistakes,
    pool,
    request_file,
)

KEEP: Callable[..., str] = keep_store_photo
LIKES: Callable[..., Sequence[Alike]] = alike
ANSWERED: Callable[..., Sequence[Alike]] = answered_alike
DOES: dict[str, Command[..., int]] = {"merge": merge_requests}

with page("store_requests.title", needs=Permission.SEE_STORE_REQUESTS) as view:
    if number := address.number("request"):
        one = view.read(request_file, number)
        head(one, partial(read_file, view.store), view)
        mistakes(one, own_mistakes(view.who, one), view)
        if decide(view.who, Permission.ANSWER_STORE_REQUESTS).allowed:
            does = {way: partial(view.do, command) for way, command in DOES.items()}
            likes, known = (view.read(query, one.words, one.id) for query in (LIKES, ANSWERED))
            desk_block(one, likes, known, does, view)
            if one.shown is Show.ANSWERED:
                go_on(*view.read(next_open, one.id))
    else:
        if decide(view.who, Permission.FILE_STORE_REQUESTS).allowed:
            alikes = partial(view.read, LIKES), partial(view.read, ANSWERED)
            file_form(partial(view.do, KEEP), partial(read_file, view.store), *alikes, view)
        show = chosen_show()
        found = view.read(pool, show, address.said("region"))
        pool_filters(found)
        pool_list(found, show, view)
