"""Who works here: let in, proven, kept out."""
