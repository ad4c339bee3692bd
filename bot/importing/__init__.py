"""Exports of Telegram Desktop, JSON and HTML, into the archive.

    sources     what lies at a path
    window      the text of a file, a stretch at a time
    jsonfile    result.json -> chats and messages
    htmlpages   messages.html, messages2.html, ... -> the same, in the words of the JSON
    htmltree    one message of a page as a tree
    htmlmedia   what is attached to it
    htmlservice what a service message of a page announces
    convert     a message -> Post, as the watcher would have written it down
    texts  media  services  calendar    the parts of that
    importer    posts -> the archive, in short transactions
    report      what came of it
    command     `postwatch import`

Everything but the last three is pure or only reads files. Whatever cannot be read is passed on
as a Flaw or raised as Unusable, and the rest is read on.
"""
