"""The contract kit: what an adapter must keep, as tests that its author runs against a fake server.

`chat.ChatAdapterContract` and `social.SocialAdapterContract` are the promises, `fakes` the adapters
in memory, `context` the house for a test. The first two need pytest (`bridgebot[testing]`).
"""

import sys

if "pytest" in sys.modules:  # then a broken promise shows the values that broke it
    sys.modules["pytest"].register_assert_rewrite(
        *(
            f"{__name__}.{part}"
            for part in ("chat", "chat_out", "chat_shows", "social", "social_people", "social_read")
        )
    )
