"""Made-up people's names, of many origins, and their made-up addresses.

E-mail is at example.org (RFC 2606) and phone numbers end in 555-01xx, which North America
keeps for fiction.
"""

from __future__ import annotations

import re
import unicodedata

_GIVEN_NAMES = """
Aaliyah Abdi Adaeze Adrián Agnieszka Ahmed Aiko Aisha Aleisha Alejandra Álvaro Amara Amélie
Amina Anaïs Andre Anh Anouk Antonio Anya Arjun Ashok Astrid Ayşe Azadeh Beatriz Benjamin Björn
Blessing Bogdan Brigid Camila Carlos Chidi Chloé Ciarán Claire Dae-jung Damien Daniela Darnell
David Deepa Demetrius Diego Dmitri Đorđe Ebony Eilidh Elif Elías Emeka Emily Erin Esther Fatima
Femi François Freya Gabriela George Giulia Grace Hà Hannah Haruki Hassan Helena Hiroshi Hye-jin
Ibrahim Imani Inès Ioana Isaiah Ivana Jamal James Jasmine Javier Jean-Pierre Jelena Jia João
José Joshua Juana Kai Kalani Karim Katarzyna Keisha Kenji Khadija Kofi Krystyna Kwame Lakshmi
LaTonya Laszló Leila Leonie Liam Linh Lorenzo Lucía Łukasz Mairéad Malik Manuel Marek María
Marie-Ève Mateo Maya Mei Miguel Mila Min-jun Mohamed Moira Naomi Nasrin Ngozi Nia Niamh Nikolai
Noor Nuria Oksana Olumide Omar Oscar Patience Paweł Pedro Petra Priya Quang Rachel Rafael Rania
Renée Rosa Ruth Saanvi Samuel Santiago Sara Seán Shanice Shira Sigrid Siobhán Sofía Søren Suresh
Tadeusz Tamika Tariq Teresa Thandiwe Thiago Tomás Tuấn Tyrone Uchenna Valentina Vikram Wanjiru
Wei William Ximena Yasmin Yuki Yusuf Zainab Zdeněk Zoë Zuri
"""
_FAMILY = """
Abdullah, Achebe, Adeyemi, Aguilar, Ahmadi, Almeida, Álvarez, Andersson, Banerjee, Begum,
Ben-David, Bianchi, Brown, Čapek, Castillo, Chávez, Chen, Clarke, Cohen, Contreras, D'Angelo, da
Silva, de la Cruz, Delgado, Diallo, Dimitrov, Đặng, Dubois, Dupont, Eriksen, Espinoza, Eze,
Farah, Fernández, Ferreira, Fischer, Fitzgerald, Flores, Fraser, Gallagher, García, Goldberg,
Gómez, Greene, Guerrero, Gupta, Gutiérrez, Hernández, Hoàng, Horváth, Hughes, Hussein, Ivanova,
Jackson, Jansen, Jefferson, Jiménez, Johnson, Joseph, Kamau, Kaplan, Kaya, Kelly, Khalil, Kim,
King, Kovács, Kowalczyk, Kumar, Lefèvre, Lê, Lewis, Li, Lindqvist, López, MacLeod, Mahlangu,
Maldonado, Marchetti, Martínez, Mbeki, McCarthy, Mehta, Mendoza, Mensah, Molina, Moreau, Moreno,
Müller, Murphy, Mwangi, Nakamura, Navarro, Nguyễn, Nikolaidis, Novák, Núñez, O'Brien, O'Connor,
O'Neill, Obi, Okafor, Oliveira, Ortiz, Osei, Owusu, Öztürk, Park, Patel, Pérez, Petrov, Phạm,
Popescu, Quispe, Rahman, Ramírez, Reyes, Rivera, Robinson, Rojas, Romero, Rossi, Sánchez,
Santos, Sato, Schmidt, Şahin, Shah, Shapiro, Singh, Smith, St. Clair, Sullivan, Suárez, Suzuki,
Takahashi, Tanaka, Taylor, Thompson, Torres, Traoré, Trần, Turner, Van den Berg, Vargas,
Vásquez, Vega, Wagner, Walker, Washington, Weiss, White, Williams, Wójcik, Wong, Wright,
Yamamoto, Yavuz, Young, Zapata, Zhang, Zieliński
"""
GIVEN_NAMES: tuple[str, ...] = tuple(_GIVEN_NAMES.split())
FAMILY_NAMES: tuple[str, ...] = tuple(" ".join(name.split()) for name in _FAMILY.split(","))

#: Some of the letters that Unicode does not split into a letter and an accent.
_PLAIN = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "ß": "ss"})
#: Area codes of the two regions first, then any that the numbering plan's shape allows.
_AREA_CODES = (312, 773, 872, 630, 708, 847, 224, 212, 646, 917, 718, 347, 929, 516, 914)
_FICTION_NUMBERS = 100
#: An area code is [2-9][0-8][0-9], and none ends in 11.
_AREA_SHAPE = re.compile(r"[2-9](?!11)[0-8][0-9]")


def plain_letters(name: str) -> str:
    """Return a name in the letters of an e-mail address.

    Examples
    --------
    >>> plain_letters("Łukasz"), plain_letters("O'Brien"), plain_letters("Marie-Ève")
    ('lukasz', 'obrien', 'marieeve')
    """
    apart = unicodedata.normalize("NFKD", name.lower().translate(_PLAIN))
    return re.sub(r"[^a-z]", "", apart.translate(_PLAIN))


def area_codes() -> tuple[int, ...]:
    """Return every area code that made-up phones use, the campaign's own first."""
    shaped = (code for code in range(201, 990) if _AREA_SHAPE.fullmatch(str(code)))
    return (*_AREA_CODES, *(code for code in shaped if code not in _AREA_CODES))


def phones(how_many: int) -> list[str]:
    """Return different made-up phone numbers, E.164; fewer when there are not so many.

    Examples
    --------
    >>> phones(2)
    ['+13125550100', '+13125550101']
    """
    codes = area_codes()[: how_many // _FICTION_NUMBERS + 1]
    numbers = [f"+1{code}55501{line:02d}" for code in codes for line in range(_FICTION_NUMBERS)]
    return numbers[:how_many]
