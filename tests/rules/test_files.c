/*
 * What stands in a folder in place of a rule file: pipes, folders, loops, giants, no files at all;
 * and that neither the order of files nor of intents shows in a pack.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "hotline_rules.h"

static char folder[] = "/tmp/hotline-files-XXXXXX";
static char path[512];

static const char *inside(const char *name)
{
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static int make_folder(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/hotline-files-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int drop_folder(void **state)
{
	char command[512];
	(void)state;
	snprintf(command, sizeof(command), "rm -rf -- '%s'", folder);
	return system(command);
}

static void write_file(const char *name, const char *text)
{
	FILE *to = fopen(inside(name), "w");
	assert_non_null(to);
	fputs(text, to);
	fclose(to);
}

/* Loads and holds the only finding against what is wanted. */
static void expect_one(const char *where, const char *file, const char *message, int wanted)
{
	struct hl_rules *rules;
	size_t n;
	assert_int_equal(hl_rules_load(&rules, where, NULL), wanted);
	const struct hl_finding *findings = hl_rules_findings(rules, &n);
	assert_int_equal(n, 1);
	assert_int_equal(findings[0].file.len, strlen(file));
	assert_memory_equal(findings[0].file.ptr, file, strlen(file));
	assert_string_equal(findings[0].message.ptr, message);
	hl_rules_free(rules);
}

static const char good[] = "intents:\n  - id: a\n    phrases: [one]\n    tests: [one]\n";

static void test_pipe(void **state)
{
	(void)state;
	write_file("a.yaml", good);
	assert_int_equal(mkfifo(inside("b.yaml"), 0600), 0);
	expect_one(folder, "b.yaml", "this is a pipe, not a rule file", HL_REFUSED);
}

static void test_folder(void **state)
{
	(void)state;
	write_file("a.yaml", good);
	assert_int_equal(mkdir(inside("b.yaml"), 0700), 0);
	expect_one(folder, "b.yaml", "this is a folder, not a rule file", HL_REFUSED);
}

static void test_loop(void **state)
{
	(void)state;
	write_file("a.yaml", good);
	assert_int_equal(symlink("b.yaml", inside("b.yaml")), 0);
	expect_one(folder, "b.yaml", "this link leads back to itself", HL_REFUSED);
}

static void test_giant(void **state)
{
	(void)state;
	write_file("a.yaml", good);
	write_file("b.yaml", "");
	assert_int_equal(truncate(inside("b.yaml"), 50 << 20), 0);
	expect_one(folder, "b.yaml", "this file is larger than 4 MiB", HL_REFUSED);
}

static void test_socket(void **state)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	(void)state;
	write_file("a.yaml", good);
	snprintf(address.sun_path, sizeof(address.sun_path), "%.80s", inside("b.yaml"));
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	expect_one(folder, "b.yaml", "this is a socket, not a rule file", HL_REFUSED);
	close(fd);
}

static void test_device(void **state)
{
	(void)state;
	write_file("a.yaml", good);
	assert_int_equal(symlink("/dev/zero", inside("b.yaml")), 0);
	expect_one(folder, "b.yaml", "this is a device, not a rule file", HL_REFUSED);
}

static void test_link(void **state)
{
	(void)state;
	write_file("a.yaml", good);
	assert_int_equal(symlink("c.yaml", inside("b.yaml")), 0);
	expect_one(folder, "b.yaml", "this link leads to a file that is not there", HL_REFUSED);
}

/* Other encodings and line ends, in plain words; a byte order mark and CRLF are read. */
static void test_encodings(void **state)
{
	static const struct {
		struct hl_str text;
		const char *message;
	} table[] = {
#define BYTES(text) {text, sizeof(text) - 1}
		{BYTES("\xff\xfei\0n\0t\0e\0n\0t\0s\0:\0"),
		 "this file is UTF-16 (\"Unicode\" in some editors), not UTF-8"},
		{BYTES("\0i\0n\0t\0e\0n\0t\0s\0:"),
		 "this file is UTF-16 (\"Unicode\" in some editors), not UTF-8"},
		{BYTES("vars: {a: \xb3\xe4}\n"), "this byte (0xB3) is not UTF-8"},
		{BYTES("vars: {a: b\0}\n"), "a control character (U+0000) stands here"},
		{BYTES("intents:\r  - id: a\r"),
		 "the lines of this file end in carriage returns alone"},
		{BYTES("intents:\n\xef\xbb\xbf  - id: a\n"),
		 "a control character (U+FEFF) stands here"},
		{BYTES("\xef\xbb\xbfintents:\r\n  - id: a\r\n    phrases: [one]\r\n    tests: "
		       "[one]\r\n"),
		 NULL},
#undef BYTES
	};
	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct hl_rules_file file = {HL_STR("a.yaml"), table[i].text};
		struct hl_rules *rules;
		size_t n;
		assert_int_equal(hl_rules_load_files(&rules, &file, 1, NULL),
				 table[i].message ? HL_REFUSED : HL_OK);
		const struct hl_finding *findings = hl_rules_findings(rules, &n);
		assert_int_equal(n, table[i].message != NULL);
		if (n)
			assert_string_equal(findings[0].message.ptr, table[i].message);
		hl_rules_free(rules);
	}
}

static void test_bytes(void **state)
{
	(void)state;
	write_file("a.yaml", "intents:\n  - id: \xff\n");
	expect_one(folder, "a.yaml", "this byte (0xFF) is not UTF-8", HL_REFUSED);
}

static void test_zero(void **state)
{
	(void)state;
	write_file("a.yaml", "");
	assert_int_equal(truncate(inside("a.yaml"), 3), 0);
	expect_one(folder, "a.yaml", "a control character (U+0000) stands here", HL_REFUSED);
}

static void test_nothing(void **state)
{
	(void)state;
	expect_one(folder, folder, "there is no rule file in this folder", HL_REFUSED);
	expect_one("/nowhere/at/all", "/nowhere/at/all", "there is no such folder", HL_REFUSED);
}

static void test_other_ending_in_capitals(void **state)
{
	(void)state;
	write_file("a.yaml", good);
	write_file("b.YAML", good);
	expect_one(folder, "b.YAML", "this file is not read", HL_OK);
}

static void test_linked_folder(void **state)
{
	(void)state;
	write_file("a.yaml", good);
	assert_int_equal(symlink("/", inside("b")), 0);
	expect_one(folder, "b", "this link to a folder is not followed", HL_OK);
}

/* Root may read everything, so it looks with another user's eyes. */
static void expect_barred(const char *name, const char *message)
{
	uid_t self = geteuid();
	if (self == 0)
		assert_int_equal(seteuid(65534), 0);
	expect_one(folder, name, message, HL_REFUSED);
	assert_int_equal(seteuid(self), 0);
}

static void test_no_right(void **state)
{
	(void)state;
	write_file("a.yaml", good);
	write_file("b.yaml", good);
	assert_int_equal(chmod(folder, 0755), 0);
	assert_int_equal(chmod(inside("a.yaml"), 0644), 0);
	assert_int_equal(chmod(inside("b.yaml"), 0), 0);
	expect_barred("b.yaml", "this file may not be read");
	assert_int_equal(unlink(inside("b.yaml")), 0);
	assert_int_equal(mkdir(inside("b"), 0), 0);
	expect_barred("b", "this folder may not be read");
}

static void test_other_ending(void **state)
{
	(void)state;
	write_file("a.yaml", good);
	write_file("b.yml", good);
	write_file(".hidden.yaml", "((((");
	write_file("notes.txt", "((((");
	expect_one(folder, "b.yml", "this file is not read", HL_OK);
}

static void test_below(void **state)
{
	struct hl_rules *rules;
	(void)state;
	assert_int_equal(mkdir(inside("deep"), 0700), 0);
	write_file("deep/a.yaml", good);
	assert_int_equal(hl_rules_load(&rules, folder, NULL), HL_OK);
	assert_int_equal(hl_ruleset_pack(hl_rules_ruleset(rules))->n_intents, 1);
	hl_rules_free(rules);
	assert_int_equal(hl_rules_load(&rules, inside("deep/a.yaml"), NULL), HL_OK);
	hl_rules_free(rules);
}

/* Bombs end quickly and with one clear error. */
static void test_bombs(void **state)
{
	static const struct {
		const char *piece;
		size_t times;
	} bombs[] = {{"[", 16000},	    {"{a: ", 16000},
		     {"- ", 16000},	    {"a: &x [*x, *x]\n", 5000},
		     {"? ", 16000},	    {"\"", 100001},
		     {"- [my] x\n", 20000}, {"!", 16000},
		     {"a:\n", 50000},	    {"[a #", 100000},
		     {"[a, ", 16000},	    {"{a: b ", 16000},
		     {"[`", 100000}};
	(void)state;
	for (size_t i = 0; i < sizeof(bombs) / sizeof(bombs[0]); i++) {
		size_t len = strlen(bombs[i].piece);
		char *text = malloc(len * bombs[i].times + 1);
		struct hl_rules *rules;
		assert_non_null(text);
		for (size_t k = 0; k < bombs[i].times; k++)
			memcpy(text + k * len, bombs[i].piece, len);
		struct hl_rules_file file = {HL_STR("a.yaml"), {text, len * bombs[i].times}};
		assert_int_equal(hl_rules_load_files(&rules, &file, 1, NULL), HL_REFUSED);
		assert_true(hl_rules_errors(rules) > 0);
		hl_rules_free(rules);
		free(text);
	}
}

/* The same pack in another order of files and intents is the same pack. */
static void test_order(void **state)
{
	static const char *const a = "  - id: p\n    phrases: [one two]\n",
				 *const b = "  - id: q\n    phrases: [two one, one]\n";
	char both[256], other[256];
	struct hl_rules *r1, *r2;
	(void)state;
	snprintf(both, sizeof(both), "intents:\n%s%s", a, b);
	snprintf(other, sizeof(other), "intents:\n%s%s", b, a);
	struct hl_rules_file f1[] = {{HL_STR("a.yaml"), {both, strlen(both)}},
				     {HL_STR("b.yaml"), HL_STR("vars: {k: v}\n")}};
	struct hl_rules_file f2[] = {{HL_STR("b.yaml"), HL_STR("vars: {k: v}\n")},
				     {HL_STR("a.yaml"), {other, strlen(other)}}};
	assert_int_equal(hl_rules_load_files(&r1, f1, 2, NULL), HL_OK);
	assert_int_equal(hl_rules_load_files(&r2, f2, 2, NULL), HL_OK);
	const struct hl_pack *p1 = hl_ruleset_pack(hl_rules_ruleset(r1)),
			     *p2 = hl_ruleset_pack(hl_rules_ruleset(r2));
	assert_int_equal(p1->n_intents, p2->n_intents);
	for (size_t i = 0; i < p1->n_intents; i++)
		assert_memory_equal(p1->intents[i].id.ptr, p2->intents[i].id.ptr,
				    p1->intents[i].id.len);
	hl_rules_free(r1);
	hl_rules_free(r2);
}

/* Files that an earlier load has read are taken from it, but only by name and every byte. */
static void test_before(void **state)
{
	static const struct {
		const char *name,
			*text; /* of the second file, which is b.yaml with `one` at first */
	} later[] = {
		{"b.yaml", "intents:\n  - id: b\n    phrases: [one]\n"},
		{"b.yaml", "intents:\n  - id: b\n    phrases: [two]\n"},
		{"c.yaml", "intents:\n  - id: b\n    phrases: [one]\n"},
		{"b.yaml", "intents:\n  - id: b\n    phrases: [one, two]\n"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(later) / sizeof(later[0]); i++) {
		struct hl_rules *before, *rules;
		struct hl_rules_file files[] = {
			{HL_STR("a.yaml"), HL_STR("intents:\n  - id: a\n    phrases: [three]\n")},
			{HL_STR("b.yaml"), {later[0].text, strlen(later[0].text)}}};
		assert_int_equal(hl_rules_load_files(&before, files, 2, NULL), HL_OK);
		files[1] = (struct hl_rules_file){{later[i].name, strlen(later[i].name)},
						  {later[i].text, strlen(later[i].text)}};
		struct hl_rules_options options = {.before = before};
		assert_int_equal(hl_rules_load_files(&rules, files, 2, &options), HL_OK);
		hl_rules_free(before);
		const struct hl_intent *b = &hl_ruleset_pack(hl_rules_ruleset(rules))->intents[1];
		struct hl_str line = b->phrases.v[b->phrases.n - 1].text;
		assert_memory_equal(b->src.file.ptr, later[i].name, strlen(later[i].name));
		assert_memory_equal(line.ptr, i % 2 ? "two" : "one", line.len);
		assert_int_equal(b->phrases.n, 1 + (i == 3));
		hl_rules_free(rules);
	}
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, drop_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(test_pipe),
		IN_FOLDER(test_folder),
		IN_FOLDER(test_loop),
		IN_FOLDER(test_socket),
		IN_FOLDER(test_device),
		IN_FOLDER(test_link),
		cmocka_unit_test(test_encodings),
		IN_FOLDER(test_giant),
		IN_FOLDER(test_bytes),
		IN_FOLDER(test_zero),
		IN_FOLDER(test_nothing),
		IN_FOLDER(test_other_ending),
		IN_FOLDER(test_other_ending_in_capitals),
		IN_FOLDER(test_linked_folder),
		IN_FOLDER(test_no_right),
		IN_FOLDER(test_below),
		cmocka_unit_test(test_bombs),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_before),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
