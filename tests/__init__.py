"""The tests, as a package: some libraries install one of that name of their own."""
