"""Orders as people see them: their lines, what they wait for, what they were told."""
