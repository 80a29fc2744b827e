"""What must hold of what was made and sent: every quantity has its lot and its cause."""

from hub.models.laws.law import Law

RUN_MOVES = """
    run_move AS (
        SELECT m.lot_id, m.item_id, m.kind, m.quantity, x.ref_type, c.id AS completion_id,
            CASE WHEN x.ref_type = 'completion' THEN c.production_order_id
                 ELSE CAST(x.ref_id AS BIGINT) END AS run_id
        FROM stock_move m JOIN stock_move x ON x.id = COALESCE(m.reverses_id, m.id)
        LEFT JOIN completion c
            ON x.ref_type = 'completion' AND c.id = CAST(x.ref_id AS BIGINT)
        WHERE m.kind IN ('produced', 'consumed')
          AND x.ref_type IN ('completion', 'production_order')
    )
"""
"""The moves of runs, what takes one back under what it takes back, each with its run."""

RUNS_GAVE_WHAT_THEY_SAY = Law(
    code="I9",
    subject="production_order",
    words=(
        "{state}: produced {produced}, in its completions {said}, in its lots {output},"
        " in the ledger {moved}"
    ),
    broken=f"""
    WITH {RUN_MOVES}, sums AS (
        SELECT p.id AS subject_id, p.state, p.produced, p.finished_at, p.started_at,
            COALESCE((SELECT SUM(CASE WHEN c.undone_at IS NULL THEN c.produced ELSE 0 END)
             FROM completion c WHERE c.production_order_id = p.id), p.produced) AS said,
            (SELECT COALESCE(SUM(o.quantity), 0) FROM production_output o
             LEFT JOIN completion c ON c.production_order_id = o.production_order_id
                 AND c.number = o.completion
             WHERE o.production_order_id = p.id AND c.undone_at IS NULL) AS output,
            (SELECT COALESCE(SUM(m.quantity), 0) FROM run_move m
             WHERE m.kind = 'produced' AND m.run_id = p.id) AS moved
        FROM production_order p
    )
    SELECT subject_id, state, produced, said, output, moved FROM sums
    WHERE produced <> said OR produced <> output OR output <> moved
       OR (state NOT IN ('running', 'done') AND output <> 0)
       OR (state = 'done') <> (finished_at IS NOT NULL)
       OR (state IN ('running', 'done') AND started_at IS NULL)
    """,  # noqa: S608
)
RUNS_LOST_WHAT_THEY_SAY = Law(
    code="I9",
    subject="production_order",
    words="scrapped {scrapped}, in its completions {said}",
    broken="""
    SELECT subject_id, scrapped, said FROM (
        SELECT p.id AS subject_id, p.scrapped,
            SUM(CASE WHEN c.undone_at IS NULL THEN c.scrapped ELSE 0 END) AS said
        FROM production_order p JOIN completion c ON c.production_order_id = p.id
        GROUP BY p.id, p.scrapped
    ) AS sums WHERE scrapped <> said
    """,
)
CONSUMPTION_IS_NAMED = Law(
    code="I9",
    subject="production_order",
    words="used {consumed} of item {item_id}, its completions and its old moves say {said}",
    broken="""
    SELECT subject_id, item_id, consumed, said FROM (
        SELECT n.production_order_id AS subject_id, n.item_id, n.consumed,
            (SELECT COALESCE(-SUM(m.quantity), 0) FROM stock_move m WHERE m.kind = 'consumed'
             AND m.ref_type = 'production_order' AND m.item_id = n.item_id
             AND m.ref_id = CAST(n.production_order_id AS TEXT))
            + (SELECT COALESCE(SUM(u.counts), 0) FROM completion_use u
               JOIN completion c ON c.id = u.completion_id
               WHERE u.need_id = n.id AND c.undone_at IS NULL) AS said
        FROM production_need n
    ) AS sums WHERE consumed <> said
    """,
)
USES_LEFT_THE_LOTS = Law(
    code="I9",
    subject="lot",
    words="completion {completion_id} used {used} of it, the ledger says {moved} left",
    broken=f"""
    WITH {RUN_MOVES}, both_sides AS (
        SELECT u.lot_id, u.completion_id, 0 AS moved,
            SUM(CASE WHEN c.undone_at IS NULL THEN u.quantity ELSE 0 END) AS used
        FROM completion_use u JOIN completion c ON c.id = u.completion_id
        GROUP BY u.lot_id, u.completion_id
        UNION ALL
        SELECT m.lot_id, m.completion_id, -SUM(m.quantity) AS moved, 0 AS used FROM run_move m
        WHERE m.kind = 'consumed' AND m.ref_type = 'completion'
        GROUP BY m.lot_id, m.completion_id
    )
    SELECT lot_id AS subject_id, completion_id, SUM(used) AS used, SUM(moved) AS moved
    FROM both_sides GROUP BY lot_id, completion_id HAVING SUM(used) <> SUM(moved)
    """,  # noqa: S608
)
LINKS_SAY_WHAT_THEY_GOT = Law(
    code="I9",
    subject="production_order",
    words="a link says it got {done}, its completions gave it {given}",
    broken="""
    SELECT subject_id, done, given FROM (
        SELECT k.production_order_id AS subject_id, k.done,
            (SELECT COALESCE(SUM(g.quantity), 0) FROM completion_gift g
             JOIN completion c ON c.id = g.completion_id
             WHERE g.link_id = k.id AND c.undone_at IS NULL) AS given
        FROM production_link k WHERE EXISTS (
            SELECT 1 FROM completion c WHERE c.production_order_id = k.production_order_id)
    ) AS sums WHERE done <> given
    """,
)
MOVES_HAVE_A_CAUSE = Law(
    code="I10",
    subject="lot",
    words="{kind} {quantity} by {ref_type} {ref_id}, which knows nothing of it",
    broken="""
    SELECT m.lot_id AS subject_id, m.kind, m.quantity, m.ref_type, m.ref_id FROM stock_move m
    WHERE m.reverses_id IS NULL AND (
      (m.kind = 'consumed' AND NOT EXISTS (
            SELECT 1 FROM production_need n WHERE m.ref_type = 'production_order'
            AND CAST(n.production_order_id AS TEXT) = m.ref_id AND n.item_id = m.item_id)
        AND NOT EXISTS (
            SELECT 1 FROM completion_use u WHERE m.ref_type = 'completion'
            AND CAST(u.completion_id AS TEXT) = m.ref_id AND u.lot_id = m.lot_id))
       OR (m.kind = 'produced' AND NOT EXISTS (
            SELECT 1 FROM production_output o
            LEFT JOIN completion c ON c.production_order_id = o.production_order_id
                AND c.number = o.completion
            WHERE o.lot_id = m.lot_id AND (
                (m.ref_type = 'completion' AND CAST(c.id AS TEXT) = m.ref_id)
                OR (m.ref_type = 'production_order'
                    AND CAST(o.production_order_id AS TEXT) = m.ref_id))))
       OR (m.kind = 'shipped' AND NOT EXISTS (
            SELECT 1 FROM shipment_pick k JOIN shipment_line l ON l.id = k.shipment_line_id
            WHERE m.ref_type = 'shipment' AND CAST(l.shipment_id AS TEXT) = m.ref_id
            AND k.lot_id = m.lot_id)))
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
    RUNS_GAVE_WHAT_THEY_SAY,
    RUNS_LOST_WHAT_THEY_SAY,
    CONSUMPTION_IS_NAMED,
    USES_LEFT_THE_LOTS,
    LINKS_SAY_WHAT_THEY_GOT,
    MOVES_HAVE_A_CAUSE,
    PICKS_LEFT_THE_LOTS,
    SHIPPED_IS_PICKED,
    LINES_COUNT_THEIR_PARCELS,
)
