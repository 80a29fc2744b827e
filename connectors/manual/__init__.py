"""The built-in channel: orders typed by hand or sent to our own API."""
