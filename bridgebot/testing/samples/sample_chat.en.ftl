sample_chat-too-long = SampleChat takes at most { $limit } characters in one message.
