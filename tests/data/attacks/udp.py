# sends a datagram
# A,B,C: exit "refused" network
import socket
try:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 53))
    print("reached")
except OSError:
    print("refused")
