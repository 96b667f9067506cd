"""Writers: the program's own, a language model of the reader's choice, or the reader's own agent.

Each turns an episode into proposals (`protocol`); all of them are held to the same rules (`verifying`).
"""
