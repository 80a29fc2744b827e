"""Orders: their list, their page, a new one, and the ways out when one will be late."""
