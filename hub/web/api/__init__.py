"""The JSON API: programs ask and tell here, through the same flow functions as the pages."""
