"""What every mail is stored as."""

TOPIC = "mail"
