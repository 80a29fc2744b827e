"""What channels show, are told, and may sell."""
