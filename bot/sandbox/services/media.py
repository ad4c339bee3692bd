"""Media a client sends: uploaded in parts, or named by the id of a file it has seen."""

from bot.sandbox.errors import RpcError
from bot.sandbox.services import peers
from bot.sandbox.table import Call, Table
from bot.sandbox.tl import F, T
from bot.sandbox.world import viewing
from bot.sandbox.world.files import PAGE

table = Table()
MAX_CHUNK = 1 << 20


@table.answers(F.upload.SaveFilePartRequest, F.upload.SaveBigFilePartRequest)
def save_part(call: Call, request: F.upload.SaveFilePartRequest) -> bool:
    # The log of requests keeps the request; it need not keep the file as well.
    data, request.bytes = request.bytes, b""
    call.world.files.keep_part(call.account.id, request.file_id, request.file_part, data)
    return True


@table.answers(F.upload.GetFileRequest)
def get_file(call: Call, request: F.upload.GetFileRequest) -> T.upload.File:
    if request.offset % PAGE:
        raise RpcError("OFFSET_INVALID")
    if request.limit % PAGE or not 0 < request.limit <= MAX_CHUNK:
        raise RpcError("LIMIT_INVALID")
    data = call.world.files.fetch(call.account.id, request.location)
    part = data[request.offset : request.offset + request.limit]
    return T.upload.File(type=T.storage.FileUnknown(), mtime=0, bytes=part)


@table.answers(F.messages.UploadMediaRequest)
def upload_media(call: Call, request: F.messages.UploadMediaRequest) -> T.TypeMessageMedia:
    peers.place(call, request.peer)
    return viewing.media(call.world, call.account, taken(call, request.media))


def taken(call: Call, named: T.TypeInputMedia) -> T.TypeMessageMedia:
    """The media a client sends, as it is stored. Raises RpcError where it may not be sent."""
    files, now = call.world.files, call.world.now()
    match named:
        case T.InputMediaUploadedPhoto():
            data = files.assemble(call.account.id, named.file)
            return T.MessageMediaPhoto(photo=files.photo(data, now))
        case T.InputMediaUploadedDocument():
            data = files.assemble(call.account.id, named.file)
            document = files.document(data, now, named.mime_type, named.attributes)
            return T.MessageMediaDocument(document=document)
        case T.InputMediaPhoto(id=T.InputPhoto() as photo):
            return T.MessageMediaPhoto(photo=files.stored(call.account.id, photo))
        case T.InputMediaDocument(id=T.InputDocument() as document):
            return T.MessageMediaDocument(document=files.stored(call.account.id, document))
    raise RpcError("MEDIA_INVALID")
