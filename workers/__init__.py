"""The hands: pick a piece of work, run one step of the flow, decide retry, refuse or ask a person."""
