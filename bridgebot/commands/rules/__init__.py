"""Rules: what is posted in one place goes to others too. `/sync` makes them, `/filter` says what they
take, `/routes` shows them, lets them rest and ends them.
"""
