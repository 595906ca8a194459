# changes limits, turns on the processor and priorities of another program of the same user
# A,B: exit "reached []"
# C: exit "reached ["
import ctypes, os, resource, sys
libc, pid, reached = ctypes.CDLL(None, use_errno=True), int(sys.argv[3]), []
def attempt(name, call):
    try:
        call()
        reached.append(name)
    except OSError:
        pass
limit = resource.RLIMIT_CORE
attempt("prlimit", lambda: resource.prlimit(pid, limit, resource.prlimit(pid, limit)))
attempt("affinity", lambda: os.sched_setaffinity(pid, os.sched_getaffinity(0)))
attempt("scheduler", lambda: os.sched_setscheduler(pid, os.SCHED_OTHER, os.sched_param(0)))
attempt("priority", lambda: os.setpriority(os.PRIO_PROCESS, pid, os.getpriority(os.PRIO_PROCESS, 0)))
if libc.syscall(251, 1, pid, 4 << 13) == 0 and os.uname().machine == "x86_64":
    reached.append("ioprio")
print("reached", reached)
