memory_social-name = Which name would you like?
memory_social-name-taken = This name is taken or cannot be used. Please choose another one.
memory_social-scope = do everything in your name
memory_social-token = Please send the token that the network gave you.
memory_social-token-wrong = The network does not know this token. Please check it and send it again.
