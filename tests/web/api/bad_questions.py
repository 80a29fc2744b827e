"""Questions that cannot be answered: lists narrowed by what is none, things that are not there."""

from collections.abc import Iterator

from tests.web.api.bad_calls import Bad


def questions() -> Iterator[Bad]:
    for path, field in (
        ("/orders?phase=sleeping", "phase"),
        ("/orders?sort=number", "sort"),
        ("/orders?limit=0", "limit"),
        ("/orders?limit=201", "limit"),
        ("/orders?limit=many", "limit"),
        ("/orders?cursor=YWZ0ZXI6Mg%3D%3Dx", "cursor"),
        ("/orders?cursor=%C3%A9", "cursor"),
        ("/orders?cursor=MTI", "cursor"),
        ("/items?kind=gadget", "kind"),
        ("/lots?item=NOBODY", "item"),
        ("/lots?state=lost", "state"),
        ("/lots/1/trace?direction=sideways", "direction"),
        ("/listings?state=guessed", "state"),
        ("/production-orders?state=asleep", "state"),
        ("/production-orders?item=NOBODY", "item"),
        ("/shipments?order=99", "order"),
        ("/inbound-messages?state=lost", "state"),
        ("/outbound-messages?state=lost", "state"),
        ("/outbound-messages?order=99", "order"),
    ):
        yield Bad(path, None, field, method="GET")
    for path in (
        "/channels/99",
        "/channels/99/health",
        "/channels/abc",
        "/items/NOBODY",
        "/recipes/99",
        "/lots/99",
        "/lots/99/trace",
        "/lots/99/moves",
        "/lots/99999999999999999999",
        "/lots/-1",
        "/listings/99",
        "/orders/99",
        "/orders/H-9999",
        "/production-orders/P-9999",
        "/shipments/S-9999",
    ):
        yield Bad(path, None, "", 404, "GET")
    yield Bad("/items/%00", None, "", 422, "GET")
    yield Bad("/orders?q=%00", None, "", 422, "GET")
