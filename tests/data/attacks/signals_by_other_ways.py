# sends signal 0 by every other call that can send one, and has the kernel send one for it
# A,B: exit "reached []"
# C: exit "reached ["
import ctypes, os, socket, sys
libc, pid, reached = ctypes.CDLL(None, use_errno=True), int(sys.argv[3]), []
class Info(ctypes.Structure):
    _fields_ = (("signo", ctypes.c_int), ("errno", ctypes.c_int), ("code", ctypes.c_int), ("rest", ctypes.c_int * 29))
info = Info(0, 0, -1)
if libc.sigqueue(pid, 0, ctypes.c_void_p(0)) == 0:
    reached.append("sigqueue")
numbers = {"x86_64": (200, 129, 297), "aarch64": (130, 138, 240)}[os.uname().machine]
if libc.syscall(numbers[0], pid, 0) == 0:
    reached.append("tkill")
if libc.syscall(numbers[2], pid, pid, 0, ctypes.byref(info)) == 0:
    reached.append("rt_tgsigqueueinfo")
ours, theirs = socket.socketpair()
import fcntl
try:
    fcntl.fcntl(ours, fcntl.F_SETOWN, pid)
    reached.append("F_SETOWN")
except OSError:
    pass
print("reached", reached)
