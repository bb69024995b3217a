sample_social-token = 请把 SampleSocial 设置里显示的访问令牌发给我。
sample_social-token-wrong = SampleSocial 不认识这个令牌，请检查后再发一次。
sample_social-refused = SampleSocial 的帖子最多 { $limit } 个字符，只能公开或仅关注者可见。
