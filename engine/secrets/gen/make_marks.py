#!/usr/bin/python3
"""Writes engine/secrets/marks_table.h: the words that give a number or a token its meaning, by their first word.

As word forms: small letters, no accents, no apostrophes; a space between Latin words, none between Chinese characters.
Several languages stand together; further ones are further lines. Run it from the top of the repository after a change
here, and make_hints.py after it; the results are kept in the repository.
"""
SIZE = 1024
MARKS = {
    "PASSWORD": """secret word|memorable word|maiden name|mothers maiden name|mother maiden name|security question answer|secret question answer|
answer to my security question|answer to my secret question|answer to the security question|answer to the secret question|
mima|p w|parola|密保答案|密保问题答案|安全问题的答案|密保|
password|passwords|pass|passcode|passphrase|pass phrase|pass word|passwd|passwort|kennwort|passwrod|
pasword|passord|pssword|psw|pswd|pw|pwd|parol|contrasena|senha|mot de passe|mat khau|sifre|kata sandi|пароль|
anti phishing code|antiphishing code|security answer|secret answer|密码|口令|防钓鱼码|安全问题答案""",
    "CODE": """code|codes|codigo|код|sms|短信|码""",
    "ONE_TIME": """verification|ga|6 digits|6 digit code|6 digit number|six digits|six digit code|
code on the back|security code on the back|security code on the back of the card|security code on the back of my card|
security code on my card|code on the back of my card|code on the back of the card|3 digits on the back|
2 fa|2 step|2 fa code|2 step code|ga code|google code|google auth|auth code|authentication code|authenticator|
authenticator code|confirmation code|cvc|cvv|cvc 2|cvv 2|cvc code|cvv code|email code|e mail code|login code|one time code|
one time password|one time passcode|otp|otp code|pin|pin code|pin number|security code|sms code|text code|totp|two factor code|
verification code|verification pin|verify code|access code|activation code|mfa code|
验证码|动态码|动态密码|校验码|安全码|谷歌码|谷歌验证|确认码|短信码|激活码|授权码""",
    "BACKUP_CODE": """ga key|ga secret|google key|google auth key|google authenticator key|google authenticator secret|two factor key|two factor secret|
auth key|2 fa setup key|2 fa backup key|2 fa backup codes|2 fa backup code|2 fa recovery codes|authenticator setup key|authenticator backup key|manual key|
谷歌验证器密钥|谷歌密钥|验证器密钥|
backup code|backup codes|back up code|back up codes|backup key|recovery code|recovery codes|recovery key|
setup key|2 fa secret|2 fa key|2 fa secret key|totp secret|otp secret|google secret|authenticator key|authenticator secret|
备份码|备用码|恢复码|备份密钥|备份密匙|恢复密钥""",
    "API": """aws|aws key|aws secret|
access key|access token|api|api key|api keys|api secret|api secret key|api token|api passphrase|apikey|apisecret|
app secret|auth token|bearer|client secret|client key|jwt|refresh token|secret|secret token|session token|session id|
webhook secret|密钥|秘钥|密匙|令牌""",
    "SECRET_KEY": """secret key|secretkey|secret keys|wallet secret""",
    "PRIVATE_KEY": """priv|pkey|eth private|钥匙|
priv key|private key|private keys|privatekey|privkey|private view key|view key|spend key|wallet key|
wallet keys|signing key|wif|wif key|clave privada|chave privada|私钥|私匙|私密钥匙""",
    "KEY": """key|keys|pk""",
    "PASSPORT": """passport|pasaporte|passeport|passaporte|reisepass|паспорт|护照""",
    "PHONE": """my number|text me at|
call me|call|cell|mobile|mobile number|mobile no|phone|phone number|phone no|contact number|tel|telephone|
telefono|telefone|telefon|text me|viber|whatsapp|телефон|手机|手机号|手机号码|电话|电话号|电话号码|联系方式|座机|致电""",
    "ID_CARD": """id card|id card number|identity card|identity number|national id|national identity|national insurance|
citizen id|social security|ssn|nric|aadhaar|aadhar|cpf|curp|dni|nie|tckn|emirates id|driver license|drivers license|
driver licence|driving license|driving licence|personal number|tax id|身份证|身份证号|身份证号码|证件号|证件号码|驾照|社保号""",
    "CARD": """card|cards|card number|card no|credit card|debit card|bank card|visa|mastercard|master card|amex|unionpay|
银行卡|信用卡|借记卡|储蓄卡|卡号|银联""",
    "SEED": """mnemonic|mnemonics|mnemonic phrase|recovery phrase|recovery words|secret phrase|secret recovery phrase|seed|
seeds|seed phrase|seed phrases|seed words|backup phrase|wallet phrase|phrase|12 words|24 words|助记词|注记词|恢复词|种子""",
    "ORDER": """imei|serial no|meid|
account number|account no|order|orders|order id|order number|order no|reference|reference number|ref|ticket|
ticket number|tracking|tracking number|uid|id|id number|user id|case|case number|invoice|booking|serial|serial number|trade id|
transfer id|withdrawal id|deposit id|订单|订单号|订单编号|单号|工单|编号|流水号|序列号|账号""",
    "TX": """address|addresses|wallet address|contract|hash|public key|transaction|transaction id|tx|txid|txn|tx hash|block|
哈希|地址|区块|合约|交易号""",
    "HARMLESS": """代码|扫码|条码|编码|提取码|号码|result code|return code|returned code|ret code|exit code|reason code|failure code|
hs code|tariff code|dial code|dialing code|merchant code|mcc code|team code|agent code|zip codes|tracking codes|confirmation number|booking code|
employee code|room code|key code|error no|qr|batch code|lot code|style code|sku|
area code|bank code|bar code|barcode|bonus code|branch code|country code|coupon code|currency code|
discount code|dress code|error|error code|errors|gift code|http|ifsc code|invitation code|invite code|item code|level|
order code|post code|postal code|postcode|product code|promo code|promotion code|qr code|ref code|refer code|referral code|
response code|reward code|security level|sort code|source code|status|status code|stock code|swift code|swift|bic code|
tracking code|transaction code|vip|voucher code|zip|zip code|错误码|错误代码|报错|邀请码|优惠码|推荐码|兑换码|二维码|
条形码|返佣码|折扣码|股票代码|区号|邮编""",
    "DIGIT": """double|eight|five|four|nine|o|oh|one|seven|six|three|triple|two|zero|〇|一|七|三|九|二|五|伍|八|六|叁|四|壹|幺|捌|柒|玖|肆|贰|陆|零""",
    "AT": """at|at the rate|arroba|艾特|圈a""",
    "PEM": """begin|putty""",
}


def is_han(c):
    return 0x4E00 <= ord(c) < 0xA000


def key(word):
    return int.from_bytes(word.encode()[:8].ljust(8, b"\0"), "little")


groups = {}
seen = set()
for kind, text in MARKS.items():
    for mark in " ".join(text.split()).replace("| ", "|").split("|"):
        assert mark not in seen, mark
        seen.add(mark)
        first = mark[0] if is_han(mark[0]) else mark.split(" ")[0]
        groups.setdefault(key(first), []).append((mark, kind))

marks, table = [], [None] * SIZE
for k, group in sorted(groups.items()):
    group.sort(key=lambda m: (-len(m[0]), m[0]))  # the longest that fits comes first
    slot = (k * 0x9E3779B97F4A7C15 % 2**64) >> 54
    while table[slot]:
        slot = (slot + 1) % SIZE
    table[slot] = (k, len(marks), len(group))
    marks += group

with open("engine/secrets/marks_table.h", "w", encoding="utf-8") as f:
    f.write("/* Words that give a number its meaning, those of one first word together, the longest first;\n")
    f.write("   gen/make_marks.py wrote it. */\n/* clang-format off */\n")
    f.write("static const struct announced { struct hl_str words; enum hl_mark_kind kind; } announced[] = {\n")
    cells = ['{{"%s", %d}, HL_MARK_%s},' % (mark, len(mark.encode()), kind) for mark, kind in marks]
    for i in range(0, len(cells), 2):
        f.write("\t" + " ".join(cells[i : i + 2]) + "\n")
    f.write("};\nstatic const struct mark_slot { uint64_t key; uint16_t first, n; } mark_slots[%d] = {\n" % SIZE)
    cells = ["[%d] = {0x%x, %d, %d}," % (i, *e) for i, e in enumerate(table) if e]
    for i in range(0, len(cells), 4):
        f.write("\t" + " ".join(cells[i : i + 4]) + "\n")
    f.write("};\n/* clang-format on */\n")
print(len(marks), "marks")
