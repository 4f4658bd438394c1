"""The doors for people: signing in by password and code or at the identity provider, their own password and phone."""

from scheduler.web.signing import by_password, by_provider, leaving, own_codes, own_password

ROUTERS = (by_password.router, by_provider.router, own_password.router, own_codes.router, leaving.router)
