"""What if: asked of the plan, with nothing changed by asking."""
