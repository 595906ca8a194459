"""The hub: serves one exam on the classroom's network and owns its records.

hub         puts everything together, starts and stops it; `services` is what its parts share, `limits` their bounds
transport   the door on the network, `gate` who waits there; `addresses`, `advertise`, `neighbours`: finding it
desks       what a student's desk meets: the door, admission, one connection each
staff       what the staff API answers: a module for each group of requests
control     what staff command, and how desks learn of it
exam        the sealed content, packages, and files for sticks
sessions    who sits the exam, and what holds for each session
records     the one thread that writes and signs receipts, the keys, and what is kept beside the database
recovery    journals that come on sticks, and an exam that another laptop takes over
view        asks the process that holds the facts of all sessions (`view_worker`) and the one that compares
            (`comparison_worker`); `jobs` asks those that export (`export_worker`); `workers` makes and replaces all
changes     tells staff's windows what is new; `tuning` keeps garbage collection out of a receipt's way
"""
