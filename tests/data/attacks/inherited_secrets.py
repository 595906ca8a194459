# looks for secrets in its own environment and open files; its report and its window's pipe are its own
# A,B,C: exit "clean"
import os
extra = [n for n in os.environ if not n.startswith(("PYTHON", "EXAMDESK_RUN")) and n not in
         ("PATH", "HOME", "TMPDIR", "LANG", "TERM", "TZ", "PWD", "LC_CTYPE", "MPLBACKEND", "MPLCONFIGDIR", "XDG_CACHE_HOME")]
handles = []
for handle in range(3, 200):
    try:
        os.fstat(handle)
        handles.append(handle)
    except OSError:
        pass
print("clean" if not extra and len(handles) <= 2 else ("leak", extra, handles))
