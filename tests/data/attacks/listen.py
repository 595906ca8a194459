# waits for connections
# A,B,C: exit "refused" network
import socket
try:
    socket.create_server(("127.0.0.1", 0))
    print("reached")
except OSError:
    print("refused")
