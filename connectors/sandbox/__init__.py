"""Pretend storefronts on loopback that speak the real wire, for the demo and the tests."""
