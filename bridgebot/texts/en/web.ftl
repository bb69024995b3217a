# Plain pages of the web server, and what the operator reads when it cannot start.
web-not-found = There is nothing here.
web-not-allowed = This address does not answer to that.
web-too-large = That is too large.
web-refused = This request cannot be answered.
web-failed = Something went wrong here. It has been noted.
web-cannot-listen = web.listen: the bot cannot listen on { $address } ({ $error }). Is another program using it?
web-collision = { $one } and { $other } both want to serve { $path }; only one of them can be configured.
