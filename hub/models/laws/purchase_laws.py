"""What must hold of purchases on their way: none is promised twice, or to whom wants nothing."""

from hub.models.laws.law import Law

PURCHASES_COVER_ONCE = Law(
    code="I7",
    subject="purchase_line",
    words="{coming} of item {item_id} is still to come, and {covers} of it is promised",
    broken="""
    SELECT subject_id, item_id, coming, covers FROM (
        SELECT l.id AS subject_id, l.item_id, SUM(c.quantity) AS covers,
            CASE WHEN o.state = 'ordered' AND NOT l.is_closed AND l.quantity > l.received
                 THEN l.quantity - l.received ELSE 0 END AS coming
        FROM purchase_line l JOIN purchase_order o ON o.id = l.purchase_order_id
        JOIN purchase_cover c ON c.purchase_line_id = l.id
        WHERE NOT EXISTS (SELECT 1 FROM replan r WHERE r.item_id = l.item_id)
        GROUP BY l.id, l.item_id, o.state, l.is_closed, l.quantity, l.received
    ) AS sums WHERE covers > coming
    """,
)
COVERS_ARE_WANTED = Law(
    code="I7",
    subject="purchase_line",
    words="{quantity} of item {item_id} covers {place} {owner_id}, which does not want it",
    broken="""
    SELECT c.purchase_line_id AS subject_id, c.item_id, c.quantity, 'demand' AS place,
        d.id AS owner_id
    FROM purchase_cover c JOIN demand d ON d.id = c.demand_id
    JOIN order_line l ON l.id = d.order_line_id JOIN sales_order o ON o.id = l.order_id
    WHERE NOT EXISTS (SELECT 1 FROM replan r WHERE r.item_id = c.item_id)
      AND (c.item_id <> d.item_id OR o.intent <> 'open' OR o.release <> 'ready'
           OR c.quantity > d.quantity - d.shipped)
    UNION ALL
    SELECT c.purchase_line_id, c.item_id, c.quantity, 'need', n.id
    FROM purchase_cover c JOIN production_need n ON n.id = c.need_id
    JOIN production_order p ON p.id = n.production_order_id
    WHERE NOT EXISTS (SELECT 1 FROM replan r WHERE r.item_id = c.item_id)
      AND (c.item_id <> n.item_id OR c.quantity > n.needed - n.consumed
           OR p.state NOT IN ('planned', 'released', 'running'))
    """,
)
COVERS_NAME_THEIR_ITEM = Law(
    code="I7",
    subject="purchase_line",
    words="brings item {line_item}, but covers item {item_id} with it",
    broken="""
    SELECT l.id AS subject_id, l.item_id AS line_item, c.item_id
    FROM purchase_cover c JOIN purchase_line l ON l.id = c.purchase_line_id
    WHERE c.item_id <> l.item_id
    """,
)
RECEIPTS_ARE_LOTS = Law(
    code="I7",
    subject="purchase_line",
    words="{received} came by its own account, {moved} by the ledger of its lots",
    broken="""
    SELECT subject_id, received, moved FROM (
        SELECT l.id AS subject_id, l.received,
            COALESCE((SELECT SUM(m.quantity) FROM stock_move m
                      JOIN lot t ON t.id = m.lot_id
                      WHERE t.purchase_line_id = l.id AND m.kind = 'received'), 0) AS moved
        FROM purchase_line l
    ) AS sums WHERE received <> moved
    """,
)

PURCHASE_LAWS: tuple[Law, ...] = (
    RECEIPTS_ARE_LOTS,
    PURCHASES_COVER_ONCE,
    COVERS_ARE_WANTED,
    COVERS_NAME_THEIR_ITEM,
)
