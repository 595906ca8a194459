# writes one file without end
# limits: file_mb=2
# A,B,C: exit|disk
with open("fill.bin", "wb", buffering=0) as file:
    while True:
        file.write(b"0" * (1 << 20))
