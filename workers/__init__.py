"""The hands: pick a piece of work, run one step of the flow, decide what comes of an error."""
