#!/usr/bin/python3
"""Writes engine/text/function_words.h: an open-addressing table of words that tell a language.

The lists are our own: the commonest words with little meaning, without apostrophes, at most eight bytes of UTF-8.
Run it from the top of the repository after a change here; the result is kept in the repository.
"""
LISTS = {
    "en": """the a an and or but is are was were be been am i my me mine you your he she it its we our they their this that
 these those to of in on at for from with without by as not no do does did dont doesnt didnt cant cannot can could will
 would should have has had havent hasnt what when where why how who which if then there here im ive its just still yet
 any some all about after before into out up so than too very please get got need want again already also always
 another anymore anyone anyway because been being between both cannot during each even ever every few first give gave go
 goes gone going having hello hey hi help hes how hows ill im ive keep keeps know last let lets like long made make makes
 many maybe more most much must never next now off often ok okay only other over own per pls plz plus put said same say
 says see send sent show since someone sorry soon still such take taken tell thank thanks thats theres thing through thx
 times told took try trying under until us use used using wanna went whats whens wheres whole whos work working works
 wrong yes yet one two three four five six seven ten die war""",
    "es": """el la los las un una unos y o pero es son era fue ser estar esta este estos que de del en por para con sin se
 su sus mi mis tu tus me te le lo nos no si ya muy como cuando donde porque cual quien hay he ha han tengo tiene puedo
 puede quiero hola gracias al mas yo está
 dónde cómo cuándo qué más sí quién""",
    "fr": """le la les un une des du de et ou mais est sont etait être je tu il elle nous vous ils mon ma mes ton ta son sa
 ses ne pas plus que qui quoi dans sur pour par avec sans se ce cette ces au aux en ai as avez ont jai cest comment quand
 pourquoi où bonjour merci très""",
    "de": """der die das den dem des ein eine einen einem und oder aber ist sind war ich du er sie es wir ihr mein meine
 meinen dein sein nicht kein keine zu von mit ohne für auf in im an am bei nach aus wie was wann wo warum wer habe hat
 haben kann noch schon sich bitte danke""",
    "pt": """o os as um uma e ou mas é são era foi ser estar está este esta isso que de do da dos das em no na nos nas por
 para com sem se seu sua meu minha me eu você não sim já muito como quando onde porque qual quem você tem tenho posso quero ao
 olá""",
    "it": """il lo la gli le un uno una e o ma è sono era essere io tu lui lei noi voi mio mia miei non più che chi cosa di
 del della dei da dal in nel su per con senza si ho ha hanno come quando dove perché quale questo questa sto ciao grazie""",
    "id": """yang dan atau di ke dari untuk dengan tanpa ini itu saya aku kamu anda kami kita mereka tidak bukan belum
 sudah akan bisa ada apa kapan dimana kenapa mengapa siapa gimana juga saja lagi pada nya mohon tolong""",
    "vi": """và hoặc của cho với là không có được tôi bạn chúng ta này đó ở trong trên đến từ khi nào sao như thế gì ai đã
 đang sẽ chưa rồi bị mình làm""",
    "tr": """ve veya ama bir bu şu o ben sen biz siz benim için ile gibi değil mi mı var yok ne neden nasıl zaman nerede
 kim da de daha çok hala olarak lütfen""",
}
SIZE = 1024
ROWS = 128
FIELD = 7  # bits of each language in a word's entry, so that entries can be added up


def key(word):
    return int.from_bytes(word.encode().ljust(8, b"\0"), "little")


words = {}
for bit, text in enumerate(LISTS.values()):
    for word in text.split():
        assert len(word.encode()) <= 8, word
        word = word.replace("ı", "i")  # as the normal form has it
        words[word] = words.get(word, 0) | 1 << FIELD * bit

# One look tells: words that share a row are moved on together, until none stands where another does.
rows = [[] for _ in range(ROWS)]
for word, mask in sorted(words.items()):
    h = key(word) * 0x9E3779B97F4A7C15 % 2**64
    rows[h >> 57].append((h >> 24, key(word), mask))
table, moved = [None] * SIZE, [0] * ROWS
for i in sorted(range(ROWS), key=lambda i: (-len(rows[i]), i)):
    while True:
        slots = [(h + moved[i]) % SIZE for h, _, _ in rows[i]]
        if len(set(slots)) == len(slots) and not any(table[slot] for slot in slots):
            break
        moved[i] += 1
        assert moved[i] < SIZE  # else another shift than 24, here and in language.h
    for slot, (_, k, mask) in zip(slots, rows[i]):
        table[slot] = (k, mask)

with open("engine/text/function_words.h", "w", encoding="utf-8") as f:
    f.write("/* Function words by language; gen/make_words.py wrote it. */\n/* clang-format off */\n")
    f.write("static const struct hl_str languages[] = {\n\t%s\n};\n" % " ".join('{"%s", 2},' % n for n in LISTS))
    f.write("const struct hl_function_word hl_function_words[%d] = {\n" % SIZE)
    cells = ["[%d] = {0x%xu, 0x%xu}," % (i, e[0], e[1]) for i, e in enumerate(table) if e]
    for i in range(0, len(cells), 4):
        f.write("\t" + " ".join(cells[i : i + 4]) + "\n")
    f.write("};\nconst uint16_t hl_function_words_moved[%d] = {\n" % ROWS)
    for i in range(0, ROWS, 16):
        f.write("\t" + " ".join("%d," % m for m in moved[i : i + 16]) + "\n")
    f.write("};\n/* clang-format on */\n")
print(len(words), "words")
