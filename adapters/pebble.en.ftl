pebble-name = What would you like to be called on Pebble? Letters, digits and _ will do.
pebble-name-taken = “{ $name }” cannot be had on Pebble: it is taken, too long, or more than letters, digits and _. Please choose another name.
pebble-refused = Pebble takes public posts of at most { $limit } characters.
pebble-not-yours = This post on Pebble was written by somebody else.
pebble-gone = This post is no longer on Pebble.
pebble-forgotten = Pebble was started anew and has forgotten this account. Please join again.
