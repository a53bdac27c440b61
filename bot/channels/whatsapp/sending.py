"""Calls of the Cloud API, and its answers as the ids of what it took."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from pydantic import BaseModel, Field
from pywa_async.api import GraphAPIAsync

from bot.channels.channel import Unreachable
from bot.channels.whatsapp.composing import Content, parts
from bot.channels.whatsapp.errors import CALL_ERRORS, is_closed, send_error
from bot.channels.whatsapp.limits import DOCUMENT_TYPES, FILENAME
from bot.channels.whatsapp.shortening import shorten
from bot.message import Document, Outgoing
from bot.wording import Voice

WHOLE_CALL = 30.0  # seconds; less than the outbox leases a message for


class _Message(BaseModel):
    id: str = Field(min_length=1)


class Answer(BaseModel):
    """What the API answers to a message that it took."""

    messages: list[_Message] = Field(min_length=1)


class Uploaded(BaseModel):
    """What it answers to a file."""

    id: str = Field(min_length=1)


class Sender:
    """Sends from one of our numbers."""

    def __init__(self, api: GraphAPIAsync, phone_id: str) -> None:
        self._api = api
        self._phone_id = phone_id

    async def send(self, identifier: str, message: Outgoing, voice: Voice, already: int) -> AsyncIterator[str]:
        """Send the messages that one message comes to, without the first `already`; yield each id.

        Raises a `SendError`.
        """
        for number, (type_, content) in enumerate(parts(message, voice)):
            if number >= already:
                yield await self.send_one(identifier, type_, content)

    async def send_one(self, identifier: str, type_: str, content: Content | Document) -> str:
        """Send one message of the platform; return its id. Raises a `SendError`."""
        # a business-scoped user id has a stop in it and goes into a field of its own
        # (developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids)
        to, recipient = (None, identifier) if "." in identifier else (identifier, None)
        try:
            async with asyncio.timeout(WHOLE_CALL):
                made = await self._upload(content) if isinstance(content, Document) else content
                answer = await self._api.send_message(self._phone_id, to, recipient, "individual", type_, made)
            return Answer.model_validate(answer).messages[0].id
        except CALL_ERRORS as error:
            raise send_error(error) from None
        except RuntimeError as error:
            if not is_closed(error):
                raise
            raise Unreachable("the service ends") from None

    async def _upload(self, document: Document) -> Content:
        type_ = document.media_type if document.media_type in DOCUMENT_TYPES else "text/plain"
        name = shorten(document.name, FILENAME)
        answer = await self._api.upload_media(self._phone_id, document.content.encode(), type_, name)
        return {"id": Uploaded.model_validate(answer).id, "filename": name}
