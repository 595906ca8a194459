# writes nonsense where its own process reports to the desk
# A,B,C: exit "done"
import os
for handle in range(3, 10):
    try:
        for _ in range(50):
            os.write(handle, b"end 0 0 0\n\xff\xff\tx\nfailed" + b"y" * 3000)
    except OSError:
        pass
print("done")
