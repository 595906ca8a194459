"""Sync of one journal as two sans-IO machines side by side (docs/protocol.md, P clauses).

`DeskSync` offers sealed batches until the hub's receipt covers them; `HubSync` takes them in order, checks chain and
signature, and says when to store, when to acknowledge again and when something is evidence. Both are driven by
`step(input) -> list[output]` and hold no socket, clock or database; the same machines run over TLS, over a link in
memory and over a bundle.

P-1  A connection belongs to one journal; it starts with the hub's nonce and the desk's signed head.
P-2  The hub answers with the last event that is durable there. Equal: go on. Desk ahead: it sends the rest.
P-3  Hub ahead of the desk: rollback. The hub keeps evidence and the desk goes on in a new journal.
     A head that was on its way while a stick brought later events looks the same; nothing is lost by it.
P-4  Same sequence, different link: fork. Both are kept, the desk goes on in a new journal.
P-5  The hub takes a batch only if it starts right after what it accepted, each event has the form of the log, its chain
     ends in the signed link and the journal's key signed it.
P-6  A batch that is durable already, with the same link, is acknowledged again; with another link it is a fork.
P-7  A gap means resend, not reject.
P-8  A receipt goes out only for what is committed, and names the link.
P-9  A desk counts as safe only what a receipt with the right link and signature covers.
     A desk that resumes and sees another link than its own keeps no receipt; its next batch shows the hub the fork.
P-10 A desk keeps at most `WINDOW` batches unacknowledged.
P-11 What the hub committed by another way (a stick, an older connection) counts as accepted here as well.
P-12 A hub may have less than it once receipted: its records were lost, or set back to a copy. The desk then counts as
     safe only what the hub still has, and sends the rest again.
"""
