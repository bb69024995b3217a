sample_social-token = Please send the access token that SampleSocial shows in its settings.
sample_social-token-wrong = SampleSocial does not know this token. Please check it and send it again.
sample_social-refused = SampleSocial takes posts of at most { $limit } characters, for everybody or for followers.
