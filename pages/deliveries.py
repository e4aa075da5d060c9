"""What is ready, and what has the customer confirmed?"""

from collections.abc import Callable
from functools import partial

from components import address
from components.deliveries import (
    board_cards,
    board_filters,
    board_list,
    chosen_show,
    happenings,
    head,
    walkthrough,
)
from components.delivery_forms import link_block, ready_form, send_block
from components.frame import page
from core.access import Permission, decide
from data.commands.deliveries import ask_again, mark_ready, renew_delivery, revoke_delivery
from data.files import read_file
from data.media import keep_video
from data.queries.deliveries import delivery_board
from data.queries.delivery_file import delivery_file, ready_desk

READY: Callable[..., int] = mark_ready.once
KEEP: Callable[..., str] = keep_video
DOES: dict[str, Callable[..., int]] = {
    "renew": renew_delivery.once,
    "revoke": revoke_delivery,
    "again": ask_again.once,
}

with page("deliveries.title", needs=Permission.SEE_PROMISES) as view:
    sends = decide(view.who, Permission.SEND_DELIVERIES).allowed
    promise, demand = address.number("promise"), address.number("demand")
    keep, play = partial(view.do, KEEP), partial(read_file, view.store)
    if number := address.number("delivery"):
        file = view.read(delivery_file, number, view.now)
        head(file, view)
        link_block(file, view)
        walkthrough(file, play)
        happenings(file, view, play)
        if sends:
            send_block(file, {way: partial(view.do, command) for way, command in DOES.items()}, keep, view)
    elif sends and (promise or demand):
        ready_form(view.read(ready_desk, promise, demand), partial(view.do, READY), keep, view)
    else:
        show = chosen_show(view)
        board = view.read(delivery_board, show, view.now, address.number("customer"))
        board_cards(board, view)
        board_filters(board, view)
        board_list(board, show, view)
