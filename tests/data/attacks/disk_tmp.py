# fills the folder for temporary files
# limits: file_mb=2 seconds=3
# A,B,C: disk
import tempfile, time
held = [tempfile.NamedTemporaryFile() for _ in range(10)]
for file in held:
    file.write(b"0" * (1 << 20))
    file.flush()
time.sleep(30)
