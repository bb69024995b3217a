"""Plaza in a browser, for those who signed in from their chat: which apps act for them, and consent.

Only these pages know a cookie. Everything else on the site goes on being for anybody.
"""
