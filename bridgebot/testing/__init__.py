"""The contract kit: what an adapter must keep, as tests that its author runs against a fake server."""
