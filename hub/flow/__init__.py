"""One file per step of an order's life, a room for each part of the walk:

intake (write the message down; the sales order it becomes) · reading (do what a message says) ·
mail, reviews (orders that come as letters) · meaning (what each line asks us to have) · planning
(who gets what, what must be made, by when) · asking (what if) · making (runs, their lots, whom
those are for) · shipping · telling (owe the channel the news) · letters (and the people).

Beside the walk: orders (what people decide about one) · stock, recalls, undoing · catalogue,
purchasing · channels · tables · people · house. What every step stands on lies here: refusal (how
a step says no), bounds (what may be typed), step (how a state changes), replan (what is to be
planned anew), phase (what people read on an order).

Steps take a session and never commit: the door that calls them owns the transaction and the clock.
"""
