# makes files without end
# limits: seconds=4
# A,B,C: disk|time
number = 0
while True:
    open(f"file{number}", "w").close()
    number += 1
