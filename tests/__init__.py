"""Tests: no mocks of our own code, real PostgreSQL, platforms as servers on loopback that speak the true protocol."""
