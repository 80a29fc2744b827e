"""Logging in, one's account, the workshop's people, keys for programs, the audit log."""
