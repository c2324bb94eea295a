"""The synchronous client refreshes again with the token that it used before, since it never keeps the new one."""

import json
import os

import httpx
from usso import UssoClient

sso = "http://localhost:8000"
credentials = {"identifier": os.environ["IDENTIFIER"], "secret": os.environ["SECRET"]}
login = httpx.post(f"{sso}/api/sso/v1/auth/login", json=credentials).json()

with UssoClient(usso_base_url=sso, refresh_token=login["refresh_token"]) as client:
    statuses = []
    for _ in range(3):
        client._refresh()
        statuses.append(client.get("/api/sso/v1/me").status_code)

print(json.dumps(statuses))
