"""The server's keys, and the two locks that keep a process away from real Telegram.

The RSA key below is a fixed test key. It is public, it protects nothing, and it must
never be trusted outside the sandbox: whoever reads this file can impersonate a server
that uses it. It is fixed because making one takes seconds in plain Python.
"""

import sys
from collections.abc import Callable
from functools import cache
from ipaddress import ip_address

from telethon.crypto import rsa as trusted

MODULUS = int(
    "B9ECCB1AC73176D8165BC2406706121C09B1A393F26569ADC304FFAE5F03CC19FE49C0A7746CDE0B68DC3D24"
    "15C7923F006EC5B7875F72AC73ED12A083D1F561E601866FAE00F012F03C85FFBDDDB8429D9DEF4F5FDCEF08"
    "1115D1E04251A2B18B7423CA9FDF8165F25D5312F2851BE5996AABCBF05C74EC9DCF2C55B42E317056E5F458"
    "FBA6249B9B3364C6237F71A1BA7608E65D4D50DBD5897CACABB3E135C76E0935618BFB90142228645018C741"
    "31A41543D4AE274E82F5A4742CB6FB65495D858BB62B45D9DB17D4165C74DFD0DC77211FA5B04E86DC82A231"
    "B33D90518BD84B63D04A9CFF94062B4F18D387A57B1FCA6CFC6EC43C3F4B6EF774A8B943",
    16,
)
PUBLIC_EXPONENT = 65537
PRIVATE_EXPONENT = int(
    "402B99C832C3004541A646EBCA831E61FDF889404973B61F4A85A1A7B1D4922FD083ED11FECD8A6FBEAFF10C"
    "50D612445B6660286179508F73ED79B5DBF96DEB6DA2CE1F229BE14070193B9892940182407B5FBAF217C38A"
    "71B729BA70B953615B03E94C889470495AF6D9F2DAB09579CFD330DB5128E01440BD5E0C708556FB5BF070F2"
    "339812BF94F7EC4705192BA18185FB573BDE187F04B06F0334886F213E0B2334416B4424E3A33B9BA0F1B4E0"
    "96A36CCB76E434F335D6C120E8161782DD94736C07DC9C7BCD1D778A8D53D245D793EFC14702BD50A2599E4B"
    "6AAF7DFE8D5C50FA7456E95054CA77DC69E69EE54A957F44865FEFF4A8E0C3801AFCAF75",
    16,
)

# The group every Telegram server uses for Diffie-Hellman and for passwords;
# Telethon accepts this prime without testing it.
DH_PRIME = int(
    "C71CAEB9C6B1C9048E6C522F70F13F73980D40238E3E21C14934D037563D930F48198A0AA7C14058229493D2"
    "2530F4DBFA336F6E0AC925139543AED44CCE7C3720FD51F69458705AC68CD4FE6B6B13ABDC97465129693284"
    "54F18FAF8C595F642477FE96BB2A941D5BCD1D4AC8CC49880708FA9B378E3C4F3A9060BEE67CF9A4A4A69581"
    "1051907E162753B56B0F6B410DBA74D8A84B2A14B3144E0EF1284754FD17ED950D5965B4B9DD46582DB1178D"
    "169C6BC465B0D6FF9CA3928FEF5B9AE4E418FC15E83EBEA0F87FA9FF5EED70050DED2849F47BF959D956850C"
    "E929851F0D8115F635B105EE2E4E15D04B2454BF6F4FADF034B10403119CD8E3B92FCC5B",
    16,
)
DH_GENERATOR = 3

_KEY = trusted.rsa.PublicKey(MODULUS, PUBLIC_EXPONENT)
PUBLIC_KEY: str = _KEY.save_pkcs1().decode("ascii")
FINGERPRINT: int = trusted._compute_fingerprint(_KEY)


def decrypt(block: bytes) -> bytes:
    """What a client encrypted with the public key: 255 bytes, without the leading zero."""
    number = int.from_bytes(block, "big")
    return pow(number, PRIVATE_EXPONENT, MODULUS).to_bytes(256, "big")[1:]


def only_this_server() -> None:
    """Make Telethon trust this server's key and no other.

    The keys it trusts are one table for the whole process, so after this the process
    cannot finish a key exchange with real Telegram.
    """
    trusted._server_keys.clear()
    trusted.add_key(PUBLIC_KEY, old=False)


@cache  # a hook can never be taken away again, so one is installed once
def loopback_only() -> None:
    """Refuse every connection and every look-up that would leave this machine, for good.

    Holds for the whole process, whichever library tries; raises PermissionError there.
    """
    sys.addaudithook(_refuse_elsewhere)


def _refuse_elsewhere(event: str, arguments: tuple[object, ...]) -> None:
    destination = _DESTINATIONS.get(event)
    if destination is None:
        return
    host = destination(arguments)
    if not _is_here(host):
        raise PermissionError(f"this process uses the sandbox and may not reach {host!r}")


def _of_address(address: object) -> object:
    # A path or bytes is a local socket; an internet address is a tuple.
    return address[0] if isinstance(address, tuple) else None


_DESTINATIONS: dict[str, Callable[[tuple[object, ...]], object]] = {
    "socket.connect": lambda arguments: _of_address(arguments[1]),
    "socket.sendto": lambda arguments: _of_address(arguments[1]),
    "socket.sendmsg": lambda arguments: _of_address(arguments[1]),
    "socket.getaddrinfo": lambda arguments: arguments[0],
    "socket.gethostbyname": lambda arguments: arguments[0],
}


def _is_here(host: object) -> bool:
    if host is None or host in ("", "localhost", b"", b"localhost"):
        return True
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    try:
        return ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False
