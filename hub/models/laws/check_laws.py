"""What must hold of lots that wait for their quality check: none is promised twice, or sent."""

from hub.models.laws.law import Law

CHECKED_LOTS_LIE_ASIDE = Law(
    code="I6",
    subject="lot",
    words="waits for its quality check, and is {state}",
    broken="""
    SELECT id AS subject_id, state FROM lot WHERE awaits_check AND state <> 'quarantined'
    """,
)
CHECKS_COVER_ONCE = Law(
    code="I7",
    subject="lot",
    words="{there} waits for its check, and {covers} of it is counted on",
    broken="""
    SELECT subject_id, there, covers FROM (
        SELECT l.id AS subject_id, SUM(c.quantity) AS covers,
            CASE WHEN l.awaits_check THEN b.on_hand - b.reserved ELSE 0 END AS there
        FROM check_cover c JOIN lot l ON l.id = c.lot_id
        JOIN lot_balance b ON b.lot_id = l.id
        WHERE NOT EXISTS (SELECT 1 FROM replan r WHERE r.item_id = l.item_id)
        GROUP BY l.id, l.awaits_check, b.on_hand, b.reserved
    ) AS sums WHERE covers > there
    """,
)
CHECKS_NAME_THEIR_ITEM = Law(
    code="I7",
    subject="lot",
    words="holds item {lot_item}, but is counted on as item {item_id}",
    broken="""
    SELECT l.id AS subject_id, l.item_id AS lot_item, c.item_id
    FROM check_cover c JOIN lot l ON l.id = c.lot_id
    LEFT JOIN demand d ON d.id = c.demand_id LEFT JOIN production_need n ON n.id = c.need_id
    WHERE c.item_id <> l.item_id OR c.item_id <> COALESCE(d.item_id, n.item_id)
    """,
)

CHECK_LAWS: tuple[Law, ...] = (
    CHECKED_LOTS_LIE_ASIDE,
    CHECKS_COVER_ONCE,
    CHECKS_NAME_THEIR_ITEM,
)
