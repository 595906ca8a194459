# reaches a socket of another program, as the display's and the message bus are, where the network is allowed
# A,B: exit "refused"
# C: exit "reached"
# limits: network=1
import socket, sys
try:
    socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    print("reached")
except OSError:
    print("refused")
