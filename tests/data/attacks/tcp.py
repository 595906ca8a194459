# connects by TCP
# A,B,C: exit "refused" network
import socket, sys
try:
    socket.create_connection(("127.0.0.1", int(sys.argv[2])), 1)
    print("reached")
except OSError as error:
    print("refused", error)
