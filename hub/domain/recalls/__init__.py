"""What a recall reaches, and what buyers are told."""
