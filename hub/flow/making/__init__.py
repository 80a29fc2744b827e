"""Steps 5 and 6: runs from released to done, and their lots given to whom they are for."""
