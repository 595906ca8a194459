"""The desk without a screen, as window, headless program and simulator drive it.

the desk          `desk`: what can be done at it, `at_work`: in an open exam; `ports` and `machine`: what it needs;
                  `state` and `showing`: what screens show; `watching` and `desk_watching`: who is told
an open journal   `sitting`: all that hangs on it; `session`: where it stands; `examclock`; `signed`: the hub's word;
                  `notices`; `memory`: what follows from the log; `sentences`: what a student reads of it
events            `recorder` and `clips`: typing and pastes; `runs` and `pictures`; `looking` and `surroundings`
on the disk       `journal`, `journal_file`, `committer`; `opening`, `replaying`, `salvage`: going on with one;
                  `shelf` and `earlier`: the others
the exam          `content` and `packages`: on their way here; `editions` and `amending`: when it is changed;
                  `drawing`: who has which questions
beginning         `conditions`: what is affirmed; `starting` and `own_start`: by a start code; `alone`: without any
                  network; `vouching`: who stands for the journal
what goes along   `bundle`: for the stick; `keeping`: what the student may keep; `parcels`: the hub's own
lab               what IT staff preset
"""
