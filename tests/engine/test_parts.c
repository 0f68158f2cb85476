/* Two questions in one message: both are held, and one told in two sentences stays one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "verdictrow.h"

/* Eight examples each: enough for the likeness to be sure of plain questions. */
#define THREE_INTENTS                                                                                           \
	"intent fee\nexample how much is the withdrawal fee\nexample what does a withdrawal "                   \
	"cost\n"                                                                                                \
	"example fees for taking coins out\nexample withdrawal cost of btc\n"                                   \
	"example what do you charge for withdrawals\nexample 提币手续费多少\n"                           \
	"example 提币要收多少钱\nexample 手续费怎么算\n"                                           \
	"intent password\nexample i forgot my password\nexample change my password\n"                           \
	"example where do i reset the password\nexample password does not work\n"                               \
	"example new password please\nexample 忘记密码了\nexample 密码怎么改\nexample 重置密码\n" \
	"intent hacked\nalways\nexample someone hacked my account\nexample my coins were stolen\n"              \
	"example a stranger logged in\nexample i was hacked\nexample account stolen\n"                          \
	"example 我的账户被盗了\nexample 有人盗走了我的币\nexample 账号被黑\n"

static void test_two_questions(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{THREE_INTENTS, "what does a withdrawal cost? and where do i change my password",
		 "answer password example all fee,password"},
		{THREE_INTENTS, "忘记密码了，另外提币手续费是多少",
		 "answer password example all password,fee"},
		{THREE_INTENTS, "i forgot my password, please", "answer password example"},
		{THREE_INTENTS "intent card\nphrase card lost\nexample my card is lost\n",
		 "card lost. and how much is the withdrawal fee",
		 "answer card phrase all card,fee"},
		{THREE_INTENTS, "how much is the withdrawal fee, also someone hacked my account",
		 "escalate hacked example all fee,hacked"},
		/* a side's rule makes it sure, whatever the likeness; `never` is about its own side
		 */
		{THREE_INTENTS
		 "intent card\nphrase my plastic\nnever password\nexample my card is lost\n",
		 "my plastic, and how much is the withdrawal fee",
		 "answer card phrase all card,fee"},
		{THREE_INTENTS "intent card\nnever password\nexample my card is lost\n"
			       "example where is my card\nexample card gone\nexample 卡丢了\n"
			       "example i lost the card\n",
		 "i forgot my password. where is my card",
		 "answer password example all password,card"},
		/* a wish for a person is held beside what it is about */
		{THREE_INTENTS "intent human.request\nexample i want an agent\n",
		 "how much is the withdrawal fee? let me talk to a person",
		 "answer fee example all fee,human.request"},
		/* one intent in two sentences is one; half a thought is no second question */
		{THREE_INTENTS, "i forgot my password. how do i change my password",
		 "answer password example"},
		{THREE_INTENTS, "how much is the withdrawal fee, and thanks", "answer fee example"},
		/* trouble the likeness sees is held before what a rule found */
		{THREE_INTENTS "intent card\nphrase my plastic\nexample my card is lost\n",
		 "someone hacked my account, my coins were stolen, and my plastic",
		 "escalate hacked example all hacked,card"},
	};
	CHECK_ALL(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_questions),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
