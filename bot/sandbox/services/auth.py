"""Signing in: by code, by code and password, by a bot's token."""

from bot.sandbox.errors import RpcError
from bot.sandbox.table import Call, Rights, Table
from bot.sandbox.tl import F, T
from bot.sandbox.world import viewing
from bot.sandbox.world.accounts import Account

table = Table()
CODE_LENGTH = 5


@table.answers(F.auth.SendCodeRequest, F.auth.ResendCodeRequest, rights=Rights.ANYBODY)
def send_code(call: Call, request: F.auth.SendCodeRequest) -> T.auth.SentCode:
    account = _of_phone(call, request.phone_number)
    asked = call.world.logins.send_code(account)
    return T.auth.SentCode(type=T.auth.SentCodeTypeApp(CODE_LENGTH), phone_code_hash=asked)


@table.answers(F.auth.SignInRequest, rights=Rights.ANYBODY)
def sign_in(call: Call, request: F.auth.SignInRequest) -> T.auth.Authorization:
    account = _of_phone(call, request.phone_number)
    call.world.logins.check_code(account, request.phone_code_hash, request.phone_code)
    if account.password is not None:
        call.world.logins.wait_for_password(call.key_id, account)
        raise RpcError("SESSION_PASSWORD_NEEDED")
    return _signed_in(call, account)


@table.answers(F.account.GetPasswordRequest, rights=Rights.ANYBODY)
def get_password(call: Call, _request: F.account.GetPasswordRequest) -> T.account.Password:
    return call.world.logins.ask_password(_entering(call))


@table.answers(F.auth.CheckPasswordRequest, rights=Rights.ANYBODY)
def check_password(call: Call, request: F.auth.CheckPasswordRequest) -> T.auth.Authorization:
    account = _entering(call)
    call.world.logins.check_password(account, request.password)
    return _signed_in(call, account)


@table.answers(F.auth.ImportBotAuthorizationRequest, rights=Rights.ANYBODY)
def import_bot(call: Call, request: F.auth.ImportBotAuthorizationRequest) -> T.auth.Authorization:
    for account in call.world.accounts.values():
        if account.is_bot and account.token == request.bot_auth_token:
            return _signed_in(call, account)
    raise RpcError("ACCESS_TOKEN_INVALID")


@table.answers(F.auth.ExportAuthorizationRequest)
def export_authorization(
    call: Call, request: F.auth.ExportAuthorizationRequest
) -> T.auth.ExportedAuthorization:
    if request.dc_id != call.server.other_dc_id:
        raise RpcError("DC_ID_INVALID")
    token = call.world.logins.export(call.account)
    return T.auth.ExportedAuthorization(id=call.account.id, bytes=token)


@table.answers(F.auth.ImportAuthorizationRequest, rights=Rights.ANYBODY)
def import_authorization(
    call: Call, request: F.auth.ImportAuthorizationRequest
) -> T.auth.Authorization:
    """What is asked with this key from now on is asked of the other data centre."""
    account = call.world.logins.sign_in_elsewhere(call.key_id, request.bytes)
    return T.auth.Authorization(user=viewing.user(call.world, account, account))


@table.answers(F.auth.LogOutRequest)
def log_out(call: Call, _request: F.auth.LogOutRequest) -> T.auth.LoggedOut:
    call.world.logins.sign_out(call.key_id)
    return T.auth.LoggedOut()


def _of_phone(call: Call, phone: str) -> Account:
    digits = "".join(letter for letter in phone if letter.isdigit())
    for account in call.world.accounts.values():
        if account.phone == digits:
            return account
    raise RpcError("PHONE_NUMBER_INVALID")


def _entering(call: Call) -> Account:
    """Whoever has given the right code and owes a password, or has signed in already."""
    waiting = call.world.logins.owing_password(call.key_id)
    return call.account if waiting is None else waiting


def _signed_in(call: Call, account: Account) -> T.auth.Authorization:
    if account.refusal is not None and account.refusal.name.startswith("USER_DEACTIVATED"):
        raise account.refusal
    account.refusal = None  # a session that was revoked is replaced by this one
    call.world.logins.sign_in(call.key_id, account)
    return T.auth.Authorization(user=viewing.user(call.world, account, account))
