"""The staff API: what the instructor app, the command line and proctors' laptops can ask of a hub.

`messages` are the typed requests, answers and pushes, `permissions` says which role may do what, `client` talks to a
hub over TLS. The hub's side is examdesk.hub.staff.door. Everything that staff can do goes through here.
"""
