"""Passwords, one-time passwords and random tokens of the staff. Pure but for chance."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LETTERS = 12  # that a password has at least
LONGEST = 256  # letters of a password that are read: a longer one would only keep the processor busy
TOTP_STEP = 30  # seconds, RFC 6238
TOTP_DRIFT = 1  # steps by which a telephone's clock may be wrong

_HASHER = PasswordHasher()  # argon2id with the parameters of RFC 9106 for little memory
#: Verified where there is no such login, so that its absence takes as long as a wrong password.
_NOBODYS = _HASHER.hash(secrets.token_urlsafe())


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password. Takes some 50 ms and 64 MB: call it in a thread."""
    return _HASHER.hash(password)


def is_password(password_hash: str | None, password: str) -> bool:
    """Whether a password is the one of a hash; takes as long where there is no hash. Call it in a thread."""
    try:
        _HASHER.verify(password_hash or _NOBODYS, password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def token() -> str:
    """Draw a token that nobody can guess: 256 bits, safe in addresses."""
    return secrets.token_urlsafe(32)


def digest(of: str) -> str:
    """Return what is stored of a token: who reads the database cannot use it."""
    return hashlib.sha256(of.encode()).hexdigest()


def new_totp_secret() -> str:
    """Draw the secret of a second factor, base32."""
    return pyotp.random_base32()


def totp_address(secret: str, login: str) -> str:
    """Return the otpauth:// address that an authenticator app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name="Saudagar")


def totp_step(secret: str, code: str, at: datetime, last_step: int | None) -> int | None:
    """Return the step of 30 s that a code belongs to; None where it is wrong, too old, or not later than the last."""
    digits = "".join(letter for letter in code if not letter.isspace())
    if not (digits.isascii() and digits.isdecimal()):
        return None
    now = int(at.timestamp()) // TOTP_STEP
    for step in range(now - TOTP_DRIFT, now + TOTP_DRIFT + 1):
        if secrets.compare_digest(pyotp.TOTP(secret).at(step * TOTP_STEP), digits):
            return step if last_step is None or step > last_step else None
    return None
