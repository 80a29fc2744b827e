"""Who may open and press what: every page by its view's name, and nobody where none is said."""

from collections.abc import Mapping

from hub.domain.roles import Role

EVERYBODY = frozenset(Role)
OWNER = frozenset({Role.OWNER})
OFFICE = frozenset({Role.OWNER, Role.PLANNER})
FLOOR = frozenset({Role.OWNER, Role.PLANNER, Role.MAKER})
PACKING = frozenset({Role.OWNER, Role.PLANNER, Role.PACKER})

OPEN = frozenset(
    {
        "static",
        "pages.login_page",
        "pages.log_in",
        "pages.setup_page",
        "pages.set_up",
        "pages.enter_page",
        "pages.enter",
    }
)
"""What needs no log-in: the ways in, and what they are drawn with."""

ALLOWED: Mapping[str, frozenset[Role]] = {
    "pages.log_out": EVERYBODY,
    "pages.choose_language": EVERYBODY,
    "pages.today": EVERYBODY,
    "pages.list_orders": EVERYBODY,
    "pages.show_order": EVERYBODY,
    "pages.hold_order": OFFICE,
    "pages.release_order": OFFICE,
    "pages.cancel_order": OFFICE,
    "pages.priority_page": OFFICE,
    "pages.look_priority": OFFICE,
    "pages.place_order": OFFICE,
    "pages.answer_decision": FLOOR | PACKING,
    "pages.ship_page": PACKING,
    "pages.ship_order": PACKING,
    "pages.mapping_queue": EVERYBODY,
    "pages.show_listing": EVERYBODY,
    "pages.preview_mapping": EVERYBODY,
    "pages.save_mapping": OFFICE,
    "pages.not_produced": OFFICE,
    "pages.production_board": EVERYBODY,
    "pages.show_run": EVERYBODY,
    "pages.release_run": OFFICE,
    "pages.start_run": FLOOR,
    "pages.finish_page": FLOOR,
    "pages.finish_run": FLOOR,
    "pages.cancel_run": OFFICE,
    "pages.complete_part": FLOOR,
    "pages.undo_step": FLOOR,
    "pages.pin_run": OFFICE,
    "pages.unpin_run": OFFICE,
    "pages.list_shipments": EVERYBODY,
    "pages.show_shipment": EVERYBODY,
    "pages.mark_delivered": PACKING,
    "pages.amend_tracking": PACKING,
    "pages.return_goods": PACKING,
    "pages.list_channels": OFFICE,
    "pages.connect_page": OWNER,
    "pages.connect_shop": OWNER,
    "pages.show_channel": OFFICE,
    "pages.change_mode": OWNER,
    "pages.reconnect_shop": OWNER,
    "pages.connect_form": OWNER,
    "pages.authorise_channel": OWNER,
    "pages.come_back": OWNER,
    "pages.poll_channel": OFFICE,
    "pages.check_channel": OFFICE,
    "pages.import_catalogue": OFFICE,
    "pages.choose_stock_place": OWNER,
    "pages.start_backfill": OWNER,
    "pages.pause_backfill": OWNER,
    "pages.resume_backfill": OWNER,
    "pages.stop_backfill": OWNER,
    "pages.show_rehearsed": OFFICE,
    "pages.list_tasks": PACKING,
    "pages.finish_task": PACKING,
    "pages.list_inbox": OFFICE,
    "pages.replay_message": OFFICE,
    "pages.list_outbox": OFFICE,
    "pages.retry_message": OFFICE,
    "pages.list_items": EVERYBODY,
    "pages.add_item_page": OFFICE,
    "pages.create_item": OFFICE,
    "pages.show_item": EVERYBODY,
    "pages.write_recipe": OFFICE,
    "pages.receive_lot": FLOOR,
    "pages.adjust_lot": FLOOR,
    "pages.scrap_lot": FLOOR,
    "pages.plan_item": OFFICE,
    "pages.accept_forecast": OFFICE,
    "pages.list_purchases": EVERYBODY,
    "pages.show_purchase": EVERYBODY,
    "pages.order_suggested": OFFICE,
    "pages.change_purchase_line": OFFICE,
    "pages.place_purchase": OFFICE,
    "pages.expect_purchase": OFFICE,
    "pages.receive_purchase": FLOOR,
    "pages.close_purchase": OFFICE,
    "pages.cancel_purchase": OFFICE,
    "pages.add_supplier_page": OFFICE,
    "pages.create_supplier": OFFICE,
    "pages.show_supplier": EVERYBODY,
    "pages.edit_supplier": OFFICE,
    "pages.offer_item": OFFICE,
    "pages.order_by_hand": OFFICE,
    "pages.change_lot": OFFICE,
    "pages.list_recalls": OFFICE,
    "pages.show_trace": EVERYBODY,
    "pages.call_back": OFFICE,
    "pages.show_recall": OFFICE,
    "pages.look_again": OFFICE,
    "pages.end_recall": OFFICE,
    "pages.buyer_told": OFFICE,
    "pages.recall_report": OFFICE,
    "pages.recall_buyers": OFFICE,
    "pages.recall_lots": OFFICE,
    "pages.show_workshop": EVERYBODY,
    "pages.save_habits": OFFICE,
    "pages.save_transit": OFFICE,
    "pages.close_shipping_days": OFFICE,
    "pages.reopen_shipping_day": OFFICE,
    "pages.add_centre": OFFICE,
    "pages.change_centre": OFFICE,
    "pages.close_centre_days": OFFICE,
    "pages.reopen_centre_day": OFFICE,
}
PEOPLE = PACKING
"""Who sees buyers' names and addresses: whoever answers them or writes a parcel's label."""


def may_open(role: Role, *, view: str) -> bool:
    """Say whether a role may use a view; one that nobody wrote down is nobody's."""
    return role in ALLOWED.get(view, frozenset())
