"""Where a webhook may lead: the public internet over TLS, nothing inside (PRODUCT.md F3)."""

from __future__ import annotations

import pytest

from core.webhooks import good_address, public
from data.channels import Permanent
from data.channels.guarded import guarded_post

# fmt: off
ADDRESSES = [
    # address                                   registered   with this machine allowed
    ("https://crm.example/hook?x=1",            True,        True),
    ("https://crm.example:8443/",               True,        True),
    ("https://93.184.216.34/",                  True,        True),
    ("http://crm.example/",                     False,       False),  # no TLS
    ("http://127.0.0.1:9000/",                  False,       True),
    ("http://localhost:9000/",                  False,       True),
    ("https://localhost/",                      False,       True),
    ("https://[::1]/",                          False,       True),
    ("http://127.0.0.2/",                       False,       False),
    ("https://10.1.2.3/",                       False,       False),
    ("https://192.168.1.1/",                    False,       False),
    ("https://169.254.169.254/latest/",         False,       False),  # a cloud's metadata
    ("https://100.100.100.200/latest/",         False,       False),  # another cloud's
    ("https://[fd00:ec2::254]/",                False,       False),
    ("https://[::ffff:10.0.0.1]/",              False,       False),
    ("https://[64:ff9b::a00:1]/",               False,       False),
    ("https://[2002:a00:1::]/",                 False,       False),  # 6to4 of 10.0.0.1
    ("https://0.0.0.0/",                        False,       False),
    ("https://2130706433/",                     False,       False),  # 127.0.0.1 as one number
    ("https://0x7f000001/",                     False,       False),
    ("https://0177.0.0.1/",                     False,       False),
    ("https://127.1/",                          False,       False),
    ("https://224.0.0.1/",                      False,       False),
    ("https://db.internal/",                    False,       False),
    ("https://printer.local./",                 False,       False),
    ("https://user:pass@crm.example/",          False,       False),
    ("https://crm.example/#part",               False,       False),
    ("https://crm.example:99999/",              False,       False),
    ("https://crm.example/a b",                 False,       False),
    ("https:///hook",                           False,       False),
    ("ftp://crm.example/",                      False,       False),
    ("file:///etc/passwd",                      False,       False),
    ("",                                        False,       False),
]
LEADS = [
    # what a name leads to when it is called      an error's words
    (["10.0.0.7"],                                "private network"),
    (["127.0.0.1"],                               "private network"),
    (["93.184.216.34", "169.254.169.254"],        "private network"),  # one of several is enough
    (["fe80::1%eth0"],                            "private network"),
    (["::ffff:192.168.0.1"],                      "private network"),
]
# fmt: on


@pytest.mark.parametrize(("url", "registered", "with_loopback"), ADDRESSES)
def test_what_may_be_registered(url, registered, with_loopback):
    assert (good_address(url), good_address(url, loopback=True)) == (registered, with_loopback)


@pytest.mark.parametrize(("found", "why"), LEADS)
def test_where_a_name_leads_is_looked_at_when_it_is_called(found, why):
    def resolve(host, port, type):
        return [(2, 1, 6, "", (address, port)) for address in found]

    for loopback in (False, True):
        with pytest.raises(Permanent, match=why):
            guarded_post("https://rebound.example/", b"{}", {}, loopback=loopback, resolve=resolve)


def test_wrapped_addresses_are_unwrapped():
    assert [public(a) for a in ("2001:4860:4860::8888", "64:ff9b::808:808", "64:ff9b::7f00:1")] == [
        True, True, False,
    ]  # fmt: skip
