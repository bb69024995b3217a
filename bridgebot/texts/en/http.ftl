# What became of a call to a network.
http-unreachable = { $host } cannot be reached at the moment.
http-busy = { $host } asks us to wait.
http-no-answer = { $host } gave no usable answer.
http-unclear = { $host } gave no usable answer, so nobody knows whether it happened.
http-rejected = { $host } refused this: { $words }
http-redirected = { $host } sends us elsewhere, which is not followed here.
http-too-large = What { $host } sent is too large.
http-address-refused = The bot does not connect to { $host }: only public sites, by name and over https.
http-address-wrong = That is not an address of a site.
