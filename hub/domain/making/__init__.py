"""What a run takes, gives and costs."""
