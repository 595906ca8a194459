# writes into the interpreter's own library
# A,B: exit "refused"
# C: exit
import os
try:
    with open(os.path.join(os.path.dirname(os.__file__), "examdesk-attack.tmp"), "x"):
        pass
    os.unlink(os.path.join(os.path.dirname(os.__file__), "examdesk-attack.tmp"))
    print("reached")
except OSError:
    print("refused")
