"""The synchronous client: signs in, refreshes, and uses what it may."""

import json
import os
import uuid

import httpx
from usso import UssoClient

sso = "http://localhost:8000"
credentials = {"identifier": os.environ["IDENTIFIER"], "secret": os.environ["SECRET"]}
login = httpx.post(f"{sso}/api/sso/v1/auth/login", json=credentials).json()
seen = {}

with UssoClient(usso_base_url=sso, refresh_token=login["refresh_token"]) as client:
    # Made by the constructor, which refreshes.
    seen["refreshed"] = str(client.access_token) != login["access_token"]
    seen["verified"] = client.access_token.verify(expected_token_type="access")
    seen["refresh_token_verified"] = client.refresh_token is not None
    seen["same_session"] = client.get_session().get("/api/sso/v1/me").json()["uid"] == login["user"]["uid"]
    name = f"python-{uuid.uuid4().hex[:8]}@example.com"
    made = client.create_users({"identifier": name, "name": "Made by Python"})
    seen["created"] = made.identifiers[0].identifier == name
    seen["listed"] = made.uid in [user.uid for user in client.get_users({"limit": 100})]
    seen["identifier_added"] = client.add_identifier(made.uid, "phone", "+15550100200")["type"]
    seen["profile"] = "profile_data" in client.get_profile(made.uid)

print(json.dumps(seen))
