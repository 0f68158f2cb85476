/* What every message pays before any rule is looked at: normal form, words, language, secrets.
   English lines of about 80 bytes, Chinese ones of about 40 characters, and both mixed, as
   customers type them. `bench_text english 1` runs one set once: what callgrind counts instructions
   over. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "secrets/secrets.h"

static const char *const english[] = {
	"My deposit has not arrived yet and it has been two hours, can you please check it",
	"i sent 500 usdt on trc20 to my wallet yesterday and it is still not showing up here",
	"Hello, I can't log in to my account because I lost my phone with google authenticator",
	"why was my withdrawal rejected? I already passed KYC and there is enough balance!!",
	"how long does a btc withdrawal usually take? the status is pending since this morning",
	"please cancel order 20241122123456 I clicked the wrong button and want my money back",
	"the app keeps crashing when i open the futures page on my iphone, already reinstalled",
	"what are the fees for withdrawing ethereum to another exchange and is there a minimum",
	"someone logged into my account from another country, please freeze everything now!!!",
	"I bought 0.25 BTC at 61,250.50 but the order was filled at a much worse price, why?",
};
static const char *const chinese[] = {
	"你好,我昨天晚上充值的USDT到现在还没有到账,已经过去十二个小时了,麻烦帮我查一下",
	"为什么我的提现一直显示审核中,请问还需要多长时间才可以处理完成,我急着用这笔钱",
	"我的手机丢了,谷歌验证器也没有备份,现在登录不了账户,请问怎么样才能重置双重验证",
	"合约爆仓了但是当时的价格根本没有到强平价,请给我一个合理的解释和当时的行情数据",
	"我从币安提了500个U过来,用的是TRC20网络,链上已经确认了二十多次,就是没有到账怎么办",
	"銀行卡入金一直失敗,提示風控限制,我已經完成了高級認證,請問是什麼原因?怎麼解決?",
	"有人冒充你们的客服给我打电话,说我的账户有风险,让我把币转到安全地址,这是真的吗?",
	"请问现货交易的手续费是多少?如果用平台币抵扣可以打几折?VIP等级是怎么计算的呢?",
};
static const char *const mixed[] = {
	"我的withdrawal还是pending,support能帮忙check一下吗?txid已经有了",
	"don’t worry — I’ll wait, but it’s been 3 days now 😭😭",
	"¿dónde está mi depósito de 200 dólares? ya pasaron tres horas y nada",
	"U没到账，急急急！！！客服在吗？",
};
static const struct set {
	const char *name;
	const char *const *v;
	size_t n;
} sets[] = {{"english", english, sizeof english / sizeof *english},
	    {"chinese", chinese, sizeof chinese / sizeof *chinese},
	    {"mixed", mixed, sizeof mixed / sizeof *mixed}};

static double now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* One message as hl_classify reads it; gives the time of reading and of looking for secrets. */
static void read_one(struct hl_arena *arena, const char *text, double *read_ns, double *find_ns)
{
	struct hl_str message = {text, strlen(text)}, stored;
	struct hl_utterance u;
	struct hl_secrets found;
	hl_arena_reset(arena);
	double start = now_ns();
	if (hl_utterance_read(&u, arena, message, NULL, 0) != HL_OK)
		exit(1);
	double between = now_ns();
	if (hl_secrets_find(&found, arena, &u, NULL, NULL, 0) != HL_OK || found.n != 0 ||
	    hl_secrets_stored(&stored, arena, message, NULL, 0) != HL_OK)
		exit(1);
	*find_ns += now_ns() - between;
	*read_ns += between - start;
}

static void bench(const struct set *set, size_t rounds)
{
	struct hl_arena arena = {0};
	double read_ns = 0, find_ns = 0, clock_ns = 0;
	for (size_t r = 0; r < rounds; r++)
		for (size_t i = 0; i < set->n; i++) {
			read_one(&arena, set->v[i], &read_ns, &find_ns);
			double start = now_ns();
			clock_ns += now_ns() - start;
		}
	double n = (double)(rounds * set->n);
	printf("%-8s read %6.0f ns, secrets %6.0f ns a message (CPU; the clock's own %.0f ns "
	       "taken off)\n",
	       set->name, (read_ns - clock_ns) / n, (find_ns - clock_ns) / n, clock_ns / n);
	hl_arena_deinit(&arena);
}

int main(int argc, char **argv)
{
	size_t rounds = argc > 2 ? strtoul(argv[2], NULL, 10) : 20000;
	for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
		if (argc < 2 || strcmp(argv[1], sets[i].name) == 0)
			bench(&sets[i], rounds);
	return 0;
}
