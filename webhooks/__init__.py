"""The front door: proves a message is real, writes it down, answers fast; nothing else."""
