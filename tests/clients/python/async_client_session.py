"""The asynchronous client: refreshes three times, each with the token that the last refresh gave."""

import asyncio
import json
import os

import httpx
from usso import AsyncUssoClient

sso = "http://localhost:8000"
credentials = {"identifier": os.environ["IDENTIFIER"], "secret": os.environ["SECRET"]}
login = httpx.post(f"{sso}/api/sso/v1/auth/login", json=credentials).json()


async def main() -> dict:
    tokens = []
    async with AsyncUssoClient(usso_base_url=sso, refresh_token=login["refresh_token"]) as client:
        for _ in range(3):
            tokens.append(str(client.access_token))
            assert client.refresh_token is not None, "the client lost its refresh token"
            await client._refresh()
        session = await client.get_session()
        users = await session.get_users({"page": 1, "limit": 1})
    return {"different_tokens": len(set(tokens)), "users": len(users)}


print(json.dumps(asyncio.run(main())))
