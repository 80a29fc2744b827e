"""What others write on a page breaks none of its policy when a part of it is swapped."""

from sqlalchemy import select

from hub.models.records.production import ProductionOrder
from hub.ports import Ports
from tests.browser.conftest import come_in
from tests.ground.chromium import Page
from tests.web.pages.making.test_production import a_run


def test_a_swap_takes_no_styles_over_that_a_helper_of_the_browser_wrote(
    page: Page, link: str, base: str, ports: Ports, complaints: list[str]
) -> None:
    run_id = a_run(ports)
    come_in(page, link)
    page.goto(f"{base}/production")
    # A keeper of passwords, and a screenshot too, write the style of every field (CSSOM may).
    page.evaluate(
        "document.querySelectorAll('input, #live [id]').forEach(e => {"
        " e.style.caretColor = 'transparent'; })"
    )

    with ports.database.begin() as session:
        run = session.scalars(select(ProductionOrder).filter_by(id=run_id)).one()
        run.batches += 1
    page.locator(f"#card-{run_id}", has_text="2 batches").wait_for()
    page.locator("#live .htmx-settling, #live [style]").first.wait_for(state="detached")

    assert complaints == []
