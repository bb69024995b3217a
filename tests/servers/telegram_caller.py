"""A bot that speaks bare HTTP to the pretend Telegram, for tests of that."""


class BareBot:
    """Calls methods by their names, and knows whether they should go well."""

    def __init__(self, server, session):
        self.server = server
        self.session = session

    async def asks(self, method, **parameters):
        """The answer, good or bad, to a call with a JSON body."""
        url = f"{self.server.url}/bot{self.server.token}/{method}"
        async with self.session.post(url, json=parameters) as answer:
            body = await answer.json()
            assert body["ok"] is (answer.status == 200)
            assert body.get("error_code", 200) == answer.status
            return body

    async def gets(self, method, **parameters):
        """The result of a call that must go well."""
        body = await self.asks(method, **parameters)
        assert body["ok"], body
        return body["result"]

    async def refusal(self, method, **parameters):
        """The words of a call that must not go well: code and description."""
        body = await self.asks(method, **parameters)
        assert not body["ok"], body
        return f"{body['error_code']} {body['description']}"

    async def says(self, chat, text="hello", **more):
        return await self.gets("sendMessage", chat_id=chat, text=text, **more)

    async def hears(self, **more):
        return await self.gets("getUpdates", **more)
