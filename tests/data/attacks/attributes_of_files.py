# takes the rights from the journal, sets its times, gives it attributes, shortens it
# A: exit "reached []"
# B: exit "reached []"
import os, shutil, sys
path, reached = sys.argv[1], []
def attempt(name, call, look):
    try:
        before = look()
    except OSError:
        before = None
    try:
        call()
        if look() != before:
            reached.append(name)
    except OSError:
        pass
attempt("chmod", lambda: os.chmod(path, 0o640), lambda: os.stat(path).st_mode)
attempt("folder", lambda: os.chmod(os.path.dirname(path), 0o710), lambda: os.stat(os.path.dirname(path)).st_mode)
attempt("utime", lambda: os.utime(path, (1, 1)), lambda: os.stat(path).st_mtime)
attempt("xattr", lambda: os.setxattr(path, "user.x", b"1"), lambda: os.listxattr(path))
attempt("truncate", lambda: os.truncate(path, 3), lambda: os.stat(path).st_size)
open("own.txt", "w").write("mine")
shutil.copy2("own.txt", "copy.txt")
assert open("copy.txt").read() == "mine"
print("reached", reached)
