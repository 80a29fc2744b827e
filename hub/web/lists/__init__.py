"""Lists of one kind everywhere: filtered, sorted, searched, paged, kept as views, taken away."""
