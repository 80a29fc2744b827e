"""What can be asked of receipts."""

from connectors.sandbox.etsy import query as q
from connectors.sandbox.etsy import receipts
from connectors.sandbox.etsy.bodies.receipts import epoch, transaction_body
from connectors.sandbox.etsy.records import Receipt, Refused
from connectors.sandbox.etsy.tracking import parcel
from connectors.sandbox.etsy.visits import Visit, page


def receipts_page(visit: Visit) -> object:
    """List receipts."""
    seen = [r for r in visit.books.receipts.values() if _listed(visit, r)]
    key = {"created": _created, "updated": _updated, "receipt_id": _number}
    seen.sort(
        key=key[visit.query.word("sort_on", "created")], reverse=not q.rising(visit.query)
    )
    return page([visit.show(each, alone=False) for each in visit.cut(seen)], len(seen))


def _created(receipt: Receipt) -> int:
    return epoch(receipt.created_at)


def _updated(receipt: Receipt) -> int:
    return epoch(receipt.updated_at)


def _number(receipt: Receipt) -> int:
    return receipt.id


def _listed(visit: Visit, receipt: Receipt) -> bool:
    query = visit.query
    age = (visit.books.now() - receipt.updated_at).total_seconds()
    flags = {
        "was_paid": receipt.paid_at is not None,
        "was_shipped": receipt.shipped_at is not None,
        "was_delivered": receipt.delivered_at is not None,
        "was_canceled": receipt.canceled_at is not None,
    }
    return (
        age >= visit.rules.list_lag
        and _within(query, "created", epoch(receipt.created_at))
        and _within(query, "last_modified", epoch(receipt.updated_at))
        and all(query.flag(name) in {None, is_so} for name, is_so in flags.items())
    )


def _within(query: q.Query, name: str, at: int) -> bool:
    least, most = query.number(f"min_{name}"), query.number(f"max_{name}")
    return (least is None or at >= least) and (most is None or at <= most)


def one_receipt(visit: Visit) -> object:
    """Show one receipt."""
    return visit.show(visit.receipt())


def update_receipt(visit: Visit) -> object:
    """Mark a receipt as paid or sent."""
    receipt = visit.receipt()
    said: dict[str, bool] = {}
    for name, value in visit.form.items():
        if name not in {"was_shipped", "was_paid"}:
            raise Refused(400, f"Unknown parameter: {name}")
        said[name] = q.flag(name, value)
    if said.get("was_paid") and receipt.paid_at is None:
        receipts.pay(visit.books, receipt.id)
    if said.get("was_shipped") and receipt.shipped_at is None:
        receipts.ship_without_parcel(visit.books, receipt.id)
    return visit.show(receipt)


def ship(visit: Visit) -> object:
    """Add a shipment."""
    receipt = visit.receipt()
    if not visit.rules.tracking:
        raise Refused(403, "Unauthorized")
    sent = parcel(visit.json)
    receipts.ship(
        visit.books,
        receipt.id,
        carrier_name=sent.carrier_name,
        tracking_code=sent.tracking_code,
        note=sent.note_to_buyer,
    )
    return visit.show(receipt)


def lines_of_receipt(visit: Visit) -> object:
    """List the lines of a receipt."""
    receipt = visit.receipt()
    rows = [transaction_body(visit.books, receipt, line) for line in receipt.transactions]
    return page(rows, len(rows))


def lines_of_shop(visit: Visit) -> object:
    """List the lines of every receipt, the newest first."""
    rows = [
        transaction_body(visit.books, receipt, line)
        for receipt in visit.books.receipts.values()
        if not receipt.is_phantom
        for line in receipt.transactions
    ]
    begin = visit.query.number("offset") or 0
    shown = rows[::-1][begin : begin + (visit.query.number("limit") or 25)]
    return page(shown, len(rows))


def one_line(visit: Visit) -> object:
    """Show one line of a receipt."""
    wanted = visit.ids["transaction_id"]
    for receipt in visit.books.receipts.values():
        for line in receipt.transactions:
            if line.id == wanted and not receipt.is_phantom:
                return transaction_body(visit.books, receipt, line)
    raise Refused(404, f"Transaction with ID {wanted} not found")
