"""The demo: a made-up workshop, a pretend shop that keeps ordering, and a maker who works alone."""
