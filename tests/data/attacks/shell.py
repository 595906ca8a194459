# starts a shell that looks for the journal
# A,B: exit "refused"
# C: exit "reached"
import subprocess, sys
code = subprocess.run(["/bin/sh", "-c", 'cat "$1" >/dev/null 2>&1', "sh", sys.argv[1]]).returncode
print("reached" if code == 0 else "refused")
