"""Plaza's tables: the only part of it that speaks SQL.

Every function takes a synchronous connection, belongs into one unit of work, does no other I/O
and may run twice. Who may read what is decided in `reach`, once.
"""
