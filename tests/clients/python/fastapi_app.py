"""Serves the app that the file named first makes, with the package's own handlers; prints the port."""

import os
import runpy
import socket

import uvicorn
from usso.integrations.fastapi import EXCEPTION_HANDLERS

app = runpy.run_path(os.environ["APP_FILE"])["app"]
for raised, handler in EXCEPTION_HANDLERS.items():
    app.add_exception_handler(raised, handler)

listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen()
print(listener.getsockname()[1], flush=True)
uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])
