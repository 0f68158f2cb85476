/*
 * password_words.h: words that are no password where one was announced; lists sorted by bytes.
 */
#ifndef HL_SECRETS_PASSWORD_WORDS_H
#define HL_SECRETS_PASSWORD_WORDS_H

/* clang-format off */
/* What is said of passwords, and small words. */
static const char *const prose[] = {
	"a", "abgelaufen", "able", "about", "above", "accepted", "accepting", "access", "account",
	"accounts", "accurate", "active", "actually", "added", "after", "again", "ago", "all", "alone",
	"alphanumeric", "already", "also", "always", "am", "an", "and", "android", "another", "answer",
	"any", "anymore", "anyone", "anything", "app", "apple", "application", "are", "as", "ask",
	"asked", "at", "auto", "automatic", "automatically", "available", "back", "bad", "bank", "be",
	"because", "been", "before", "being", "below", "best", "better", "between", "birthday",
	"blank", "blocked", "broken", "browser", "but", "button", "by", "can", "cannot", "cant",
	"case", "change", "changed", "changing", "character", "characters", "chars", "chrome", "clear",
	"code", "complex", "complicated", "compromised", "confirm", "correct", "correctly", "could",
	"create", "created", "current", "cut", "day", "days", "did", "didnt", "different", "digit",
	"digits", "disappeared", "do", "does", "doesnt", "doing", "done", "dont", "down", "each",
	"easily", "easy", "egal", "either", "else", "email", "emails", "empty", "enough", "enter",
	"entered", "entering", "errada", "errado", "error", "even", "ever", "every", "everything",
	"exchange", "expire", "expired", "expires", "explorer", "extremely", "facebook", "fail",
	"failed", "failing", "fails", "fake", "falsch", "false", "faux", "few", "field", "fine",
	"finger", "fingerprint", "first", "for", "forever", "forget", "forgot", "forgotten", "form",
	"from", "full", "gets", "getting", "give", "given", "gmail", "go", "goes", "gone", "good",
	"google", "got", "guess", "hack", "hacked", "had", "hadnt", "hard", "has", "hasnt", "have",
	"havent", "having", "he", "hello", "help", "her", "here", "hers", "hey", "hi", "hidden",
	"hint", "his", "history", "hours", "how", "however", "i", "id", "if", "im", "immediately",
	"important", "impossible", "in", "inbox", "incorrect", "incorrecta", "incorrecte",
	"incorrecto", "incorreta", "incorreto", "infected", "insecure", "insensitive", "inside",
	"instead", "invalid", "invalida", "invalido", "iphone", "is", "isnt", "it", "its", "ive",
	"just", "keep", "keeps", "kept", "key", "known", "large", "last", "later", "latest", "leaked",
	"least", "length", "less", "let", "letters", "like", "link", "linked", "list", "little",
	"locked", "log", "logged", "login", "long", "longer", "lost", "lot", "lower", "lowercase",
	"made", "mail", "maintained", "make", "mala", "malo", "manager", "mandatory", "many", "master",
	"matched", "matches", "maybe", "me", "mean", "meant", "message", "method", "might", "mine",
	"minimum", "minutes", "mismatch", "missing", "mistake", "mobile", "month", "months", "more",
	"most", "much", "multiple", "must", "my", "myself", "name", "necessary", "need", "needed",
	"needs", "never", "new", "next", "no", "nobody", "none", "nope", "not", "nothing",
	"notification", "now", "number", "numbers", "obsolete", "obviously", "of", "off", "ok", "okay",
	"old", "olvidada", "olvidado", "on", "once", "one", "online", "only", "open", "option",
	"optional", "or", "other", "oublie", "our", "out", "outdated", "over", "own", "page",
	"passcode", "password", "passwords", "paste", "pasted", "people", "per", "perdida", "perdido",
	"perdu", "perfectly", "phone", "phrase", "please", "pls", "plz", "poor", "possible", "private",
	"probably", "problem", "prompt", "proper", "properly", "protected", "public", "question",
	"questions", "quick", "quite", "random", "rather", "ready", "really", "reason", "recently",
	"recognised", "recognized", "recover", "recovery", "refused", "rejected", "remember",
	"remembered", "repeat", "required", "reset", "resetting", "reuse", "reused", "right", "rules",
	"safe", "said", "same", "save", "saved", "say", "saying", "says", "screen", "secret", "secure",
	"security", "see", "seen", "send", "sensitive", "sent", "set", "setting", "settings", "shall",
	"she", "short", "should", "show", "showing", "shown", "shows", "similar", "simple", "since",
	"site", "so", "some", "somehow", "someone", "something", "soon", "sorry", "special", "spelled",
	"spelling", "still", "stolen", "stored", "strength", "strong", "stuck", "stupid", "such",
	"sufficient", "super", "support", "supposed", "sure", "symbols", "system", "team", "than",
	"thank", "thanks", "that", "thats", "the", "their", "them", "then", "there", "they", "thing",
	"think", "this", "those", "though", "time", "times", "to", "today", "together", "too",
	"totally", "tried", "true", "try", "trying", "twice", "two", "type", "typed", "typing",
	"unable", "under", "unique", "unknown", "unreadable", "unsafe", "until", "up", "update",
	"updated", "upper", "uppercase", "us", "use", "used", "useless", "user", "username", "uses",
	"using", "usually", "valid", "vergessen", "verification", "verified", "very", "via", "visible",
	"vulnerable", "wallet", "want", "wanted", "wants", "was", "wasnt", "way", "we", "weak",
	"website", "week", "weeks", "weg", "well", "went", "were", "what", "whatever", "when", "where",
	"whether", "which", "while", "who", "whole", "why", "will", "with", "within", "without",
	"wont", "word", "words", "work", "worked", "working", "works", "worst", "would", "wrong",
	"wrote", "year", "years", "yes", "yesterday", "yet", "you", "your", "yours", "yourself",
};
/* Words that begin something else. */
static const char *const turns[] = {
	"and", "because", "but", "can", "could", "for", "hello", "help", "how", "i", "im", "it", "its",
	"now", "or", "please", "pls", "plz", "since", "so", "thanks", "then", "this", "thx", "what",
	"when", "where", "which", "while", "why", "with", "yet",
};
/* clang-format on */

#endif
