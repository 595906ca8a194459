"""This computer's addresses on its networks."""

import psutil


def own_addresses() -> tuple[str, ...]:
    """Return the IPv4 addresses at which others may reach this computer; loopback only where there is nothing else."""
    up = psutil.net_if_stats()
    found = [
        each.address
        for name, addresses in psutil.net_if_addrs().items()
        if name not in up or up[name].isup
        for each in addresses
        if each.family.name == "AF_INET" and not each.address.startswith("127.")
    ]
    return tuple(sorted(found)) or ("127.0.0.1",)
