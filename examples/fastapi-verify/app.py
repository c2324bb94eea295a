"""A FastAPI app that signs people in with Evident's POST /verify, and reads Evident's webhooks."""

import hashlib
import hmac
import os
import re
import time

import httpx
from fastapi import FastAPI, Header, HTTPException, Request
from pydantic import BaseModel

EVIDENT_URL = os.environ.get("EVIDENT_URL", "http://localhost:8001")
API_KEY = os.environ["EVIDENT_API_KEY"]
WEBHOOK_SECRET = os.environ.get("EVIDENT_WEBHOOK_SECRET", "")

app = FastAPI()
removed: list[str] = []


class Credentials(BaseModel):
    username: str
    password: str


@app.post("/login")
async def login(credentials: Credentials, request: Request):
    body = {**credentials.model_dump(), "api_key": API_KEY, "client_ip": request.client.host}
    try:
        async with httpx.AsyncClient(base_url=EVIDENT_URL, timeout=10) as evident:
            answer = await evident.post("/verify", json=body)
    except httpx.HTTPError:
        raise HTTPException(503, "Sign-in is not possible just now", {"Retry-After": "1"})
    if answer.status_code == 429:
        raise HTTPException(429, answer.json()["message"], {"Retry-After": answer.headers["retry-after"]})
    if answer.status_code != 200:
        # Nobody judged: that is not a "no".
        raise HTTPException(503, "Sign-in is not possible just now", {"Retry-After": "1"})
    verdict = answer.json()
    if not verdict["authorized"]:
        raise HTTPException(401, verdict["message"])
    return {"welcome": verdict["user"]["username"]}


def signed_by_evident(secret: str, header: str, body: bytes, tolerance: int = 300) -> bool:
    match = re.fullmatch(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})", header)
    # With no secret anybody could have signed.
    if match is None or not secret:
        return False
    seconds, signature = match.groups()
    expected = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    fresh = abs(time.time() - int(seconds)) <= tolerance
    return hmac.compare_digest(expected, signature) and fresh


@app.post("/evident")
async def receive(request: Request, evident_signature: str = Header()):
    if not signed_by_evident(WEBHOOK_SECRET, evident_signature, await request.body()):
        raise HTTPException(401, "not signed by Evident")
    event = await request.json()
    if event["type"] == "user.removed":
        removed.append(event["subject"])
    return {}


@app.get("/removed")
async def list_removed():
    return removed
