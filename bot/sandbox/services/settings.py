"""What clients ask about the server itself."""

from datetime import timedelta

from bot.sandbox.table import Call, Rights, Table
from bot.sandbox.tl import F, T

table = Table()


@table.answers(F.help.GetConfigRequest, rights=Rights.ANYBODY)
def get_config(call: Call, _request: F.help.GetConfigRequest) -> T.Config:
    here = call.server
    now = call.world.now()
    centres = [
        T.DcOption(id=number, ip_address=here.host, port=here.port, static=True)
        for number in (here.dc_id, here.other_dc_id)
    ]
    return T.Config(
        date=now,
        expires=now + timedelta(hours=1),
        test_mode=False,
        this_dc=here.dc_id,
        dc_options=centres,
        dc_txt_domain_name="",
        webfile_dc_id=here.dc_id,
        me_url_prefix="https://t.me/",
        **_NUMBERS,
    )


_NUMBERS = {
    "chat_size_max": 200,
    "megagroup_size_max": 200_000,
    "forwarded_count_max": 100,
    "online_update_period_ms": 120_000,
    "offline_blur_timeout_ms": 5_000,
    "offline_idle_timeout_ms": 30_000,
    "online_cloud_timeout_ms": 300_000,
    "notify_cloud_delay_ms": 30_000,
    "notify_default_delay_ms": 1_500,
    "push_chat_period_ms": 60_000,
    "push_chat_limit": 2,
    "edit_time_limit": 172_800,
    "revoke_time_limit": 2_147_483_647,
    "revoke_pm_time_limit": 2_147_483_647,
    "rating_e_decay": 2_419_200,
    "stickers_recent_limit": 200,
    "channels_read_media_period": 604_800,
    "call_receive_timeout_ms": 20_000,
    "call_ring_timeout_ms": 90_000,
    "call_connect_timeout_ms": 30_000,
    "call_packet_timeout_ms": 10_000,
    "caption_length_max": 1024,
    "message_length_max": 4096,
}


@table.answers(F.help.GetNearestDcRequest, rights=Rights.ANYBODY)
def get_nearest_dc(call: Call, _request: F.help.GetNearestDcRequest) -> T.NearestDc:
    return T.NearestDc("", call.server.dc_id, call.server.dc_id)
