# looks for the guard's objects to switch it off
# limits: seconds=2
# A,B: exit "refused"
# C: exit "reached"
import gc, socket, sys
for thing in gc.get_objects():
    if type(thing).__name__ == "_NetworkGate":
        type(thing).__call__ = lambda *_: None
try:
    socket.create_connection(("127.0.0.1", int(sys.argv[2])), 1)
    print("reached")
except OSError:
    print("refused")
