"""Exports of Telegram Desktop, JSON and HTML, into the archive.

    words       what the parts below hand to each other
    sources     what lies at a path
    folder      the files that were exported with the messages
    window      the text of a file, a stretch at a time
    jsonfile    result.json -> chats and messages
    htmlpages   messages.html, messages2.html, ... -> the same, in the words of the JSON
    htmltree  htmltext  htmlmedia  htmlservice    the parts of that
    convert     a message -> Post, as the watcher would have written it down
    texts  media  services  calendar    the parts of that
    importer    posts -> the archive, in short transactions
    turns       and beside other programs
    report      what came of it
    progress    how far it is
    command     `postwatch import`

What cannot be read is passed on as a Flaw or raised as UnusableError, and the rest is read on.
"""
