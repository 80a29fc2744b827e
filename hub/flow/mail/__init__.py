"""Orders that come by mail: mailboxes, letters read, and the customers who write them."""
