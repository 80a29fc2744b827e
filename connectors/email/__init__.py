"""Orders by e-mail: the mailbox, what a mail says, and our own mails going out."""
