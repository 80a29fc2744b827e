"""Rows that one worker holds for a while: the verbs of messages, lists and processes."""
