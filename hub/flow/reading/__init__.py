"""Step 2: what a message says is done, be it an order, a catalogue or a request to forget."""
