/*
 * hotline.h: the embeddable library. Values, the rule-set builder, classification, and the pure
 * step that turns one event of a conversation into log entries and effects.
 *
 * The library opens no socket and no file, reads no clock and draws no random number: time and
 * fresh ids come in with the event, everything it wants from the world goes out as values. The same
 * events give the same entries, byte for byte.
 *
 * Ownership: every `hl_str` handed in is only read during the call (the rule set copies what it
 * keeps). Everything handed out by hl_classify and hl_step lives in the scratch until its next use,
 * unless the member says otherwise.
 *
 * Threads: a rule set is frozen when hl_ruleset_new returns: any number of threads may use it, each
 * with a scratch of its own. A desk, a conversation: one thread at a time.
 */
#ifndef HOTLINE_H
#define HOTLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------ status and views */

/* 0 is success. Positive: a condition the direct caller must handle, never pass on. Negative:
   fatal, passed up unchanged, never matched on. */
enum hl_status {
	HL_OK = 0,
	HL_REFUSED = 1,	  /* the input is not acceptable; diagnostics or out-parameter say why */
	HL_LIMIT = 2,	  /* a stated limit was exceeded; nothing was changed */
	HL_NOT_FOUND = 3, /* the thing named does not exist */
	HL_NOMEM = -1,	  /* allocation failed; the out-parameter is untouched */
	HL_BROKEN = -2	  /* an invariant does not hold: a bug or a damaged snapshot */
};

/* A view of bytes; UTF-8 unless said otherwise; not terminated; ptr may be NULL when len is 0. */
struct hl_str {
	const char *ptr;
	size_t len;
};
#define HL_STR(literal) ((struct hl_str){(literal), sizeof(literal) - 1})
#define HL_NONE ((struct hl_str){NULL, 0})

#define HL_TEXT_MAX 4000	/* code points of a customer's text */
#define HL_TEXT_BYTES_MAX 16384 /* bytes of a text handed to hl_classify or hl_step */
#define HL_CID_MAX 64		/* characters of a client's id */
#define HL_RANKED_MAX 5		/* intents ranked in a verdict */
#define HL_BUTTONS_MAX 6

/* Where a rule stands in its author's files; kept for evidence and given back in diagnostics.
   `node` belongs to whoever builds the pack (the YAML loader's node number); 0 when unused. */
struct hl_src {
	struct hl_str file; /* as the author knows it: "deposit.yaml" */
	uint32_t line;	    /* from 1; 0: nowhere */
	uint32_t column;    /* from 1, in code points */
	uint32_t node;
};

/* ------------------------------------------------------------------ a pack, as the builder takes
 * it */

struct hl_text {	    /* a text in one language */
	struct hl_str lang; /* "en"; empty: the pack's only language */
	struct hl_str text;
};
struct hl_texts {
	const struct hl_text *v;
	size_t n;
};
struct hl_line { /* a phrase, pattern, example …: text with its place */
	struct hl_str text;
	struct hl_src src;
};
struct hl_lines {
	const struct hl_line *v;
	size_t n;
};
struct hl_names {
	const struct hl_str *v;
	size_t n;
};

struct hl_var {
	struct hl_str name, value;
};
struct hl_list_value {
	struct hl_str value;	/* canonical: "BTC"; itself a spelling */
	struct hl_texts titles; /* shown to a customer; none: the value */
	struct hl_names say;	/* spellings */
	struct hl_src src;
};
struct hl_list {
	struct hl_str name;
	const struct hl_list_value *v;
	size_t n;
	struct hl_src src;
};
struct hl_wordset { /* <late>; `stop` replaces the built-in cancel words */
	struct hl_str name;
	struct hl_lines say; /* phrases without * {} <> */
	struct hl_src src;
};
struct hl_words_rule { /* one item of `words:`; alternatives within an item are written a|b */
	struct hl_lines all, none;
	unsigned typos;	    /* 0..2 */
	unsigned max_words; /* 0: no limit */
	struct hl_src src;
};
enum hl_cond_op { HL_COND_IS, HL_COND_NOT };
struct hl_cond { /* all of an array must hold; a cond holds if any value fits (IS) or none does
		    (NOT) */
	struct hl_str name; /* "user.level" or "lang" */
	enum hl_cond_op op;
	struct hl_names values;
	struct hl_src src;
};
struct hl_conds {
	const struct hl_cond *v;
	size_t n;
};
enum hl_slot_kind {
	HL_SLOT_LIST,
	HL_SLOT_TEXT,
	HL_SLOT_NUMBER,
	HL_SLOT_AMOUNT,
	HL_SLOT_DATE,
	HL_SLOT_TXID,
	HL_SLOT_ADDRESS,
	HL_SLOT_ORDER,
	HL_SLOT_EMAIL,
	HL_SLOT_PHONE,
	HL_SLOT_PATTERN
};
enum hl_slot_else { HL_ELSE_HANDOFF, HL_ELSE_SKIP };
struct hl_slot_def {
	struct hl_str name;
	enum hl_slot_kind kind;
	struct hl_str list;    /* LIST: the list's name */
	struct hl_str pattern; /* PATTERN: PCRE2 */
	struct hl_texts ask;   /* none: never asked */
	unsigned tries;	       /* 0: the default, 2 */
	enum hl_slot_else otherwise;
	struct hl_src src;
};
struct hl_answer {
	struct hl_texts texts;
	struct hl_conds only; /* `if`; those that hold go first */
	struct hl_src src;
};
enum hl_button_kind { HL_BUTTON_INTENT, HL_BUTTON_HUMAN, HL_BUTTON_URL };
struct hl_button_def {
	enum hl_button_kind kind;
	struct hl_str target;  /* intent id, or the URL */
	struct hl_texts title; /* URL: needed; else the intent's own title */
	struct hl_src src;
};
enum hl_handoff_when {
	HL_HANDOFF_DEFAULT, /* left out: answer; after `after_unsolved` unsolved, a person */
	HL_HANDOFF_ALWAYS,  /* sensitive */
	HL_HANDOFF_FILLED,
	HL_HANDOFF_OFFER,
	HL_HANDOFF_NEVER
};
struct hl_intent {
	struct hl_str id; /* letters of any script, digits, . _ -; at most 64 */
	struct hl_str topic;
	struct hl_texts title; /* none: the first example */
	struct hl_str team;    /* empty: the pack's first */
	struct hl_lines phrases, patterns, examples, never;
	const struct hl_words_rule *words;
	size_t n_words;
	struct hl_conds only_if;
	const struct hl_slot_def *slots;
	size_t n_slots;
	const struct hl_answer *answers;
	size_t n_answers;
	const struct hl_button_def *buttons;
	size_t n_buttons;
	enum hl_handoff_when handoff;
	unsigned after_unsolved; /* 0: the default, 2 */
	struct hl_str note;	 /* template */
	struct hl_src src;
};
struct hl_wait { /* one rung of the waiting ladder */
	int64_t after_ms;
	struct hl_texts say;
	bool message; /* then: message */
	struct hl_src src;
};
struct hl_botline { /* `texts:` replaces the bot's own line `key` */
	struct hl_str key;
	struct hl_texts texts;
	struct hl_src src;
};
/* What of a customer's text is stored, and shown to agents, with its ends readable
   ("j***@acme.com", "***4242") instead of being replaced by its placeholder. What would open a
   wallet or an account is not among it: that is always replaced. */
struct hl_masked {
	bool email, phone, card, iban, id, passport;
};
struct hl_pack {
	struct hl_str name;
	struct hl_names langs; /* the first is the default; none: {"en"} */
	const struct hl_var *vars;
	size_t n_vars;
	const struct hl_list *lists;
	size_t n_lists;
	const struct hl_wordset *words;
	size_t n_words;
	struct hl_names teams; /* none: {"frontline"} */
	double precision;      /* 0: 0.95 */
	double oos;	       /* negative: 0.1 */
	int rephrase;	       /* negative: 1 */
	struct hl_lines outside;
	struct hl_masked masked; /* all false: everything is replaced */
	const struct hl_wait *waiting;
	size_t n_waiting;
	const struct hl_botline *texts;
	size_t n_texts;
	const struct hl_intent *intents;
	size_t n_intents;
	struct hl_str version; /* content hash or label; recorded with every bot entry */
};

/* ------------------------------------------------------------------ diagnostics of a build */

enum hl_level { HL_NOTE, HL_WARNING, HL_ERROR };
struct hl_diag {
	enum hl_level level;
	const char *code; /* constant: "phrase.empty_choice" */
	struct hl_src src;
	uint32_t offset, len;  /* bytes within the text at `src`: what the caret marks */
	struct hl_str message; /* one plain sentence, no place, no final stop */
	struct hl_str remedy;  /* what to write instead; may be empty */
};
/* Collects diagnostics; the strings live only during the call. */
typedef void hl_diag_fn(void *arg, const struct hl_diag *diag);

/* ------------------------------------------------------------------ rule sets */

struct hl_ruleset;
struct hl_ruleset_info {
	size_t intents, rules, without_literal; /* rules tried on every message */
	size_t model_bytes, bytes;		/* memory */
	double threshold,
		sensitive_threshold; /* that `decide.precision` gave; fixed when too few examples */
	bool threshold_fixed;
};

/* Compiles (PCRE2 JIT included), trains, freezes. Every error of the pack is reported to `diag`
   before HL_REFUSED is returned. *out has one reference. HL_OK, HL_REFUSED, HL_NOMEM. May take
   seconds: call it off the event loop. `model`: hl_ruleset_model of the same content, or empty. */
int hl_ruleset_new(struct hl_ruleset **out, const struct hl_pack *pack, struct hl_str model,
		   hl_diag_fn *diag, void *arg);
/* Threads: `run` calls job(job_arg, 0) … job(job_arg, n - 1), in any order, each once, and returns
   when all are done. `room` (may be NULL), on any thread, is told of 2 MiB pages to be written. */
struct hl_workers {
	void (*run)(void *arg, void (*job)(void *job_arg, size_t i), void *job_arg, size_t n);
	void *arg;
	void (*room)(void *arg, void *start, size_t bytes);
};
/* The same set, byte for byte, trained by workers. NULL: none. */
int hl_ruleset_new_with(struct hl_ruleset **out, const struct hl_pack *pack, struct hl_str model,
			const struct hl_workers *workers, hl_diag_fn *diag, void *arg);
/* The same, quicker: shares the machine code of patterns that `like` (read; may be NULL) has. */
int hl_ruleset_renew(struct hl_ruleset **out, const struct hl_pack *pack, struct hl_str model,
		     const struct hl_ruleset *like, const struct hl_workers *workers,
		     hl_diag_fn *diag, void *arg);
struct hl_ruleset *hl_ruleset_ref(struct hl_ruleset *rules);
struct hl_ruleset *hl_ruleset_unref(struct hl_ruleset *rules); /* NULL is fine; always NULL */
/* The set's own copy of the pack, valid as long as the reference. */
const struct hl_pack *hl_ruleset_pack(const struct hl_ruleset *rules);
/* The pack's own language that serves `lang` ("zh" for "zh-CN"): the first one when none does.
   Lives with the pack. */
struct hl_str hl_lang_pick(const struct hl_pack *pack, struct hl_str lang);
void hl_ruleset_info(struct hl_ruleset_info *out, const struct hl_ruleset *rules);
/* Its memory, piece by piece, for who wants it in huge pages: see hl_rules_huge_pages. */
void hl_ruleset_memory(const struct hl_ruleset *rules,
		       void (*each)(void *arg, const void *start, size_t bytes), void *arg);
/* The trained model as bytes to cache; lives with the set; empty when none was trained. */
struct hl_str hl_ruleset_model(const struct hl_ruleset *rules);

/* ------------------------------------------------------------------ scratch */

struct hl_scratch; /* one a thread: the turn's arena, PCRE2 contexts, JIT stack */
int hl_scratch_new(struct hl_scratch **out);
struct hl_scratch *hl_scratch_free(struct hl_scratch *scratch);

/* ------------------------------------------------------------------ classify */

enum hl_decision { HL_ANSWER, HL_CLARIFY, HL_ESCALATE, HL_UNMATCHED };
enum hl_by { HL_BY_NONE, HL_BY_EXAMPLE, HL_BY_WORDS, HL_BY_PHRASE, HL_BY_PATTERN };
/* constant names as on the wire: "answer", "phrase" … */
const char *hl_decision_name(enum hl_decision decision);
const char *hl_by_name(enum hl_by by);

struct hl_attr { /* what the host signed: user.NAME */
	struct hl_str name, value;
};
struct hl_query {
	struct hl_str text; /* as received; any bytes, checked and redacted here */
	struct hl_str lang; /* the conversation's; empty: none yet */
	const struct hl_attr *user;
	size_t n_user;
	bool trace;	     /* fill hl_verdict.trace and .tried */
	struct hl_names met; /* ids of intents whose only_if counts as met: in their own tests */
};
struct hl_slot { /* a filled slot */
	struct hl_str name, value;
	struct hl_str text;  /* as written in the original (equal to value for most types) */
	uint32_t start, end; /* bytes in the original text */
};
struct hl_span {
	uint32_t start, end; /* bytes in the original text */
};
struct hl_redacted {
	const char *kind; /* "card", "seed" …: constant */
	struct hl_span span;
	bool masked; /* stored with its ends readable, else as "[card]" */
};
struct hl_ranked {
	const struct hl_intent *intent; /* of hl_ruleset_pack */
	double score;			/* 1 for a rule; multiples of 1/4096 */
};
struct hl_hit { /* one intent's best explicit match */
	const struct hl_intent *intent;
	enum hl_by by;
	struct hl_src src;
	uint32_t
		size2; /* words insisted on, in halves (a Chinese character is 1, another word 2) */
	bool whole;    /* a phrase with = */
	bool taken;    /* in `all` */
	const char *lost;		 /* why not taken, a constant sentence; NULL when taken */
	const struct hl_intent *lost_to; /* NULL when taken or when only the condition failed */
	bool equal; /* lost to a rule that is better in nothing but likeness or id */
	const struct hl_span *spans; /* the words that matched, in the original */
	size_t n_spans;
};
struct hl_trace_line {	    /* one line of explain, in order of the stages */
	const char *stage;  /* constant: "text" "secrets" "prefilter" "match" "likeness" "decide" */
	struct hl_str text; /* one readable line */
};
struct hl_candidate { /* a rule that the words of the message let through */
	const struct hl_intent *intent;
	enum hl_by by;
	struct hl_src src;
	struct hl_str text;  /* the phrase, the pattern, or the first item of `words` */
	const char *outcome; /* why it is no hit, a constant sentence; NULL: it is one */
};
struct hl_likeness_seen {  /* what the decision knew of the examples */
	double alone, ask; /* likeness from which it answers alone, asks back; 0: nothing learnt */
	double known;	   /* share of the message made of what the examples taught */
	bool outside;	   /* more like what no intent takes */
};
struct hl_verdict {
	enum hl_decision decision;
	const char *why;		/* why it is so decided, a constant sentence */
	const struct hl_intent *intent; /* NULL for clarify and unmatched */
	double score;
	enum hl_by by;
	struct hl_src rule; /* line 0: none */
	struct hl_ranked ranked[HL_RANKED_MAX];
	size_t n_ranked;
	const struct hl_intent *const
		*all; /* intents held: by explicit rules, and where a message of two questions
			 falls in two, by likeness; in the order of the message */
	size_t n_all;
	const struct hl_intent *clarify[3];
	size_t n_clarify;
	const struct hl_slot *slots;
	size_t n_slots;
	struct hl_str lang; /* the message's if sure, else the query's, else the pack's first */
	bool lang_sure;
	const struct hl_redacted *redacted;
	size_t n_redacted;
	bool wallet_secret;	   /* a seed phrase or key: fixed warning, security team */
	struct hl_str stored;	   /* the text as it may be stored and shown */
	struct hl_str normal;	   /* normalised, redactions as U+FFFC */
	bool limit_hit;		   /* a work limit was reached: not to be answered alone */
	const struct hl_hit *hits; /* every intent with an explicit match, best first */
	size_t n_hits;
	const struct hl_trace_line *trace;
	size_t n_trace;
	const struct hl_candidate *tried; /* with the trace; by intent, then as written */
	size_t n_tried;
	struct hl_likeness_seen seen;
};
/* Classifies one message as the first of a conversation. Any bytes are accepted: bad UTF-8 is read
   as U+FFFD. HL_OK; HL_LIMIT when longer than HL_TEXT_BYTES_MAX; HL_NOMEM. */
int hl_classify(struct hl_verdict *out, struct hl_scratch *scratch, const struct hl_ruleset *rules,
		const struct hl_query *query);

/* ------------------------------------------------------------------ conversations */

enum hl_state { HL_BOT, HL_QUEUED, HL_HUMAN, HL_CLOSED };
enum hl_role { HL_CUSTOMER, HL_BOT_ROLE, HL_AGENT, HL_SYSTEM };
enum hl_urgency { HL_URGENCY_NONE, HL_URGENCY_ASK, HL_URGENCY_ALWAYS };
enum hl_reason { HL_ASKED, HL_SENSITIVE, HL_UNMATCHED_REASON, HL_UNSOLVED, HL_RULE };
enum hl_closed { HL_RESOLVED, HL_ENDED, HL_IDLE };
/* constant names as on the wire */
const char *hl_state_name(enum hl_state state);
const char *hl_role_name(enum hl_role role);
const char *hl_urgency_name(enum hl_urgency urgency);
const char *hl_reason_name(enum hl_reason reason);
const char *hl_closed_name(enum hl_closed why);

struct hl_author {
	enum hl_role role;
	struct hl_str id;   /* an agent's login name; empty for the customer */
	struct hl_str name; /* shown to the other side; may be empty */
};

enum hl_event_kind {
	/* the customer */
	HL_EV_SAY,    /* text */
	HL_EV_CHOICE, /* choice: "<seq>.<n>", or an action of the queue card */
	HL_EV_ASK_HUMAN,
	HL_EV_END,
	HL_EV_RATE, /* score 1..5, solved, text = comment */
	/* an agent */
	HL_EV_TAKE,
	HL_EV_ACCEPT,	/* offer */
	HL_EV_REPLY,	/* text */
	HL_EV_NOTE,	/* text */
	HL_EV_TRANSFER, /* team or agent, text = note */
	HL_EV_RESOLVE,	/* outcome, tags */
	HL_EV_TO_BOT,
	/* the house */
	HL_EV_AGENT_GONE, /* the owner's grace has run out: back to the queue, at the front */
	HL_EV_TIMER,	  /* the conversation's own deadline (hl_outcome.due_ms) has come */
	HL_EV_COUNT
};
struct hl_event {
	enum hl_event_kind kind;
	int64_t at_ms; /* Unix milliseconds; not before the conversation's last entry is enforced by
			  clamping */
	struct hl_author by;
	struct hl_str cid;  /* client's id of a send; empty when the frame has none */
	uint8_t digest[16]; /* keyed digest of type and raw fields, for resends */
	struct hl_str text, choice, offer, team, agent, outcome, solved;
	struct hl_names tags;
	int score;
	uint64_t armed_seq; /* AGENT_GONE and TIMER: the assignment seq they were armed for */
	struct hl_str lang; /* EV_SAY: the app's language hint; may be empty */
};

enum hl_entry_kind {
	HL_ENTRY_TEXT,
	HL_ENTRY_HANDOFF,
	HL_ENTRY_ASSIGNED,
	HL_ENTRY_RELEASED,
	HL_ENTRY_TRANSFER,
	HL_ENTRY_CLOSED,
	HL_ENTRY_RATING,
	HL_ENTRY_REDACTION,
	HL_ENTRY_NOTE /* agents only: numbered by note_seq */
};
const char *hl_entry_kind_name(enum hl_entry_kind kind);

struct hl_button {
	struct hl_str title;
	struct hl_str choice; /* empty for a URL button */
	struct hl_str url;    /* empty unless a URL button */
};
struct hl_entry {
	uint64_t seq;	   /* 0 for a note */
	uint64_t note_seq; /* 0 unless a note */
	uint64_t after;	   /* a note: the seq it follows */
	int64_t at_ms;
	enum hl_entry_kind kind;
	struct hl_author by;
	struct hl_str cid;
	struct hl_str text; /* stored form: redacted */
	struct hl_str lang; /* of the text, when known */
	struct hl_button buttons[HL_BUTTONS_MAX + 1];
	size_t n_buttons;
	struct hl_names intents;       /* a bot entry: what it answers */
	uint64_t reply_to;	       /* a bot entry: the customer's seq */
	struct hl_str rules_version;   /* a bot entry */
	enum hl_reason reason;	       /* HANDOFF */
	struct hl_str team;	       /* HANDOFF, TRANSFER */
	struct hl_author agent;	       /* ASSIGNED, RELEASED; TRANSFER to one agent */
	enum hl_closed why;	       /* CLOSED */
	struct hl_str outcome;	       /* CLOSED by resolve */
	struct hl_names tags;	       /* CLOSED by resolve: agents only */
	int score;		       /* RATING */
	struct hl_str solved, comment; /* RATING */
	uint64_t of;		       /* REDACTION: the seq rewritten; `text` is its new text */
};
struct hl_redaction { /* an earlier entry whose stored text must be rewritten in the same
			 transaction */
	uint64_t of;
	struct hl_entry entry; /* the whole entry as it must stand from now on */
};
/* The row the desk and the store's index live on; a pure function of the conversation. */
struct hl_row {
	struct hl_str conv;
	enum hl_state state;
	uint64_t seq, note_seq;
	struct hl_str team;
	enum hl_urgency urgency;
	enum hl_reason reason;
	int64_t since_ms;     /* joined the queue (kept over transfers back to the front), or was
				 assigned */
	uint64_t assign_seq;  /* seq of the standing hand-off or assignment: what timers name */
	bool front;	      /* before its equals: the agent was lost, or transferred */
	struct hl_str owner;  /* agent id; HUMAN only */
	struct hl_str wanted; /* agent id of a transfer to one agent; may be empty */
	struct hl_str lang, title,
		customer;   /* customer: shown name or user id; title: last intent's title */
	struct hl_str user; /* signed user id; empty: anonymous */
};

/* Codes of a refusal, as on the wire ("stale"). */
enum hl_code {
	HL_CODE_OK,
	HL_CODE_BAD_FRAME,
	HL_CODE_UNKNOWN_TYPE,
	HL_CODE_TOO_LARGE,
	HL_CODE_UNAUTHORIZED,
	HL_CODE_NOT_FOUND,
	HL_CODE_ID_REUSED,
	HL_CODE_CLOSED,
	HL_CODE_SLOW_DOWN,
	HL_CODE_BUSY,
	HL_CODE_FORBIDDEN,
	HL_CODE_STALE,
	HL_CODE_COUNT
};
const char *hl_code_name(enum hl_code code);

struct hl_conversation;
struct hl_birth {
	struct hl_str id;	     /* at most 64 bytes */
	struct hl_str lang;	     /* "zh-CN", "en"; may be empty */
	struct hl_str user;	     /* signed user id; empty: anonymous */
	struct hl_str name;	     /* shown name; may be empty */
	const struct hl_attr *attrs; /* signed user.* */
	size_t n_attrs;
	const struct hl_attr
		*context; /* page.url, page.title and what the app knows: strings only */
	size_t n_context;
	int64_t at_ms;
};
/* A conversation before its first entry (state bot, seq 0). HL_OK, HL_LIMIT, HL_NOMEM. */
int hl_conversation_new(struct hl_conversation **out, const struct hl_birth *birth);
/* From a snapshot of hl_outcome. HL_OK, HL_BROKEN on damage, HL_NOMEM. */
int hl_conversation_load(struct hl_conversation **out, struct hl_str snapshot);
struct hl_conversation *hl_conversation_free(struct hl_conversation *conv); /* NULL is fine */

struct hl_matched {
	struct hl_str intent, rule; /* rule: "deposit.yaml:14" or empty */
	double score;
};
struct hl_view { /* what screens show of a conversation; lives with the conversation */
	struct hl_row row;
	int64_t first_ms, last_ms;
	const struct hl_slot *slots; /* masked for agents */
	size_t n_slots;
	const struct hl_matched *matched; /* the last verdict's, best first */
	size_t n_matched;
	const struct hl_attr *customer; /* user, name, lang, signed attributes, page and context */
	size_t n_customer;
	struct hl_str last_text; /* the customer's last message, as stored */
	struct hl_author owner;	 /* HUMAN only */
	struct hl_str asked;	 /* the slot a form is asking for; empty: none */
	bool rated;
};
void hl_conversation_view(struct hl_view *out, const struct hl_conversation *conv);

/* The bot's greeting for a conversation without entries: not an entry. Lives in the scratch. */
struct hl_greeting {
	struct hl_str text;
	struct hl_button buttons[HL_BUTTONS_MAX];
	size_t n_buttons;
};
int hl_greet(struct hl_greeting *out, struct hl_scratch *scratch, const struct hl_ruleset *rules,
	     const struct hl_conversation *conv);

enum hl_step_result {
	HL_STEP_COMMIT,	 /* append entries; answer after it is durable */
	HL_STEP_NOTHING, /* nothing to do (a timer out of date, a take by the present owner) */
	HL_STEP_DUP, /* a known cid with the same content: ack_seq / ack_note_seq, ack_at_ms are the
			first's */
	HL_STEP_REFUSED /* `code` goes to the sender; nothing changes */
};
struct hl_desk;
struct hl_outcome {
	enum hl_step_result result;
	enum hl_code code;		/* REFUSED */
	bool won;			/* NOTHING: the present owner took again: answer as won */
	uint64_t ack_seq, ack_note_seq; /* what the sender's ack names: COMMIT and DUP */
	int64_t ack_at_ms;
	const struct hl_entry
		*entries; /* in order; the first is the sender's own where there is one */
	size_t n_entries;
	const struct hl_redaction *redactions;
	size_t n_redactions;
	struct hl_conversation
		*next; /* COMMIT: the state after; the caller's: adopt it when durable, else free */
	struct hl_str snapshot;	    /* of `next` */
	struct hl_row row;	    /* of `next` */
	int64_t due_ms;		    /* when TIMER is due; 0: never */
	struct hl_verdict *verdict; /* of the message classified in this step, or NULL */
};
/* One step. `conv` is not changed. `desk` is read, never changed; NULL where there is none (no
   positions, any agent may take). HL_OK (whatever the result), HL_LIMIT (text too long), HL_NOMEM,
   HL_BROKEN. */
int hl_step(struct hl_outcome *out, struct hl_scratch *scratch, struct hl_ruleset *rules,
	    const struct hl_desk *desk, const struct hl_conversation *conv,
	    const struct hl_event *event);

#ifdef __cplusplus
}
#endif
#endif
