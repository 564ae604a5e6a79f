-- a file of comments alone

