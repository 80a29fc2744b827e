"""The pure decisions: no database, clock, network or framework in here."""
