"""What the planner, the calendar and the forecasts read."""
