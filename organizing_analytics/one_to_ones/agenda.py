"""The agenda of a 1:1, by its kind: 2 minutes of purpose, 20 of exploration, 10 of commitment.

Source: the guide's sample agenda ("Organizing: People, Power, Change", 2014, pages 16 to 20).
"""

from __future__ import annotations

#: Kind → what to say when the date is made, and again in the first two minutes.
PURPOSES = {
    "recruitment": "I'd like to hear what brings you here, and to talk about what we could do "
    "together. At the end I will ask you for something.",
    "maintenance": "I'd like to hear how you are, and how it has gone since we last met. At the "
    "end we settle what comes next.",
    "escalation": "You have done a lot with us, and I'd like to talk about a bigger part in it. At "
    "the end I will ask you for something.",
}
#: Kind → the questions of the 20 minutes.
QUESTIONS = {
    "recruitment": (
        "Why does this matter enough to you to act?",
        "When did you first stand up for something that you believe in?",
        "What do you know, and what can you do, that we would need?",
    ),
    "maintenance": (
        "What is going on in your life?",
        "What went well since we last met, and what was hard?",
        "What do you need from me, or from the team?",
    ),
    "escalation": (
        "What are you proudest of so far?",
        "What did you learn that others here should know?",
        "What would you change if it were yours to lead?",
    ),
}
#: Kind → what the organizer gives in return.
EXCHANGE = {
    "recruitment": "Tell your own story where it meets theirs.",
    "maintenance": "Offer one piece of help with what is hard, and ask before you advise.",
    "escalation": "Recognize what they have done, with the numbers on this page.",
}
#: The last 10 minutes, after the ask itself.
COMMITMENT = (
    "Say why it is urgent, ask, and wait for the answer.",
    "Say when they will hear from you, or when you meet next: nobody leaves without a date.",
)
#: What to write down afterwards.
BLANKS = (
    "Held: yes ☐  did not come ☐  called off ☐    Minutes: ____",
    "Commitment: yes ☐  no ☐    To what: ______________________________",
    "We promised: ______________________________",
    "They promised: ______________________________",
    "What they care about, can do, and when they are free: ______________________________",
    "Next step on: ____________",
)
