"""PySide6 windows for staff: a client of the staff API and nothing else.

main, app        the program, and where everything is built once; `run` and `shots` draw pages without a person
window           rail, `topbar`, one page, and a session `beside` it; `cheat_sheet` and `projector` are windows too
pages            one module or folder for each page, sheet and dialog, in the order of the work
widgets, tables  what pages are made of; `theme` is the look, `words` the translation, times and counts
kit              what every page gets; `state`: what the window knows of the exam; `review_book`: of reviews;
                 `rights`: what this person may do; `watch` and `indicators`: what wants a look
port             what the window needs of a hub, which the real client and `sample` fulfil; `bridge`: where threads
                 meet; `rooms`: several hubs; `opening`, `engine`: finding and starting one
plans            what a command would do, before it is done; `answers`: ready texts; `joining`: how students come in
preferences      what is remembered; `saving`, `transfers`, `kept_key`, `begun`, `colleague`: files of this laptop
tuning           garbage collection between two pictures
"""
