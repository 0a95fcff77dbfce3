"""Write down what happened: replies to the lines of a to-do list.

    words.py      which words answer a line, and what each of them means
    codes.py      the eight characters by which a line is named on paper, on a page and in a mail
    lines.py      a line for each task of a list, and its code
    replies.py    a reply: code, word, moment; read from text and checked
    mailbox.py    answers read from a mailbox by IMAP
    mail.py       a mail → a reply, or why it is none
    links.py      links that write such a mail, or that open the campaign's form
    forms.py      the forms for ODK Central, KoboToolbox and Google
    sheets.py     the lines as a workbook to fill in
    paper.py      the lines on paper, with boxes
    answer_columns.py, answer_files.py  answers in a workbook or in the export of a form
    door.py       the list at the door of a shift, and its script (pages/)
    cards.py      the card after a shift: was it worth your time; it ends in `feedback`
    card_pages.py the card to print, as links and as a form
    printed.py    files that only their owner may read
    recording.py  replies become asks, 1:1s, contacts and sign-ups of the store
    listing.py    the to-do list with a code for each line
    counting.py   how much was logged in a week, by whom and which way
    answering.py  one answer, or one contact that no list asked for

Each way in (the command line, a mail, a form, a workbook) ends in the same replies. One code has
one state: the newest reply by its own moment. So replies may come in any order, and twice.
"""

from organizing_analytics.logbook.answering import log_answer, log_contact, undo_log

__all__ = ["log_answer", "log_contact", "undo_log"]
