"""A dirty file on its way in, in a real browser: mapped, checked, imported, seen, taken back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from data.schema import Customer
from tests.company import found

pytestmark = pytest.mark.browser

CUSTOMERS = """客户名称,行业,负责人
青岛阀门,制造业,rep
=HYPERLINK("http://x"),制造业,rep
无主公司,制造业,L. Rossi
"""


@pytest.fixture(scope="module")
def server(served):
    return served(found)


def customers(server) -> int:
    with server.store().reading() as session:
        return session.scalar(select(func.count()).select_from(Customer))


def upload(page: Page, name: str, content: bytes) -> None:
    page.locator("input[type=file]").first.set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": content}
    )


def test_a_gb18030_file_is_mapped_checked_imported_and_undone(server, visit):
    before = customers(server)
    page = visit(f"{server.url}/exchange", cookie=server.signed_in("admin"))
    upload(page, "客户.csv", CUSTOMERS.encode("gb18030"))
    expect(page.get_by_text("An import would give")).to_be_visible()
    expect(page.get_by_text("客户.csv: 3 rows")).to_be_visible()
    expect(page.get_by_role("combobox", name="L. Rossi")).to_be_visible()  # as it is drawn, with no backslash
    assert customers(server) == before  # looking writes nothing
    page.get_by_role("button", name="Import 2 rows").click()
    expect(page.get_by_text("客户.csv was imported")).to_be_visible()
    assert customers(server) == before + 2
    rep = visit(f"{server.url}/customers", cookie=server.signed_in("rep"))
    expect(rep.get_by_text("青岛阀门")).to_be_visible()
    expect(rep.get_by_text("无主公司")).to_have_count(0)
    page.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_text("The import was undone.")).to_be_visible()
    assert customers(server) == before


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4),
        ("empty.csv", b""),
        ("book.xlsx", b"PK\x03\x04 not a workbook"),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(server, visit, name, content):
    page = visit(f"{server.url}/exchange", cookie=server.signed_in("admin"))
    upload(page, name, content)
    expect(page.locator("[data-testid=stAlertContentError]")).to_be_visible()
    expect(page.get_by_role("button", name="Import")).to_have_count(0)
    expect(page.get_by_text("Traceback")).to_have_count(0)
