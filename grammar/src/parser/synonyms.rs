//! Words that people know from elsewhere, and how they are called here.

use crate::vocabulary::{self, Place};

/// Words of other languages, and what they are called here, in order of likelihood.
const SYNONYMS: &[(&[&str], &[&str])] = &[
    (
        &[
            "microservice",
            "module",
            "app",
            "application",
            "project",
            "package",
            "namespace",
        ],
        &["service"],
    ),
    (
        &[
            "model",
            "table",
            "class",
            "struct",
            "collection",
            "object",
            "data",
            "aggregate",
            "record",
        ],
        &["entity", "type"],
    ),
    (
        &["interface", "message", "dto", "schema", "input", "shape"],
        &["type"],
    ),
    (
        &[
            "database",
            "db",
            "datastore",
            "datasource",
            "storage",
            "bucket",
            "persistence",
        ],
        &["store"],
    ),
    (
        &[
            "api",
            "operation",
            "method",
            "function",
            "fn",
            "func",
            "def",
            "action",
            "rpc",
            "command",
            "procedure",
        ],
        &["endpoint"],
    ),
    (
        &[
            "subscribe",
            "subscriber",
            "listener",
            "listen",
            "consumer",
            "consumes",
            "handler",
            "handle",
            "when",
        ],
        &["on"],
    ),
    (
        &[
            "cronjob",
            "schedule",
            "scheduled",
            "task",
            "worker",
            "cron",
            "timer",
        ],
        &["job"],
    ),
    (&["topic", "notification"], &["event"]),
    (&["actor", "user", "persona", "group"], &["role"]),
    (&["adr", "rfc"], &["decision"]),
    (&["env", "stage", "deployment"], &["environment"]),
    (
        &["provider", "external", "integration", "thirdparty"],
        &["vendor"],
    ),
    (&["frontend", "ui", "consumer"], &["client"]),
    (&["queue", "bus", "mq", "messaging"], &["broker"]),
    (&["rules", "constraints"], &["policy"]),
    (&["boundary", "domain", "subdomain"], &["context"]),
    (
        &[
            "permit",
            "authorize",
            "authorized",
            "requires",
            "require",
            "grant",
            "can",
            "permission",
            "roles",
        ],
        &["allow"],
    ),
    (&["throws", "throw", "raises", "raise", "fails"], &["errors"]),
    (&["publish", "publishes", "produces"], &["emits"]),
    (&["ratelimit", "rate_limit", "throttle", "rate"], &["limit"]),
    (
        &["depends", "depends_on", "dependencies", "requires", "needs"],
        &["uses"],
    ),
    (&["select", "fetch", "query"], &["reads"]),
    (
        &["insert", "save", "update", "upsert", "creates", "updates"],
        &["writes"],
    ),
    (&["remove", "removes", "drop"], &["deletes"]),
    (&["call", "invoke", "invokes", "request"], &["calls"]),
    (&["execute", "executes"], &["runs"]),
    (&["owned_by", "maintainer", "maintainers"], &["owner"]),
    (&["language", "runtime", "tech"], &["stack"]),
    (&["ttl", "cached"], &["cache"]),
    (&["anonymous", "open", "unauthenticated"], &["public"]),
    (&["private"], &["internal"]),
    (&["paging", "pagination"], &["paginate"]),
    (&["orderby", "order_by", "sort"], &["order"]),
    (&["filter", "having"], &["where"]),
    (&["take", "top", "first"], &["limit"]),
    (&["replicas", "instances", "autoscale"], &["scale"]),
    (&["sla"], &["slo"]),
    (&["mail", "email"], &["contact"]),
    (&["keep", "retention", "expires"], &["retain"]),
    (&["key"], &["unique", "index"]),
];

/// Values as people say them elsewhere, and how they are called here.
const VALUES: &[(&[&str], &str)] = &[
    (&["k8s", "kube", "eks", "gke", "aks"], "kubernetes"),
    (&["docker", "docker_compose"], "compose"),
    (&["lambda", "functions", "faas"], "serverless"),
    (
        &["node", "nodejs", "js", "javascript", "ts", "deno", "bun"],
        "typescript",
    ),
    (&["py", "python3", "django", "fastapi", "flask"], "python"),
    (&["pg", "postgresql", "psql"], "postgres"),
    (&["mariadb"], "mysql"),
    (&["mongo"], "mongodb"),
    (&["elastic", "opensearch", "es"], "elasticsearch"),
    (&["blob", "bucket", "gcs", "minio"], "s3"),
    (&["valkey", "memcached"], "redis"),
    (&["rabbit", "amqp"], "rabbitmq"),
    (&["delete", "remove", "purge", "drop"], "erase"),
    (&["anonymise", "pseudonymize"], "anonymize"),
    (&["user", "client", "account"], "caller"),
    (&["address", "host"], "ip"),
    (&["mandatory", "on", "yes", "true"], "required"),
    (&["none", "no", "false", "disabled"], "off"),
    (&["session", "sessions"], "cookie"),
    (&["bearer", "token"], "jwt"),
    (&["oauth", "oauth2", "openid", "sso"], "oidc"),
    (&["apikey", "key"], "api_key"),
    (&["browser", "website", "spa", "frontend"], "web"),
    (&["iphone", "ipad"], "ios"),
    (&["employee", "internal", "admin"], "staff"),
    (&["machine", "system"], "service"),
    (&["rejected", "obsolete"], "deprecated"),
    (&["draft", "open"], "proposed"),
    (&["approved", "done"], "accepted"),
    (&["ascending", "up"], "asc"),
    (&["descending", "down"], "desc"),
    (&["page", "token", "keyset"], "cursor"),
    (&["day", "every_day", "nightly"], "daily"),
    (&["hour"], "hourly"),
    (&["week"], "weekly"),
    (&["month"], "monthly"),
    (&["year", "annually"], "yearly"),
    (&["cache", "stale"], "cached"),
];

/// The method that a verb stands for.
pub(super) fn method_meant(verb: &str) -> Option<&'static str> {
    Some(match verb {
        "FETCH" | "READ" | "LIST" | "QUERY" => "GET",
        "CREATE" | "INSERT" | "ADD" => "POST",
        "UPDATE" | "CHANGE" => "PATCH",
        "REPLACE" => "PUT",
        "REMOVE" | "DEL" => "DELETE",
        _ => return None,
    })
}

/// The word out of `words` that people call differently elsewhere.
pub(super) fn word_meant(word: &str, words: &[&'static str]) -> Option<&'static str> {
    let lower = word.to_ascii_lowercase();
    let same = words.iter().copied().find(|known| *known == lower);
    same.or_else(|| {
        VALUES
            .iter()
            .filter(|(foreign, _)| foreign.contains(&lower.as_str()))
            .find_map(|(_, ours)| words.iter().copied().find(|known| known == ours))
    })
}

/// What a word of another language, or a plural, is called in a block of kind `place`.
pub(super) fn synonym(place: Place, word: &str) -> Option<&'static str> {
    let lower = word.to_ascii_lowercase();
    let here = |word: &str| vocabulary::form(place, word).map(|form| form.word);
    let singular = lower
        .strip_suffix("ies")
        .map(|stem| format!("{stem}y"))
        .or_else(|| lower.strip_suffix('s').map(str::to_owned));
    let plural = singular.as_deref().and_then(here);
    plural.or_else(|| {
        SYNONYMS
            .iter()
            .filter(|(words, _)| words.contains(&lower.as_str()))
            .flat_map(|(_, ours)| *ours)
            .find_map(|word| here(word))
    })
}
