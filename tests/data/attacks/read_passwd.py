# reads a system file that no program here needs
# A,B: exit "refused"
# C: exit "reached"
try:
    open("/etc/passwd").read()
    print("reached")
except OSError:
    print("refused")
