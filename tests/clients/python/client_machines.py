"""Both clients as machines: by an API key, and by an agent's private key."""

import asyncio
import json
import os

from usso import AsyncUssoClient, UssoClient
from usso.exceptions import PermissionDenied

sso = os.environ["USSO_BASE_URL"]
seen = {}

with UssoClient(usso_base_url=sso, api_key=os.environ["KEY"]) as client:
    seen["key_scopes"] = client._get_scopes()
    seen["key_lists"] = len(client.get_users()) > 0

agent = {"agent_id": os.environ["AGENT"], "agent_private_key": os.environ["PRIVATE_KEY"]}
with UssoClient(usso_base_url=sso, **agent) as client:
    seen["agent_scopes"] = client._get_scopes()
    client.use_agent_token(scopes=["read:sso/user"], aud="your-app")
    seen["agent_token_verified"] = client.access_token.verify(expected_token_type="access")
    seen["agent_lists"] = len(client.get_users()) > 0
    seen["agent_subject"] = client.access_token.payload["sub"]

# Found by the thumbprint of its key alone.
with UssoClient(usso_base_url=sso, agent_private_key=os.environ["PRIVATE_KEY"]) as client:
    seen["by_thumbprint"] = bool(client._get_token("read:sso/user", aud="your-app"))
    try:
        client.access_token = None
        client._get_token("delete:sso/user")
        seen["wider"] = "granted"
    except PermissionDenied:
        seen["wider"] = "refused"


async def main() -> bool:
    async with AsyncUssoClient(usso_base_url=sso, **agent) as client:
        await client.use_agent_token(scopes=["read:sso/user"], aud="your-app")
        return len(await client.get_users()) > 0


seen["async_agent_lists"] = asyncio.run(main())
print(json.dumps(seen))
