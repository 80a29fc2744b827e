"""What must hold among the records at every commit, each as a query for what breaks it.

Every query returns `subject_id` and the figures its words quote. The same text runs on SQLite and
PostgreSQL. Numbers are those of the invariants in docs/decisions/0005-ledger-is-append-only.md and
the test plan: I5 is the ledger, I10 the trace, and so on.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """One rule: the query finds what breaks it, the words say what that means."""

    code: str
    subject: str
    words: str
    broken: str


ENDED_WELL = Law(
    code="I2",
    subject="inbound",
    words="{state} without saying what it came to",
    broken="""
    SELECT id AS subject_id, state FROM inbound_message
    WHERE (state = 'done' AND (result = '' OR done_at IS NULL))
       OR (state IN ('held', 'dead') AND (error_class IS NULL OR done_at IS NULL))
       OR (state <> 'waiting' AND lease_owner IS NOT NULL)
    """,
)
ORDER_KEPT = Law(
    code="I3",
    subject="inbound",
    words="{result}, but there is no order {external_order_id}",
    broken="""
    SELECT m.id AS subject_id, m.result, m.external_order_id FROM inbound_message m
    WHERE m.state = 'done' AND m.external_order_id IS NOT NULL
      AND m.result IN ('created', 'applied', 'unchanged', 'stale')
      AND NOT EXISTS (SELECT 1 FROM sales_order o
                      WHERE o.account_id = m.account_id AND o.external_id = m.external_order_id)
    """,
)
LEDGER_IS_BALANCE = Law(
    code="I5",
    subject="lot",
    words="the ledger says {ledger}, the balance {on_hand}",
    broken="""
    SELECT subject_id, ledger, on_hand FROM (
        SELECT l.id AS subject_id, b.on_hand AS on_hand,
               (SELECT COALESCE(SUM(m.quantity), 0) FROM stock_move m
                WHERE m.lot_id = l.id) AS ledger
        FROM lot l LEFT JOIN lot_balance b ON b.lot_id = l.id
    ) AS sums WHERE on_hand IS NULL OR on_hand <> ledger
    """,
)
NEVER_NEGATIVE = Law(
    code="I5",
    subject="lot",
    words="held {least} after one of its moves",
    broken="""
    SELECT lot_id AS subject_id, MIN(running) AS least FROM (
        SELECT lot_id, SUM(quantity) OVER (PARTITION BY lot_id ORDER BY id) AS running
        FROM stock_move
    ) AS sums WHERE running < 0 GROUP BY lot_id
    """,
)
ONE_ITEM_A_LOT = Law(
    code="I5",
    subject="lot",
    words="a {place} of it names item {item_id}",
    broken="""
    SELECT l.id AS subject_id, x.place, x.item_id FROM lot l JOIN (
        SELECT lot_id, item_id, 'balance' AS place FROM lot_balance
        UNION SELECT lot_id, item_id, 'move' FROM stock_move
        UNION SELECT lot_id, item_id, 'reservation' FROM reservation
        UNION SELECT r.lot_id, d.item_id, 'reservation for a demand' FROM reservation r
              JOIN demand d ON d.id = r.demand_id
        UNION SELECT r.lot_id, n.item_id, 'reservation for a need' FROM reservation r
              JOIN production_need n ON n.id = r.need_id
    ) AS x ON x.lot_id = l.id AND x.item_id <> l.item_id
    """,
)
RESERVED_IS_SUM = Law(
    code="I6",
    subject="lot",
    words="{held} is spoken for, the balance says {reserved}",
    broken="""
    SELECT subject_id, held, reserved FROM (
        SELECT b.lot_id AS subject_id, b.reserved AS reserved,
               (SELECT COALESCE(SUM(r.quantity), 0) FROM reservation r
                WHERE r.lot_id = b.lot_id) AS held
        FROM lot_balance b
    ) AS sums WHERE held <> reserved
    """,
)
ENDED_RUNS_HOLD_NOTHING = Law(
    code="I6",
    subject="production_order",
    words="{state}, and still holds {held} of lot {lot_id}",
    broken="""
    SELECT p.id AS subject_id, p.state, r.quantity AS held, r.lot_id FROM reservation r
    JOIN production_need n ON n.id = r.need_id
    JOIN production_order p ON p.id = n.production_order_id
    WHERE p.state IN ('done', 'cancelled')
    """,
)
ASIDE_IS_NOT_PROMISED = Law(
    code="I6",
    subject="lot",
    words="{state}, and {held} of it is still planned for somebody",
    broken="""
    SELECT l.id AS subject_id, l.state, SUM(r.quantity) AS held
    FROM reservation r JOIN lot l ON l.id = r.lot_id
    WHERE l.state <> 'available' AND NOT r.is_firm GROUP BY l.id, l.state
    """,
)
DEMANDS_ARE_COVERED = Law(
    code="I7",
    subject="line",
    words=(
        "item {item_id}: {wanted} wanted, but {held} allocated, {linked} in production"
        " and {short} short"
    ),
    broken="""
    WITH cover AS (
        SELECT d.order_line_id AS subject_id, d.item_id,
            CASE WHEN o.intent = 'open' AND o.release = 'ready'
                 THEN d.quantity - d.shipped ELSE 0 END AS still_open,
            (SELECT COALESCE(SUM(r.quantity), 0) FROM reservation r
             WHERE r.demand_id = d.id AND r.is_firm) AS firm,
            (SELECT COALESCE(SUM(r.quantity), 0) FROM reservation r
             WHERE r.demand_id = d.id) AS held,
            (SELECT COALESCE(SUM(k.planned - k.done), 0) FROM production_link k
             JOIN production_order p ON p.id = k.production_order_id
             WHERE k.demand_id = d.id AND k.planned > k.done
               AND p.state IN ('planned', 'released', 'running')) AS linked,
            (SELECT COALESCE(SUM(s.quantity), 0) FROM shortage s
             WHERE s.demand_id = d.id) AS short
        FROM demand d JOIN order_line l ON l.id = d.order_line_id
        JOIN sales_order o ON o.id = l.order_id
        WHERE NOT EXISTS (SELECT 1 FROM replan r WHERE r.item_id = d.item_id)
    )
    SELECT subject_id, item_id, still_open AS wanted, held, linked, short FROM cover
    WHERE CASE WHEN still_open > firm THEN still_open ELSE firm END <> held + linked + short
    """,
)
NEEDS_ARE_COVERED = Law(
    code="I7",
    subject="production_order",
    words=(
        "item {item_id}: {wanted} needed, but {held} reserved, {linked} in production"
        " and {short} short"
    ),
    broken="""
    WITH cover AS (
        SELECT n.production_order_id AS subject_id, n.item_id,
            n.needed - n.consumed AS still_open,
            (SELECT COALESCE(SUM(r.quantity), 0) FROM reservation r
             WHERE r.need_id = n.id AND r.is_firm) AS firm,
            (SELECT COALESCE(SUM(r.quantity), 0) FROM reservation r
             WHERE r.need_id = n.id) AS held,
            (SELECT COALESCE(SUM(k.planned - k.done), 0) FROM production_link k
             JOIN production_order p ON p.id = k.production_order_id
             WHERE k.need_id = n.id AND k.planned > k.done
               AND p.state IN ('planned', 'released', 'running')) AS linked,
            (SELECT COALESCE(SUM(s.quantity), 0) FROM shortage s
             WHERE s.need_id = n.id) AS short
        FROM production_need n JOIN production_order p ON p.id = n.production_order_id
        WHERE p.state IN ('planned', 'released', 'running')
          AND NOT EXISTS (SELECT 1 FROM replan r WHERE r.item_id = n.item_id)
    )
    SELECT subject_id, item_id, still_open AS wanted, held, linked, short FROM cover
    WHERE CASE WHEN still_open > firm THEN still_open ELSE firm END <> held + linked + short
    """,
)
RUNS_ARE_PROMISED_ONCE = Law(
    code="I7",
    subject="production_order",
    words="makes {planned}, and {promised} of it is promised",
    broken="""
    SELECT p.id AS subject_id, p.planned, SUM(k.planned - k.done) AS promised
    FROM production_order p JOIN production_link k ON k.production_order_id = p.id
    WHERE p.state IN ('planned', 'released', 'running') AND k.planned > k.done
    GROUP BY p.id, p.planned HAVING SUM(k.planned - k.done) > p.planned
    """,
)
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
SHIPMENTS_ARE_TOLD_ONCE = Law(
    code="I11",
    subject="shipment",
    words="{state}, and its channel is told {told} times",
    broken="""
    SELECT subject_id, state, told FROM (
        SELECT s.id AS subject_id, s.state, s.is_owed, a.channel,
            (SELECT COUNT(*) FROM outbound_message m
             WHERE m.shipment_id = s.id AND m.kind = 'fulfil') AS told
        FROM shipment s JOIN sales_order o ON o.id = s.order_id
        JOIN channel_account a ON a.id = o.account_id
    ) AS counts
    WHERE told <> CASE WHEN state IN ('shipped', 'delivered') AND is_owed
                        AND channel <> 'manual' THEN 1 ELSE 0 END
    """,
)
SENT_IS_SETTLED = Law(
    code="I11",
    subject="outbound",
    words="{state}, but not settled",
    broken="""
    SELECT id AS subject_id, state FROM outbound_message
    WHERE (state IN ('sent', 'shadowed', 'held', 'dead')
           AND (done_at IS NULL OR lease_owner IS NOT NULL))
       OR (state IN ('sending', 'unknown') AND first_sent_at IS NULL)
    """,
)
NEWS_IS_TOLD_ONCE = Law(
    code="I13",
    subject="order",
    words="its channel is told {kind} {times} times",
    broken="""
    SELECT order_id AS subject_id, kind, COUNT(*) AS times FROM outbound_message
    WHERE kind IN ('delivered', 'progress')
    GROUP BY order_id, kind, shipment_id HAVING COUNT(*) > 1
    """,
)
RUN_STATES_ARE_TOLD = Law(
    code="I14",
    subject="production_order",
    words="is {state}, its history says {told}",
    broken="""
    SELECT subject_id, state, told FROM (
        SELECT p.id AS subject_id, p.state, COALESCE((
            SELECT h.to_state FROM history h
            WHERE h.subject = 'production_order' AND h.subject_id = p.id
              AND h.what LIKE 'production_order.%' ORDER BY h.id DESC LIMIT 1), 'planned') AS told
        FROM production_order p
    ) AS states WHERE state <> told
    """,
)
SHIPMENT_STATES_ARE_TOLD = Law(
    code="I14",
    subject="shipment",
    words="is {state}, its history says {told}",
    broken="""
    SELECT subject_id, state, told FROM (
        SELECT s.id AS subject_id, s.state, COALESCE((
            SELECT h.to_state FROM history h
            WHERE h.subject = 'shipment' AND h.subject_id = s.id
              AND h.what IN ('shipment.packed', 'shipment.shipped', 'shipment.delivered',
                             'shipment.cancelled')
            ORDER BY h.id DESC LIMIT 1), 'packed') AS told
        FROM shipment s
    ) AS states WHERE state <> told
    """,
)
LOT_STATES_ARE_TOLD = Law(
    code="I14",
    subject="lot",
    words="is {state}, its history says {told}",
    broken="""
    SELECT subject_id, state, told FROM (
        SELECT l.id AS subject_id, l.state, COALESCE((
            SELECT h.to_state FROM history h
            WHERE h.subject = 'lot' AND h.subject_id = l.id
              AND h.what IN ('lot.available', 'lot.quarantined', 'lot.recalled')
            ORDER BY h.id DESC LIMIT 1), 'available') AS told
        FROM lot l
    ) AS states WHERE state <> told
    """,
)
INTENTS_ARE_TOLD = Law(
    code="I14",
    subject="order",
    words="is {state}, its history says {told}",
    broken="""
    SELECT subject_id, state, told FROM (
        SELECT o.id AS subject_id, o.intent AS state, COALESCE((
            SELECT h.to_state FROM history h
            WHERE h.subject = 'order' AND h.subject_id = o.id
              AND h.what IN ('order.received', 'order.intent', 'order.open', 'order.on_hold',
                             'order.cancelled', 'order.closed')
            ORDER BY h.id DESC LIMIT 1), 'open') AS told
        FROM sales_order o
    ) AS states WHERE state <> told
    """,
)
PHASES_ARE_TOLD = Law(
    code="I14",
    subject="order",
    words="is {state}, its history says {told}",
    broken="""
    SELECT subject_id, state, told FROM (
        SELECT o.id AS subject_id, o.phase AS state, COALESCE((
            SELECT h.to_state FROM history h
            WHERE h.subject = 'order' AND h.subject_id = o.id AND h.what = 'order.phase'
            ORDER BY h.id DESC LIMIT 1), 'new') AS told
        FROM sales_order o
    ) AS states WHERE state <> told
    """,
)

LAWS: tuple[Law, ...] = (
    ENDED_WELL,
    ORDER_KEPT,
    LEDGER_IS_BALANCE,
    NEVER_NEGATIVE,
    ONE_ITEM_A_LOT,
    RESERVED_IS_SUM,
    ENDED_RUNS_HOLD_NOTHING,
    ASIDE_IS_NOT_PROMISED,
    DEMANDS_ARE_COVERED,
    NEEDS_ARE_COVERED,
    RUNS_ARE_PROMISED_ONCE,
    RUNS_END_ONCE,
    CONSUMPTION_IS_NAMED,
    MOVES_HAVE_A_CAUSE,
    PICKS_LEFT_THE_LOTS,
    SHIPPED_IS_PICKED,
    LINES_COUNT_THEIR_PARCELS,
    SHIPMENTS_ARE_TOLD_ONCE,
    SENT_IS_SETTLED,
    NEWS_IS_TOLD_ONCE,
    RUN_STATES_ARE_TOLD,
    SHIPMENT_STATES_ARE_TOLD,
    LOT_STATES_ARE_TOLD,
    INTENTS_ARE_TOLD,
    PHASES_ARE_TOLD,
)
