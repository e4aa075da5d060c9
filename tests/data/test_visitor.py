"""Where a visitor comes from."""

import pytest

from data.visitor import visitor


@pytest.mark.parametrize(
    ("peer", "told"),
    [
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:0:1", "::ffff:0:1"),
        ("2001:db8::1", "2001:db8::1"),
        (None, "local"),
    ],
)
def test_an_address_of_four_numbers_is_told_as_such(peer, told):
    assert visitor("", peer) == told
