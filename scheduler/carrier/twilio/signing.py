"""X-Twilio-Signature over a callback. Pure.

Source: twilio.com/docs/usage/security: HMAC-SHA1 under the auth token, over address, names and values.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from typing import Final
from urllib.parse import urldefrag

HEADER: Final = "X-Twilio-Signature"


def sign(url: str, fields: Iterable[tuple[str, str]], auth_token: str) -> str:
    """Return the signature of a form posted to `url`: fields sorted, doubles once, no separators, no fragment."""
    said = urldefrag(url).url + "".join(name + value for name, value in sorted(set(fields)))
    made = hmac.new(auth_token.encode(), said.encode("utf-8", "surrogatepass"), hashlib.sha1)
    return base64.b64encode(made.digest()).decode()
