"""Our own letters: their words, whom they go to, and the alerts to owners."""
