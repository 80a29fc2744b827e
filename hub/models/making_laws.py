"""What must hold of what was made and sent: every quantity has its lot and its cause."""

from hub.models.law import Law

RUNS_END_ONCE = Law(
    code="I9",
    subject="production_order",
    words="{state}: produced {produced}, in its lots {output}, in the ledger {moved}",
    broken="""
    SELECT subject_id, state, produced, output, moved FROM (
        SELECT p.id AS subject_id, p.state, p.produced, p.finished_at, p.started_at,
            (SELECT COALESCE(SUM(o.quantity), 0) FROM production_output o
             WHERE o.production_order_id = p.id) AS output,
            (SELECT COALESCE(SUM(m.quantity), 0) FROM stock_move m WHERE m.kind = 'produced'
             AND m.ref_type = 'production_order' AND m.ref_id = CAST(p.id AS TEXT)) AS moved
        FROM production_order p
    ) AS sums
    WHERE produced <> output OR output <> moved OR (state <> 'done' AND output <> 0)
       OR (state = 'done') <> (finished_at IS NOT NULL)
       OR (state IN ('running', 'done') AND started_at IS NULL)
    """,
)
CONSUMPTION_IS_NAMED = Law(
    code="I9",
    subject="production_order",
    words="used {consumed} of item {item_id}, the ledger says {moved}",
    broken="""
    SELECT subject_id, item_id, consumed, moved FROM (
        SELECT n.production_order_id AS subject_id, n.item_id, n.consumed,
            (SELECT COALESCE(-SUM(m.quantity), 0) FROM stock_move m WHERE m.kind = 'consumed'
             AND m.ref_type = 'production_order' AND m.item_id = n.item_id
             AND m.ref_id = CAST(n.production_order_id AS TEXT)) AS moved
        FROM production_need n
    ) AS sums WHERE consumed <> moved
    """,
)
MOVES_HAVE_A_CAUSE = Law(
    code="I10",
    subject="lot",
    words="{kind} {quantity} by {ref_type} {ref_id}, which knows nothing of it",
    broken="""
    SELECT m.lot_id AS subject_id, m.kind, m.quantity, m.ref_type, m.ref_id FROM stock_move m
    WHERE (m.kind = 'consumed' AND NOT EXISTS (
            SELECT 1 FROM production_need n WHERE m.ref_type = 'production_order'
            AND CAST(n.production_order_id AS TEXT) = m.ref_id AND n.item_id = m.item_id))
       OR (m.kind = 'produced' AND NOT EXISTS (
            SELECT 1 FROM production_output o WHERE m.ref_type = 'production_order'
            AND CAST(o.production_order_id AS TEXT) = m.ref_id AND o.lot_id = m.lot_id))
       OR (m.kind = 'shipped' AND NOT EXISTS (
            SELECT 1 FROM shipment_pick k JOIN shipment_line l ON l.id = k.shipment_line_id
            WHERE m.ref_type = 'shipment' AND CAST(l.shipment_id AS TEXT) = m.ref_id
            AND k.lot_id = m.lot_id))
    """,
)
PICKS_LEFT_THE_LOTS = Law(
    code="I10",
    subject="shipment",
    words="{picked} was picked of lot {lot_id}, the ledger says {moved} left",
    broken="""
    SELECT subject_id, lot_id, picked, moved FROM (
        SELECT s.id AS subject_id, k.lot_id, SUM(k.quantity) AS picked,
            (SELECT COALESCE(-SUM(m.quantity), 0) FROM stock_move m WHERE m.kind = 'shipped'
             AND m.ref_type = 'shipment' AND m.ref_id = CAST(s.id AS TEXT)
             AND m.lot_id = k.lot_id) AS moved
        FROM shipment s JOIN shipment_line l ON l.shipment_id = s.id
        JOIN shipment_pick k ON k.shipment_line_id = l.id
        WHERE s.state IN ('shipped', 'delivered') GROUP BY s.id, k.lot_id
    ) AS sums WHERE picked <> moved
    """,
)
SHIPPED_IS_PICKED = Law(
    code="I10",
    subject="line",
    words="item {item_id}: {shipped} shipped, but {picked} was picked from lots",
    broken="""
    SELECT subject_id, item_id, shipped, picked FROM (
        SELECT d.order_line_id AS subject_id, d.item_id, d.shipped,
            (SELECT COALESCE(SUM(k.quantity), 0) FROM shipment_pick k
             JOIN shipment_line l ON l.id = k.shipment_line_id
             JOIN shipment s ON s.id = l.shipment_id
             WHERE k.demand_id = d.id AND s.state IN ('shipped', 'delivered')) AS picked
        FROM demand d
    ) AS sums WHERE shipped <> picked
    """,
)
LINES_COUNT_THEIR_PARCELS = Law(
    code="I10",
    subject="line",
    words="{shipped} shipped, but its parcels hold {packed}",
    broken="""
    SELECT subject_id, shipped, packed FROM (
        SELECT l.id AS subject_id, l.shipped,
            (SELECT COALESCE(SUM(x.quantity), 0) FROM shipment_line x
             JOIN shipment s ON s.id = x.shipment_id
             WHERE x.order_line_id = l.id AND s.state IN ('shipped', 'delivered')) AS packed
        FROM order_line l
    ) AS sums WHERE shipped <> packed
    """,
)

MAKING_LAWS: tuple[Law, ...] = (
    RUNS_END_ONCE,
    CONSUMPTION_IS_NAMED,
    MOVES_HAVE_A_CAUSE,
    PICKS_LEFT_THE_LOTS,
    SHIPPED_IS_PICKED,
    LINES_COUNT_THEIR_PARCELS,
)
