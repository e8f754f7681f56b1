// Generated from grammar/src/vocabulary.rs by `cargo xtask docs`.
static const char *const ITEM_WORDS[] = {"system", "team", "role", "auth", "context", "service", "vendor", "client", "broker", "policy", "decision", "environment", "type", "enum", "error", 0};
static const char *const COLON_WORDS[] = {"auth", "vendor", "client", "broker", 0};
static const char *const MEMBER_WORDS[] = {"type", "enum", "error", "store", "entity", "event", "query", "endpoint", "resource", "on", "job", "webhook", "cache", "component", 0};
static const char *const OPERATORS[] = {"and", "in", "is", "or", 0};
