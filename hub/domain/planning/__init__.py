"""Who gets what, what must be made for it, and which promises a plan keeps."""
