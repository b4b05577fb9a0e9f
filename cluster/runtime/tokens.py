"""Tokens with which programs say who they are: one per user, made from what the user already has.

A token is the user's number and a keyed digest of it, of the password's hash and of the secret
key. So nothing is stored that could be stolen, the same user always gets the same token, and a new
password, a switched-off account or a new secret key ends it. A token is what its user may do at
the moment it is used, no more.
"""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.utils.crypto import constant_time_compare, salted_hmac

PREFIX = "netviz"
_SALT = "cluster.runtime.tokens"


def token_of(user: AbstractBaseUser) -> str:
    """Return the token of a stored user: `netviz-<number>-<digest>`."""
    digest = salted_hmac(_SALT, f"{user.pk}:{user.get_session_auth_hash()}", algorithm="sha256")
    return f"{PREFIX}-{user.pk}-{digest.hexdigest()}"


def user_of(token: str) -> AbstractBaseUser | None:
    """Return the active user whose token this is, None for any other text."""
    prefix, _dash, rest = token.partition("-")
    number, _dash, _digest = rest.partition("-")
    if prefix != PREFIX or not (number.isascii() and number.isdigit()) or len(number) > 18:  # noqa: PLR2004 - 64 bits
        return None
    user: AbstractBaseUser | None = (
        get_user_model().objects.filter(pk=int(number), is_active=True).first()
    )
    if user is None or not constant_time_compare(token, token_of(user)):
        return None
    return user
