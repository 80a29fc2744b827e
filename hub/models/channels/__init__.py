"""Channels as people see them: their health, messages, differences and tasks."""
