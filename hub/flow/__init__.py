"""One file per step of an order's life, in walking order:

accept (write the message down) · read, upsert (what it says becomes the sales order) · map_lines
(what each line asks us to have) · replan, plan (who gets what, what must be made, what is missing)
· promise (by when) · produce, allocate (make it, give it to whom it was made for) · ship · announce
(owe the channel the news) · change (cancel, hold, release) · phase (what people read) · erase
(forget people).

Steps take a session and never commit: the door that calls them owns the transaction and the clock.
"""
