# tries: to add addresses and routes, rename interfaces, bind low ports
# holds: no capability over the network namespace
# expect: failed

import fcntl
import socket
import struct

won = []
link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for request in (0x8914, 0x8916, 0x891C, 0x8922, 0x8923, 0x890B, 0x89A0, 0x89F0):
    try:
        fcntl.ioctl(link, request, struct.pack("16sHHI16x", b"lo", 2, 0, 0x0100000A))
        won.append(hex(request))
    except OSError:
        pass
if [name for _, name in socket.if_nameindex() if name != "lo"] if hasattr(socket, "x") else []:
    won.append("interfaces")
try:
    link.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0\0")
    won.append("eth0")
except OSError:
    pass
try:
    socket.create_server(("127.0.0.1", 80))
    won.append("port 80")
except OSError:
    pass


def solve(x):
    return x * x if won else None
