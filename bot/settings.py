"""Every setting of the service: its type, its default, one sentence."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pydantic import Field, SecretStr, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read from environment variables of the same names in capitals, or from a file `.env` in the working directory."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True)

    host: str = Field("127.0.0.1", description="Address that the web server listens on.")
    port: int = Field(8000, ge=0, le=65535, description="Port that the web server listens on.")
    data_dir: Path = Field(
        Path("data"), description="Folder for the embedded database and caches; nothing is written elsewhere."
    )
    database_url: str | None = Field(
        None,
        description="PostgreSQL server to use (postgresql://…); without it an embedded one runs in the data folder.",
    )
    public_url: str | None = Field(
        None,
        description="Public https address of this service; with it Telegram delivers by webhook instead of polling.",
    )
    telegram_bot_token: SecretStr | None = Field(None, description="Token of the Telegram bot, from @BotFather.")
    telegram_api_url: str = Field("https://api.telegram.org", description="Bot API server; your own, if you host one.")
    whatsapp_token: SecretStr | None = Field(
        None, description="Token of the WhatsApp Business Platform: a system user's, from Meta's business settings."
    )
    whatsapp_phone_id: str | None = Field(
        None, pattern=r"^\w+$", description="Id of the WhatsApp number, beside the number in Meta's app dashboard."
    )
    whatsapp_app_secret: SecretStr | None = Field(
        None, description="Secret of the Meta app, with which it signs what it delivers."
    )
    whatsapp_verify_token: SecretStr | None = Field(
        None, description="Word of your own choice that Meta shows when it checks the webhook /whatsapp/webhook."
    )
    whatsapp_api_url: str = Field(
        "https://graph.facebook.com", description="Graph API that WhatsApp is reached by; another one for tests."
    )
    telegram_rate: float = Field(
        30,
        gt=0,
        le=1000,
        description="Announcements a second on Telegram; above 30 they are paid broadcasts, which your bot must allow.",
    )
    announce_approval_above: int = Field(
        1000, ge=0, description="Readers of an announcement above which a second admin must approve it."
    )
    smtp_url: SecretStr | None = Field(
        None,
        description="Mail server for digests to the staff: smtp://user:password@host:587 (STARTTLS) or smtps://….",
    )
    mail_from: str | None = Field(None, description="Sender of those digests; without it the user of SMTP_URL.")
    log_level: str = Field(
        "INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="Least level of log lines that are written."
    )

    @model_validator(mode="after")
    def _whatsapp_is_complete(self) -> Settings:
        """A token alone would send answers to questions that nobody can deliver."""
        needed = ("whatsapp_phone_id", "whatsapp_app_secret", "whatsapp_verify_token")
        missing = [name.upper() for name in needed if getattr(self, name) is None]
        if self.whatsapp_token and missing:
            raise PydanticCustomError(
                "whatsapp", "WHATSAPP_TOKEN needs {missing} beside it", {"missing": ", ".join(missing)}
            )
        return self

    @property
    def telegram_webhook_secret(self) -> str:
        """What Telegram sends with each webhook call: made from the token, so that all processes know the same."""
        assert self.telegram_bot_token is not None
        return hashlib.sha256(b"webhook:" + self.telegram_bot_token.get_secret_value().encode()).hexdigest()
