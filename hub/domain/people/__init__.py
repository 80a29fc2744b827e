"""What people and programs may do, and what is kept from them."""
