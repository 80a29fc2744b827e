"""The interpreters: one folder a channel; the only code that knows that channel's API."""
