"""One module per network; see README.md in this folder."""

# PyPI has an unrelated package of this name. The loader looks for this marker and,
# where it is missing, says that bridgebot wants an environment of its own.
BRIDGEBOT = True
