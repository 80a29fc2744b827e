"""A pretend post office: it takes customers' mails and posts them, signed, to the hub."""
