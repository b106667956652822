"""Heads of beasts, drawn by hand: digits are tones of the coat, abc of its second colour, hHg of horn, beak or hair.

Of FIXED colours: k ink, w white, y the eye's, r mouth, q deep mouth. A head seen from the side is skull, shut jaw and
open jaw; one seen from the front is the left half of these, its last column the middle.
"""

SIDE = {
    "wolf": (
        """
        .......1....
        ......12.1..
        ......12312.
        .....1122223
        ....11222223
        ...1yk222223
        .k1122222233""",
        """
        k111222a2233
        aaaaabba223.
        .kkaabbbc3..
        ....bbcc....""",
        """
        k111222a2233
        awawkrba223.
        ....rrbbc3..
        .awaabbc....""",
    ),
    "fox": (
        """
        .......k.....
        ......12..k..
        ......123.2k.
        .....1122223.
        ....111222223
        ...1yk2222223
        ..11122222233""",
        """
        k11aaa22aab33
        .aaaaaaabbc..
        ...aabbcc....""",
        """
        k11aaa22aab33
        .awkraaabbc..
        ..aaarabcc...""",
    ),
    "bear": (
        """
        .......11....
        ......1ac22..
        ....1112222..
        ...111222222.
        ..111k2222223
        .aa1122222223
        kaab122222223""",
        """
        kaabb22222233
        .abbb22222233
        ..kkb3222333.
        ...cc33333...""",
        """
        kaabb22222233
        .wakrr2222233
        ...rrr3222333
        .awaab33333..""",
    ),
    "dragon": (
        """
        .......111...
        .11..112222..
        .1221122222..
        .k2211yk2223.
        1112212222223
        1222222222233""",
        """
        w3w3w33222233
        .222233333333
        ..333........""",
        """
        w2w3w33r22233
        .....rrr2233.
        ..w.wrr2233..
        .122222233...""",
    ),
    "raven": (
        """
        ......1122...
        .....112222..
        ....11222222.
        ....11wk2222.
        ..hhH12222223
        hHHHHH2222223""",
        """
        .ggHHg2222223
        ....g22222233
        .....2222233.""",
        """
        .hHkrr2222223
        gHHHgr2222233
        ..gg.2222233.""",
    ),
    "griffin": (
        """
        .....aaabb...
        ....aaabbbb..
        ...aakkkbbbb.
        ...aaykabbbb.
        ..hhaaaabbbbc
        .hHHHaabbbbbc""",
        """
        hHHHgabbbbbcc
        Hg.gbbbbbbcc.
        H...cbbbbbcc.""",
        """
        hHHkrabbbbbcc
        H..krrbbbbcc.
        ..HHgbbbbbcc.""",
    ),
    "troll": (
        """
        .....112222..
        ...111222222.
        ..11122222222
        ..14444222223
        .1.yk42222223
        11122222232233
        111222222332233
        111122222222333
        .33322222222333""",
        """
        ...2222222223.
        .w444422222333
        .w2w222222333.
        ..222222333...""",
        """
        ...2222222223.
        .w4rrr2222333.
        .w4qqr222333..
        ..222222333...""",
    ),
    "giant": (
        """
        ..hHHHH..
        .hHHHHHH.
        .1222HHHg
        .1kw23HHg
        112223HHg""",
        """
        .hH222HHg
        .hHHHHHg.
        ..hHHHHg.
        ..hHHHg..
        ...HHg...""",
        """
        .hkr2HHHg
        .hkrHHHg.
        ..hHHHHg.
        ..hHHHg..
        ...HHg...""",
    ),
    "ogre": (
        """
        ....11222....
        ...1122222...
        ..112222222..
        .11444222222.
        .12yk4222233.
        .11222223223.
        1112222232233
        2222222222233""",
        """
        .444422222233
        1w22w22222233
        1222222222233
        .22222222333.""",
        """
        .4rrr42222233
        1wqrw42222233
        1222222222233
        .22222222333.""",
    ),
    "goblin": (
        """
        .....1122....
        ...11122222..
        ..1112222222.
        ..144222223..
        ..1yy42222233
        .11yk42223233
        1112222222233
        1222222222233""",
        """
        33.44442223..
        ...2w222233..
        ....33333....""",
        """
        33.4rrr2223..
        ...4wrw233...
        ....22333....""",
    ),
}

FRONT = {
    "wolf": (
        """
        .1.....
        .12....
        .1q2...
        .1q211.
        .122222
        1122222
        12yk222
        a222222
        a22221a""",
        """
        .aa2aaa
        ..aaakk
        ...aakk
        ....bak""",
        """
        .aa2aaa
        ..aaakk
        ...awkk
        ...arrr
        ....wrr
        ....aaa""",
    ),
    "fox": (
        """
        .k.....
        .1k....
        .1q2...
        .1q22..
        .112222
        1122222
        12yk222
        a222221""",
        """
        aaa211a
        .aaaaaa
        ...aakk
        .....ak""",
        """
        aaa211a
        .aaaaaa
        ...aakk
        ....wrr
        ....aar""",
    ),
    "bear": (
        """
        .11....
        1ab21..
        1b22222
        .222222
        1122222
        12k2222
        1222aaa
        122aakk
        122aakk""",
        """
        .22aabk
        .222bkk
        ...22bb""",
        """
        .22aabk
        .22awrr
        .222rrq
        ..22awa""",
    ),
    "dragon": (
        """
        ....112
        ..11222
        .112222
        .144422
        .1ky422
        .1ky222
        .122222
        ..12222
        ..12222
        ..1k222""",
        """
        ..13333
        ...w3w3""",
        """
        ..13333
        ...wrwr
        ...rrqq
        ...wrwr
        ...2222""",
    ),
    "raven": (
        """
        ...1112
        ..11222
        .112222
        .1yk222
        .12222h
        .1222hH""",
        """
        .2222HH
        ..222HH
        ..22.gH
        ......g""",
        """
        .2222HH
        ..222Hk
        ..22.kr
        ..22.HH""",
    ),
    "griffin": (
        """
        ...aaab
        ..aaabb
        .aakbbb
        .aabkbb
        .aayka.
        .abbbHh
        .abbbHH""",
        """
        .bbbbHH
        ..bbbHH
        ..cbb.H
        ...cc.g""",
        """
        .bbbbHH
        ..bbHkr
        ..cbkrr
        ...ccHH""",
    ),
    "troll": (
        """
        ...1122
        .112222
        .122222
        1144422
        12yk422
        1222111
        1222111
        1222333""",
        """
        .2w4444
        ..w2222
        ...2222""",
        """
        .2w4rrr
        ..wrrqq
        ...2222""",
    ),
    "giant": (
        """
        ..hHH
        .hHHH
        .H112
        .Hwk2
        .H221""",
        """
        .HhhH
        .HH44
        .HHHH
        ..HHH
        ...HH""",
        """
        .HhhH
        .Hkrr
        .HHqq
        ..HHH
        ...HH""",
    ),
    "ogre": (
        """
        ...1122
        ..11222
        .112222
        .144422
        .12yk42
        .122222
        1122211
        1222233""",
        """
        1244444
        12w2222
        1222222
        .222222
        ...2222""",
        """
        124rrrr
        12wrqqq
        1222444
        .222222
        ...2222""",
    ),
    "goblin": (
        """
        ...1122
        .111222
        .112222
        1144222
        12yy422
        12yk421
        1222211
        .222211""",
        """
        ..22433
        ..24w44
        ...2222""",
        """
        ..22433
        ..24wrr
        ...2wrr
        ....222""",
    ),
}

# Three crests a kind: stamp, its place beside the head's top left corner, and whether it lies on the head.
CREST_SIDE = {
    "dragon": (
        ("..hHg... ...hHHg. .....HHg", 7, -2, False),
        (".hH...hH ..HHg..Hg ...gHHgg.", 6, -3, False),
        ("...a..b. ..ab.bb. .aabbbbb .abbbbbb", 6, -3, False),
    ),
    "raven": (
        None,
        (".....22 ...2222 .22222.", 7, -2, False),
        ("2.2.2 22222 .222.", 7, 9, True),
    ),
    "griffin": (
        ("..a. .ab. .abb abbb", 8, -3, False),
        ("..ab..ab .abb.abb aabbabb.", 7, -2, False),
        ("a... ab.. abb. .abb", 8, -3, False),
    ),
    "troll": (
        ("..h.H.. .hHhHH. hHHHHHg hHHHHHHg", 5, -3, False),
        ("hH...... .hHg.... ..hHg...", 3, -3, False),
        (".hHH.... hHHHHHg. .hHHHHHg ....HHHg ....HHHg .....HHg .....HHg", 5, -1, True),
    ),
    "giant": (
        None,
        ("....ab... ...aabb.. ..aabbbb. .aabbbbbb .cccccccc", 0, -2, True),
        ("...hh.... .hHHHHHh. hhHHHHHHg gHHHHHHgg", 0, -1, True),
    ),
    "ogre": (
        ("h... .hH. .hHg ..Hg", 4, -3, False),
        ("hH..... .hHg.hH ..HHg.Hg", 4, -3, False),
        ("..HH.. .hHHg. ..HH..", 5, -3, False),
    ),
    "goblin": (
        ("......112 ...112233 1122qq33. 222qq33.. .33333...", 8, 1, True),
        ("..11.... 1122.... 22qq2... 222qq22. .3222223 ...33333", 8, 4, True),
        ("....aab. ..aabbbb .aabbbbbb aabbbbbbb ccccccccc", 2, -2, True),
    ),
}
CREST_FRONT = {
    "dragon": (
        ("hg..... .Hg.... .HHg...", 0, -2, False),
        ("h....h. Hg...hg .HHg.HH", 0, -3, False),
        ("a..a..a ab.ab.a .abbabb", 0, -2, False),
    ),
    "raven": (
        None,
        ("....2.2 ...2222", 0, -2, False),
        ("..2.2.2 ..22222", 0, 9, False),
    ),
    "griffin": (
        (".a..... .ab.... .abb...", 0, -2, False),
        ("...a..b ..ab.ab ..abbbb", 0, -3, False),
        ("a...... ab..... .abb...", 0, -2, False),
    ),
    "troll": (
        ("...h.hH ..hHhHH ..HHHHH", 0, -3, False),
        ("hg..... .Hg.... .HHg...", 0, -3, False),
        ("...hhHH .hHHHHH .HHHH.. .HH.... .HH.... .Hg.... .Hg....", 0, -1, True),
    ),
    "giant": (
        None,
        ("....a ...aa ..aab .aabb .cccc", 0, -2, True),
        ("....h ..hHH hhHHH ggggg", 0, -1, True),
    ),
    "ogre": (
        (".....hH .....hH ....hHH", 0, -3, False),
        ("hg..... .Hg.... .HHg...", 0, -2, False),
        ("....hHH ...hHHH ....hHH", 0, -3, False),
    ),
    "goblin": (
        None,
        None,
        ("......a ....aab ...aabb ..aabbb .aabbbb .cccccc", 0, -3, True),
    ),
}
