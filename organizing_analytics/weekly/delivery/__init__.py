"""Reports on their way: to the leads by e-mail, or into a folder that is synced.

settings.py    the file that says where to
answers.py     where answers come in
recipients.py  who gets which team's report
message.py     the message: headers, body, and the pages with it
first_screen.py  what a page says first, as text and as HTML
mailed_page.py   the page as it is attached: no link leads nowhere
plain_text.py    other people's text, fit for a line and for a header
mail.py        SMTP: what is sent, tried again, refused
folder.py      a folder that holds the pages and the index
deliver.py     all of it, each message once
"""

from organizing_analytics.weekly.delivery.deliver import deliver
from organizing_analytics.weekly.delivery.settings import DeliverySettings, read_settings

__all__ = ["DeliverySettings", "deliver", "read_settings"]
