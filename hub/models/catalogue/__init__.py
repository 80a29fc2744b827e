"""Items and recipes as people see them, with what each has, owes and can still promise."""
