"""Where the materials of runs stand."""
