/* The rule language against messages: every sentence of "what it means" is a row. A row is a pack
   in a few lines, a message, and the verdict as one line of text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "classify/classify.h"
#include "packtext.h"
#include "verdictrow.h"

#define P(phrase) "intent a\nphrase " phrase "\n"
#define YES "answer a phrase"
#define NO "unmatched"

static void test_phrases(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{P("deposit missing"), "my Deposit, missing!", YES},
		{P("deposit missing"), "deposit is missing", NO},
		{P("fee[s]"), "FEES", YES},
		{P("fee[s]"), "feed", NO},
		{P("top[ ]up"), "topup please", YES},
		{P("top[ ]up"), "i want to top up", YES},
		{P("withdraw(al|ing)"), "withdrawing btc", YES},
		{P("withdraw(al|ing)"), "withdraw", NO},
		{P("(a|b) c"), "bc", NO},
		{P("(a|b) c"), "b c", YES},
		{P("deposit~"), "deposited", YES},
		{P("deposit~"), "redeposit", NO},
		{P("(deposit[s]|top up) [is] [still] (missing|not [yet] (here|credited))"),
		 "my top up still not yet credited", YES},
		{P("(deposit[s]|top up) [is] [still] (missing|not [yet] (here|credited))"),
		 "top up is not", NO},
		{P("deposit * missing"), "deposit of one two three four five missing", YES},
		{P("deposit * missing"), "deposit of one two three four five six missing", NO},
		{P("deposit * missing"), "deposit. it is missing", NO},
		{P("deposit * missing"), "deposit 0.5 is missing", YES},
		{P("deposit * missing"), "deposit missing", YES},
		{P("充值*没到"), "充值一二三四五六七八九十一二没到", YES},
		{P("充值*没到"), "充值一二三四五六七八九十一二三没到", NO},
		{P("充值*没到"), "充值。没到", NO},
		{P("(充值|充币|转入)[还]没[有]到"), "我充币还没有到账", YES},
		{P("(充值|充币|转入)[还]没[有]到"), "我充币了没到", NO},
		{P("(充值|充币)没到"), "充币", NO},
		{P("強平價怎麼"), "强平价怎么算", YES},
		{P("強平價怎麼"), "強平價怎麼算", YES},
		{P("= hi"), "Hi!!", YES},
		{P("= hi"), "hi, deposit missing", NO},
		{P("= hi [there]"), "hi there", YES},
		{P("= hi * bot"), "hi dear old bot", YES},
		{P("= hi *"), "hi all of you", YES},
		{P("= hi *"), "hi a b c d e f g", NO},
		{P("= * bye"), "well good bye", YES},
		{P("haven't received"), "i havent received it", YES},
		{P("havent received"), "i haven\xe2\x80\x99t received it", YES},
		{P("so slow"), "it is sooooo slow", YES},
		{P("提500U"), "我要提500U", YES},
		{P("提 500 U"), "我要提500u", YES},
		{P("500"), "1500", NO},
		{P("0.5"), "send 0.5 btc", YES},
		{P("5"), "send 0.5 btc", NO},
		{P("e-mail"), "e mail", YES},
		{P("help 😡"), "help 😡😡😡", YES},
		{P("what is (this|that)?"), "what is that", YES},
		{P("（充值|充币）没到"), "充币没到", YES},
		{P("deposit"), "ｄｅｐｏｓｉｔ", YES},
		{P("deposit"), "dеposit", YES}, /* a Cyrillic е */
		{P("a * b * c"), "a b x x x x x x x b c", NO},
		{P("a * b * c"), "a b x x x x x b c", YES},
		{P("[please] reset [my] password"), "reset my password", YES},
	};
	CHECK_ALL(rows);
}

#define SETS "set late = late, stuck, not [yet] here, 卡住, 没到\n"
#define COINS                                                                                      \
	"list coin BTC = btc, bitcoin, 比特币\nlist coin USDT = usdt, tether, U\n"              \
	"list coin BCH = bitcoin cash\n"

static void test_sets_and_slots(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{SETS P("deposit * <late>"), "deposit is not yet here", YES},
		{SETS P("deposit * <late>"), "deposit is here", NO},
		{SETS P("(充值|充币)*<late>"), "充值好久了还没到", YES},
		{COINS P("sell {coin}"), "sell bitcoin cash now", "answer a phrase coin=BCH"},
		{COINS P("sell {coin}"), "sell Bitcoin now", "answer a phrase coin=BTC"},
		{COINS P("提*{coin}"), "提500U", "answer a phrase coin=USDT"},
		{COINS P("提*{coin}"), "提U", "answer a phrase coin=USDT"},
		{COINS P("help {coin}"), "help u", NO},
		{COINS P("fee") "slot coin list coin\n", "fee for usdt or bitcoin",
		 "answer a phrase coin=BTC"},
		{COINS P("can u help") "slot coin list coin\n", "can u help", YES},
		{"list l0 A = aa ab ac ad ae af ag ah ai aj ak al am an ao ap\n"
		 "list l1 B = ba bb bc bd be bf bg bh bi bj bk bl bm bn bo bp\n" P(
			 "{l0} ({l1}|*) end"),
		 "aa ab ac ad ae af ag ah ai aj ak al am an ao ap "
		 "ba bb bc bd be bf bg bh bi bj bk bl bm bn bo bp end",
		 "answer a phrase l0=A l1=B"},
		{COINS P("swap") "slot from list coin\nslot to list coin\n", "swap btc usdt",
		 "answer a phrase from=BTC to=USDT"},
		{P("send {amount}"), "please send 1,000.50 now", "answer a phrase amount=1,000.50"},
		{P("order") "slot amount amount\nslot order order\n", "order 1234567890 of 20",
		 "answer a phrase amount=20 order=1234567890"},
		{P("on") "slot day date\n", "it was on 2026-11-22",
		 "answer a phrase day=2026-11-22"},
		{P("on") "slot day date\n", "on Nov 22nd, 2026",
		 "answer a phrase day=Nov 22nd, 2026"},
		{P("到账") "slot day date\n", "11月22日没有到账", "answer a phrase day=11月22日"},
		{P("hash") "slot tx txid\n",
		 "hash 0xAb34567890123456789012345678901234567890123456789012345678901234",
		 "answer a phrase "
		 "tx=0xAb34567890123456789012345678901234567890123456789012345678901234"},
		{P("ticket") "slot no pattern [A-Z]{2}-\\d+\n", "Ticket XY-77 please",
		 "answer a phrase no=XY-77"},
		{P("ticket {no}") "slot no pattern [A-Z]{2}-\\d+\n", "Ticket XY-77 please",
		 "answer a phrase no=XY-77"},
		{P("ticket {no}") "slot no pattern [A-Z]{2}-\\d+\n", "Ticket please", NO},
	};
	CHECK_ALL(rows);
}

#define V(message, values)                                                                         \
	{                                                                                          \
		COINS "list coin B2 = 大饼二号\nlist coin BTC = 大饼\n" P(                         \
			"x") "slot coin list coin\nslot amount amount\n",                          \
			"x " message, "answer a phrase" values                                     \
	}
#define D(message, value)                                                                          \
	{                                                                                          \
		P("x") "slot d date\n", "x " message, "answer a phrase" value                      \
	}

/* What a slot takes from a message, typed as customers type. */
static void test_values(void **state)
{
	(void)state;
	static const struct row rows[] = {
		V("提500U", " coin=USDT amount=500"),
		V("提３００Ｕ", " coin=USDT amount=３００"),
		V("提500 U", " amount=500"),
		V("of BITCOIN", " coin=BTC"),
		V("usdt or Bitcoin Cash", " coin=BCH"),
		V("usdt or ＵＳＤＴ", " coin=USDT"),
		V("大饼二号", " coin=B2"),
		V("我的大饼", " coin=BTC"),
		V("1,000.50 usdt", " coin=USDT amount=1,000.50"),
		V("1.000,50 usdt", " coin=USDT amount=1.000,50"),
		V(".5 of it", " amount=.5"),
		V("$500", " amount=500"),
		V("1k usdt", " coin=USDT amount=1k"),
		V("2.5万U", " coin=USDT amount=2.5万"),
		V("2 million of it", " amount=2 million"),
		V("五百U", " coin=USDT amount=五百"),
		V("两千u", " coin=USDT amount=两千"),
		V("一万五", " amount=一万五"),
		V("十五U", " coin=USDT amount=十五"),
		V("两枚大饼", " coin=BTC amount=两"),
		V("一个大饼", " coin=BTC"),
		V("千万别给我大饼", " coin=BTC"),
		V("2 hours ago i sent 500", " amount=500"),
		V("两个小时前转了500", " amount=500"),
		V("等了3天了,300u", " coin=USDT amount=300"),
		V("since 2026-03-01, 3 usdt", " coin=USDT amount=3"),
		V("3月5日转了7个usdt", " coin=USDT amount=7"),
		V("2 hours", ""),
		V("100% sure", ""),
		V("not usdt but bitcoin", " coin=BTC"),
		V("bitcoin cash, not bitcoin", " coin=BCH"),
		V("bitcoin instead of bitcoin cash", " coin=BTC"),
		V("不是大饼，是USDT", " coin=USDT"),
		V("是USDT不是大饼", " coin=USDT"),
		V("是不是大饼", " coin=BTC"),
		V("bitcoin, sorry, usdt", " coin=USDT"),
		V("大饼，不对，是USDT", " coin=USDT"),
		V("把大饼改成USDT", " coin=USDT"),
		V("500, no wait, 600", " amount=600"),
		V("not usdt", ""),
		V("1 000 usdt", " coin=USDT amount=1 000"),
		V("12 000,50 usdt", " coin=USDT amount=12 000,50"),
		V("1'000'000.5", " amount=1'000'000.5"),
		V("1，000U", " coin=USDT amount=1，000"),
		V("充了100，200没到", " amount=100"),
		V("2 1000", " amount=2"),
		V("0 500", " amount=0"),
		V("1.5m usdt", " coin=USDT amount=1.5m"),
		V("5m ago i sent 10 k", " amount=10 k"),
		V("提1w5", " amount=1w5"),
		V("提1万5千U", " coin=USDT amount=1万5千"),
		V("提零点五", " amount=零点五"),
		V("零点到的", ""),
		V("five hundred", ""),
		D("3/4/26", " d=3/4/26"),
		D("26年3月4日", " d=26年3月4日"),
		D("Feb 29", " d=Feb 29"),
		D("Feb 30", ""),
		D("2026-02-30", ""),
		D("31 June", ""),
		D("the day before yesterday", " d=day before yesterday"),
		D("上个月15号", " d=上个月15号"),
		D("上个月", " d=上个月"),
		D("the 22nd", " d=22nd"),
		D("my 2nd try of the day", ""),
		D("2 hours ago", ""),
		D("today", " d=today"),
		D("Yesterday at 5", " d=Yesterday"),
		D("last Friday", " d=last Friday"),
		D("2 days ago", " d=2 days ago"),
		D("on 2026-03-01", " d=2026-03-01"),
		D("2026/3/1", " d=2026/3/1"),
		D("22.11.2026", " d=22.11.2026"),
		D("03/05", " d=03/05"),
		D("the 5th of March 2026", " d=5th of March 2026"),
		D("March 5", " d=March 5"),
		D("may i ask", ""),
		D("昨天", " d=昨天"),
		D("大前天下午", " d=大前天"),
		D("3月5日", " d=3月5日"),
		D("３月５号", " d=３月５号"),
		D("2026年3月1日", " d=2026年3月1日"),
		D("三月二十五日", " d=三月二十五日"),
		D("5号", " d=5号"),
		D("上周五", " d=上周五"),
		D("星期三", " d=星期三"),
		D("三天前", " d=三天前"),
		D("一周三次", ""),
		D("坐5号线", ""),
		D("13/45", ""),
		{P("x") "slot m email\n", "x 邮箱Foo.Bar@Example.com谢谢",
		 "answer a phrase m=Foo.Bar@Example.com"},
		{P("x") "slot p phone\n", "x +86 138 1234 5678 please",
		 "answer a phrase p=+86 138 1234 5678"},
		{P("x") "slot m email\n", "x 邮箱ｍｅ＠example．com谢谢",
		 "answer a phrase m=ｍｅ＠example．com"},
		{P("x") "slot p phone\n", "x １３８００１３８０００",
		 "answer a phrase p=１３８００１３８０００"},
		{P("x") "slot a address\nslot t txid\n",
		 "x https://etherscan.io/tx/"
		 "0x9c2f1a7b3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8?a=1",
		 "answer a phrase "
		 "t=0x9c2f1a7b3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8"},
		{P("x") "slot a address\nslot t txid\n",
		 "x https://tronscan.org/#/address/TJRabPrwbZy45sbavfcjinPJC18kjpRTv8/transfers",
		 "answer a phrase a=TJRabPrwbZy45sbavfcjinPJC18kjpRTv8"},
		{P("x") "slot a address\nslot t txid\n", "x https://example.com/tx/0x12345",
		 "answer a phrase"},
		{P("x") "slot a address\nslot t txid\n", "x to 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
		 "answer a phrase a=1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"},
		{P("x") "slot a address\n", "x to 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3",
		 "answer a phrase"},
		{P("提{amount}"), "提两千", "answer a phrase amount=两千"},
		{P("waited {amount} hours"), "waited 2 hours", "answer a phrase amount=2"},
	};
	CHECK_ALL(rows);
}

#define W(items) "intent a\nwords " items "\n"
#define WORDS "answer a words"

static void test_words(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{W("deposit~|topup, missing|lost"), "lost my deposits", WORDS},
		{W("deposit~|topup, missing|lost"), "lost my coins", NO},
		{W("deposit, missing ! how long"), "deposit missing how long", NO},
		{W("deposit, missing ! how long"), "how deposit missing long", WORDS},
		{W("not here, coins"), "coins are not here", WORDS},
		{W("not here, coins"), "coins here not", NO},
		{W("deposit, missing") "typos 1\n", "deposti missing", WORDS},
		{W("deposit, missing") "typos 1\n", "depost misssing", WORDS},
		{W("deposit, missing") "typos 1\n", "eposit missing", NO},
		{W("deposit, missing") "typos 1\n", "dposi missing", NO},
		{W("deposit, missing") "typos 2\n", "dposi missing", WORDS},
		{W("lost, coins") "typos 1\n", "lsot coins", NO},
		{W("deposit~, gone") "typos 1\n", "my depsoited money is gone", WORDS},
		{W("deposit ! missing") "typos 1\n", "deposit mising", WORDS},
		{W("a, b") "max 3\n", "a b c", WORDS},
		{W("a, b") "max 3\n", "a b c d", NO},
		{W("充, 值") "max 2\n", "充值了", WORDS},
		{W("充, 值") "max 2\n", "充值了没有", NO},
		{SETS W("deposit, <late>"), "late deposit", WORDS},
		{COINS W("buy, {coin}"), "buy me a bitcoin", "answer a words coin=BTC"},
	};
	CHECK_ALL(rows);
}

#define R(pattern) "intent a\npattern " pattern "\n"
#define PATTERN "answer a pattern"

static void test_patterns(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{R("\\bdeposit\\b"), "deposit失败", PATTERN},
		{R("\\bdeposit\\b"), "我要Deposit", PATTERN},
		{R("\\bdeposit\\b"), "deposits", NO},
		{R("\\d{3}"), "１２３", PATTERN},
		{R("到賬"), "没到账", PATTERN},
		{R("track"), "trac\xe2\x84\xaa", PATTERN}, /* KELVIN SIGN */
		{R("status"), "\xc5\xbftatus", PATTERN},   /* LONG S */
		{R("^hi$"), "hi", PATTERN},
		{R("^hi$"), "hi there", NO},
		{COINS R("(?<amount>\\d+(?:\\.\\d+)?)\\s*(?<coin>btc|eth|usdt)\\b.*\\bnot "
			 "(here|arrived)") "slot coin list coin\n",
		 "my 0.5 USDT has not arrived", "answer a pattern coin=USDT amount=0.5"},
		{R("(?=.*btc)(?=.*lost)."), "lost my btc", PATTERN},
		{R("(?<!not )here"), "not here", NO},
		{R("x{2,}y"), "xxxy", PATTERN},
		{R("colou?r"), "color", PATTERN},
		{R("ab*c"), "ac", PATTERN},
		{R("(?:foo|ba[rz])+qux"), "foobazqux", PATTERN},
	};
	CHECK_ALL(rows);
}

static void test_refused(void **state)
{
	(void)state;
	static const char *const packs[] = {
		P("a | b"),
		P("(a|)"),
		P("[a] [b]"),
		P("((a)"),
		P("a)"),
		P("((((((((((a))))))))))"),
		P("!!!"),
		P("<late"),
		P("<late> x"),
		P("{koin} x"),
		P("a * * b"),
		P("ab~"),
		P("{text} x"),
		R("(a+)+b"),
		R("(a)\\1"),
		R("a*"),
		R("(a"),
		R("(?R)"),
		W("a, b*c"),
		"set s = a*b\n",
		"intent a\nslot x list nope\n",
		"intent a\nphrase deposit  Missing\nintent b\nphrase deposit missing\n",
	};
	for (size_t i = 0; i < sizeof packs / sizeof *packs; i++) {
		struct row row = {packs[i], "x", "refused"};
		assert_true(check(&row));
	}
}

/* The table of the rules' annex, and the order of "who wins". */
#define EXCHANGE                                                                                   \
	"set in = deposit, 充值\n"                                                               \
	"intent deposit.missing\nphrase <in> * missing\n"                                          \
	"intent greeting\nphrase = hi\n"                                                           \
	"intent cancel\nphrase cancel * [pending] withdrawal\nphrase cancel * pending "            \
	"withdrawal\n"                                                                             \
	"intent pending\nphrase (stuck|pending) withdrawal\nphrase 提现*还没\n"                \
	"intent fees\nphrase withdrawal fee\nphrase 提现*手续费\n"                            \
	"intent hacked\nphrase hacked\nalways\n"

static void test_who_wins(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{EXCHANGE, "hi, deposit missing", "answer deposit.missing phrase"},
		{EXCHANGE, "hi", "answer greeting phrase"},
		{EXCHANGE, "cancel my pending withdrawal", "answer cancel phrase"},
		{EXCHANGE, "提现手续费怎么还没退", "answer fees phrase"},
		{EXCHANGE, "stuck withdrawal fee", "clarify fees|pending"},
		{EXCHANGE, "withdrawal fee? cancel my withdrawal",
		 "answer cancel phrase all fees,cancel"},
		{EXCHANGE, "HACKED! cancel my withdrawal",
		 "escalate hacked phrase all hacked,cancel"},
		{"intent a\nphrase reset password now please\nintent b\npattern password\n",
		 "reset password now please", "answer b pattern"},
		{"intent a\nwords reset, password\nintent b\nphrase reset password\n",
		 "reset password", "answer b phrase"},
		{"intent a\nphrase reset password\nintent b\nphrase reset password\n"
		 "only user.level !vip\n",
		 "reset password", "answer b phrase"},
		{"intent a\nphrase reset password\nintent b\nphrase reset password\n"
		 "only user.level vip\n",
		 "reset password", "answer a phrase"},
		{"intent a\nphrase reset\nnever how to reset\n", "how to reset", "unmatched"},
		{"intent a\nphrase reset\nnever how to reset\n", "reset", "answer a phrase"},
		{"intent a\nexample Sent 2 ETH an hour ago\n", "sent 2 eth, an hour ago!",
		 "answer a example"},
		{"intent a\nexample where is it\nintent b\nexample where is it\n", "where is it",
		 "clarify a|b"},
		{"", "anything", "unmatched"},
		{EXCHANGE, "", "unmatched"},
		{EXCHANGE, "human", "unmatched"},
		{"intent human.request\nphrase real one\n", "can i get a live agent pls",
		 "answer human.request example"},
		{"intent human.request\nphrase real one\nintent a\nphrase live\n", "live agent",
		 "answer a phrase"},
		{"intent human.request\nonly user.level vip\nphrase real one\n", "转人工",
		 "unmatched"},
		{"intent a\nexample cancel my withdrawal\n", "cancel", "unmatched"},
		{"intent a\nexample cancel\n", "cancel", "answer a example"},
		{"intent a\nphrase = cancel\n", "Cancel!", "answer a phrase"},
	};
	CHECK_ALL(rows);
}

/* The steps from matches to a decision, one group of rows a step. */
static void test_steps(void **state)
{
	(void)state;
	static const struct row rows[] = {
		/* 1: what is not there or says never; each intent keeps its best */
		{"intent a\nphrase reset it\nonly user.level vip\nintent b\nphrase reset\n",
		 "reset it", "answer b phrase"},
		{"intent a\nphrase reset it now\nnever right now\nintent b\nphrase reset\n",
		 "reset it now, right now", "answer b phrase"},
		{"intent a\nphrase reset it\nnever wrong\nintent b\nphrase wrong\n",
		 "reset it, wrong", "answer b phrase"},
		{"intent a\nwords reset\nphrase reset it\nintent b\nphrase it\n", "reset it",
		 "answer a phrase"},
		{"intent a\nphrase reset it\nexample how late is it\nnever how\n", "how late is it",
		 "unmatched"},
		/* 2: one difference after the other decides */
		{"intent a\nalways\nphrase lost\nintent b\nphrase = i lost it\n", "i lost it",
		 "escalate a phrase"},
		{"intent a\nphrase = lost it\nintent b\npattern lost it\n", "lost it",
		 "answer a phrase"},
		{"intent a\npattern lost\nintent b\nphrase i lost my money\n", "i lost my money",
		 "answer a pattern"},
		{"intent a\nphrase lost money\nintent b\nphrase my lost money\n", "my lost money",
		 "answer b phrase"},
		{"intent a\nphrase my [very big] lost\nintent b\nphrase lost money\n",
		 "my very big lost money", "clarify a|b"},
		{"intent a\nphrase my * lost\nintent b\nphrase very big lost\n", "my very big lost",
		 "answer b phrase"},
		{"set gone = lost, not here\nintent a\nphrase my <gone>\nintent b\nphrase is not\n",
		 "my is not here", "answer b phrase"},
		{"set gone = lost, not here\nintent a\nphrase my <gone>\nintent b\nphrase my not\n",
		 "my not here", "answer a phrase"},
		{"intent a\nphrase 没到账\nintent b\nphrase btc 没\n", "btc 没到账", "clarify a|b"},
		{"intent a\nphrase 还没到账\nintent b\nphrase btc 还\n", "btc 还没到账",
		 "answer a phrase"},
		{"intent a\npattern lost.*money\nintent b\npattern lost\n", "lost all my money",
		 "answer a pattern"},
		{"intent a\npattern (?=.*lost)\nintent b\npattern lost my\n", "i lost my coin",
		 "answer a pattern"},
		{"intent a\nwords money, lost\nintent b\nphrase lost money\n", "lost money",
		 "answer b phrase"},
		{"intent b\nphrase lost money\nonly user.level !vip\nintent a\nphrase lost money\n",
		 "lost money", "answer b phrase"},
		/* 3: who shares a word with one taken is skipped, and frees its other words */
		{"intent a\nphrase my lost money\nintent b\nphrase money now\nintent c\nphrase "
		 "now\n",
		 "my lost money now", "answer a phrase all a,c"},
		{"intent a\nphrase lost\nintent b\nphrase big money\n", "lost big money",
		 "answer b phrase all a,b"},
		{"intent a\nphrase lost\nintent b\nphrase lost my\n", "lost my, lost",
		 "answer b phrase"},
		{"intent c\nphrase three\nintent b\nphrase two\nintent a\nphrase one\n",
		 "three two one", "answer a phrase all c,b,a"},
		{"intent a\nphrase my [old] money\nintent b\nphrase old\n", "my old money",
		 "answer a phrase all a,b"},
		/* 4: a sensitive one of them, never asked back */
		{"intent a\nphrase my long lost money\nintent b\nalways\nphrase lost\n",
		 "my long lost money", "escalate b phrase"},
		{"intent a\nalways\nphrase lost\nintent b\nalways\nphrase lost it\n"
		 "intent c\nphrase now\n",
		 "now lost it", "escalate b phrase all c,b"},
		{"intent a\nalways\nphrase lost it\nintent b\nalways\nphrase it lost\n",
		 "lost it lost", "escalate a phrase"},
		/* 5: equal in all but likeness */
		{"intent a\nphrase x y\nintent b\nphrase y z\n", "x y z", "clarify a|b"},
		{"intent d\nphrase x a\nintent c\nphrase x b\nintent b\nphrase b x\nintent "
		 "a\nphrase a x\n",
		 "x a x b x", "clarify a|c|d all a,b"},
		{"intent a\nphrase x y\nintent b\nphrase z x\nintent c\nphrase y q\n"
		 "intent d\nphrase q z x y q\nnever q\n",
		 "z x y q", "clarify a|b|c"},
		{"intent a\nphrase x y\nintent b\nwords y, z\n", "x y z", "answer a phrase"},
		{"intent a\nphrase one two three\nintent b\nphrase x y\nintent c\nphrase y z\n",
		 "one two three, x y z", "answer a phrase all a,b"},
		/* 7: no rule */
		{"intent a\nphrase x\nintent b\nexample where is it\n", "Where is it?!",
		 "answer b example"},
		{"intent a\nexample where is it\nintent b\nalways\nexample where is it\n",
		 "where is it", "escalate b example"},
		{"intent a\nphrase where\nintent b\nalways\nexample where is it\n", "where is it",
		 "escalate b example"},
	};
	CHECK_ALL(rows);
}

static uint32_t beside_and(const struct hl_utterance *u, size_t word)
{
	return hl_str_eq(u->words[word].form, (struct hl_str){"and", 3});
}

/* Messages that are values and no more. */
static void test_values_only(void **state)
{
	(void)state;
	static const struct {
		const char *message;
		bool only, with_and;
	} cases[] = {{"usdt", true, true},
		     {"500U", true, true},
		     {"Bitcoin, 20", true, true},
		     {"and usdt", false, true},
		     {"usdt please", false, false},
		     {"and", false, false},
		     {"", false, false}};
	const char *text = COINS P("x") "slot coin list coin\nslot amount amount\n";
	struct packtext *made = packtext_new(text, strlen(text));
	struct hl_ruleset *rules = NULL;
	struct hl_scratch *scratch = NULL;
	assert_int_equal(hl_scratch_new(&scratch), HL_OK);
	assert_int_equal(hl_ruleset_new(&rules, packtext_pack(made), (struct hl_str){NULL, 0},
					print_diag, NULL),
			 HL_OK);
	made = packtext_free(made);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct hl_utterance u;
		struct hl_str message = {cases[i].message, strlen(cases[i].message)};
		hl_scratch_begin(scratch);
		assert_int_equal(hl_utterance_read(&u, &scratch->turn, message, NULL, 0), HL_OK);
		if ((hl_values_only(scratch, rules, &u, NULL) == HL_OK) != cases[i].only ||
		    (hl_values_only(scratch, rules, &u, beside_and) == HL_OK) != cases[i].with_and)
			fail_msg("%s", cases[i].message);
	}
	hl_ruleset_unref(rules);
	hl_scratch_free(scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_phrases),	    cmocka_unit_test(test_sets_and_slots),
		cmocka_unit_test(test_values),	    cmocka_unit_test(test_words),
		cmocka_unit_test(test_patterns),    cmocka_unit_test(test_refused),
		cmocka_unit_test(test_who_wins),    cmocka_unit_test(test_steps),
		cmocka_unit_test(test_values_only),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
