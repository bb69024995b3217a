"""The in-memory adapters, with the networks behind them.

chat = MemoryChat()                                   # everything declared
chat = MemoryChat(capabilities=ChatCapabilities())    # nothing declared
run = asyncio.create_task(chat.run(receive))
first = chat.say("hello", sender="ada")
await chat.settled()                                  # the bot has committed it
assert chat.lines("ada") == ["#7k2 …"]                # the bot's messages as they stand now
chat.fail("send", Unconfirmed(), at=2, acted=True)    # the 2nd send from now gets there, unanswered
release = chat.hang("send")                           # the next one waits for release.set()

social = MemorySocial(name="north")
ada = social.account("ada")                           # as if linked
post = social.add_post("lin", "hi @ada")              # somebody else, on the network
assert social.texts("ada") == ["hello"]               # what stands there now
"""

from bridgebot.testing.chat_network import BOT, ChatNetwork, Line
from bridgebot.testing.chat_side import MemoryChatConfig
from bridgebot.testing.clock import ManualClock
from bridgebot.testing.faults import Call, Faults
from bridgebot.testing.memory_chat import MemoryChat
from bridgebot.testing.memory_social import MemorySocial
from bridgebot.testing.social_network import SocialNetwork
from bridgebot.testing.social_side import MemorySocialConfig

__all__ = [
    "BOT",
    "Call",
    "ChatNetwork",
    "Faults",
    "Line",
    "ManualClock",
    "MemoryChat",
    "MemoryChatConfig",
    "MemorySocial",
    "MemorySocialConfig",
    "SocialNetwork",
]
