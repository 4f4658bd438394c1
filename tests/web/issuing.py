"""A stand-in identity provider on a real socket: it signs what a test wants it to say, rightly or wrongly."""

import base64
import contextlib
import hashlib
import hmac
import http.server
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

from jobs.clock import SteppingClock

CLIENT_ID, CLIENT_SECRET = "quietbell", "kept between us"  # of a provider that only tests have
SUBJECT = "248289761001"


@dataclass
class Issuer:
    """The provider: what its next answers hold, and what it was asked."""

    url: str
    clock: SteppingClock
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "first"}, private=True))
    claims: dict[str, Any] = field(default_factory=dict)
    """Changes to what the ID token says; None leaves a claim out."""
    metadata: dict[str, Any] = field(default_factory=dict)
    sign: Callable[[dict[str, Any]], str] | None = None
    userinfo: dict[str, Any] = field(default_factory=dict)
    token_answer: tuple[int, bytes] | None = None
    exchanges: list[dict[str, str]] = field(default_factory=list)
    authorizations: list[str] = field(default_factory=list)
    nonce: str = ""
    keys_asked: int = 0

    def rotate(self) -> None:
        """Sign with a new key from now on, and publish it alone."""
        self.key = RSAKey.generate_key(2048, {"kid": "second"}, private=True)

    def id_token(self) -> str:
        """Return the ID token of whoever comes next."""
        now = int(self.clock.now().timestamp())
        said = {
            "iss": self.url,
            "sub": SUBJECT,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": self.nonce,
            "email": "maya@northlight.example",
            "email_verified": True,
        }
        said |= self.claims
        said = {name: value for name, value in said.items() if value is not None}
        return self.sign(said) if self.sign else jwt.encode({"alg": "RS256", "kid": self.key.kid}, said, self.key)

    def unsigned(self, said: Mapping[str, Any]) -> str:
        """Return a token that nobody signed (`alg: none`)."""
        return f"{_part({'alg': 'none'})}.{_part(said)}."

    def signed_with_what_all_know(self, said: dict[str, Any]) -> str:
        """Return a token signed by HMAC with the public key as the secret."""
        signed = f"{_part({'alg': 'HS256', 'kid': self.key.kid})}.{_part(said)}"
        made = hmac.digest(self.key.as_pem(private=False), signed.encode(), hashlib.sha256)
        return f"{signed}.{_encoded(made)}"

    def signed_by_another(self, said: dict[str, Any]) -> str:
        """Return a token signed with a key of somebody else's that bears the same id."""
        other = RSAKey.generate_key(2048, {"kid": self.key.kid or ""}, private=True)
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, said, other)

    def answer(self, path: str) -> tuple[int, bytes]:
        """Return what a GET is answered with."""
        if path == "/.well-known/openid-configuration":
            known = {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
                "userinfo_endpoint": f"{self.url}/userinfo",
            }
            return 200, json.dumps(known | self.metadata).encode()
        if path == "/keys":
            self.keys_asked += 1
            return 200, json.dumps({"keys": [self.key.as_dict(private=False), {"kty": "odd"}]}).encode()
        return (200, json.dumps(self.userinfo).encode()) if path == "/userinfo" else (404, b"{}")

    def exchange(self, form: dict[str, str], authorization: str) -> tuple[int, bytes]:
        """Return what a code is worth."""
        self.exchanges.append(form)
        self.authorizations.append(authorization)
        if self.token_answer is not None:
            return self.token_answer
        answer = {"access_token": "opens userinfo", "token_type": "Bearer", "id_token": self.id_token()}
        return 200, json.dumps(answer).encode()


@contextlib.contextmanager
def issuing(clock: SteppingClock) -> Iterator[Issuer]:
    """Give a provider that listens on the loopback."""

    class Request(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(*issuer.answer(urlsplit(self.path).path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._send(*issuer.exchange(form, self.headers.get("Authorization", "")))

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

        def _send(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Request)
    issuer = Issuer(f"http://127.0.0.1:{server.server_port}", clock)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _part(value: Mapping[str, Any]) -> str:
    return _encoded(json.dumps(value).encode())


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
