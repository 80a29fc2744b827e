"""Tables taken in and out."""
