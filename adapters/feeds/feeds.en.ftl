feeds-unreadable = { $host } sent no feed that can be read. It is tried again later.
feeds-too-much = The feed at { $host } is too large to be read here.
feeds-locked = { $host } wants a password for this, or another one. Write it into the address: https://NAME:PASSWORD@…
feeds-none = There is no feed at { $host } that I could find. Look for the address of the feed itself on the page, and name that.
feeds-wrong = This is no address of the web. A feed is named by its address, or by that of its page.
feeds-cursor = It could not be told how far this feed was read.
feeds-hub = The hub at { $host } does not tell of news any more. What is new still comes, a little later.
