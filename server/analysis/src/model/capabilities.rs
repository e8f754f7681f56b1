//! What kinds of broker and store can do: tables, so that a new kind is one row.

/// What a handler can ask of a broker.
pub const PROMISES: &[&str] = &["retry", "dead_letter", "ordered"];

/// What a kind of broker does for its handlers.
#[derive(Debug)]
pub struct BrokerKind {
    /// The word behind the colon.
    pub kind: &'static str,
    /// The statements of a handler that it can keep: `retry` (delivers again what could not be handled), `dead_letter` (puts aside
    /// what cannot be handled at all), `ordered` (messages with equal keys, however many instances handle them).
    pub can: &'static [&'static str],
    /// Lives inside the process, so that nobody else is reached.
    pub in_process: bool,
    /// What is said about a kind that cannot do something.
    pub says: &'static str,
}

/// The brokers, as in the vocabulary. Redis is its publish and subscribe, which is what carries events there.
pub static BROKERS: &[BrokerKind] = &[
    BrokerKind {
        kind: "kafka",
        can: PROMISES,
        in_process: false,
        says: "keeps messages in partitions",
    },
    BrokerKind {
        kind: "rabbitmq",
        can: PROMISES,
        in_process: false,
        says: "keeps messages in queues",
    },
    BrokerKind {
        kind: "nats",
        can: PROMISES,
        in_process: false,
        says: "keeps messages in streams",
    },
    BrokerKind {
        kind: "redis",
        can: &[],
        in_process: false,
        says: "hands a message to whoever listens at that moment and forgets it",
    },
    BrokerKind {
        kind: "memory",
        can: &[],
        in_process: true,
        says: "lives in one process and loses everything when that ends",
    },
];

/// What is known of a kind of store.
#[derive(Debug)]
pub struct StoreKind {
    /// The word behind the colon.
    pub kind: &'static str,
    /// Lies on the disk or in the memory of one instance: no other instance sees it, and no network reaches it.
    pub local: bool,
    /// How many minutes restoring it from a backup takes at least; `None` where that depends on everything.
    pub restore: Option<u32>,
}

/// The stores, as in the vocabulary.
pub static STORES: &[StoreKind] = &[
    StoreKind::of("postgres", false, Some(30)),
    StoreKind::of("mysql", false, Some(30)),
    StoreKind::of("sqlite", true, Some(5)),
    StoreKind::of("mongodb", false, Some(30)),
    StoreKind::of("redis", false, Some(5)),
    StoreKind::of("s3", false, None),
    StoreKind::of("elasticsearch", false, Some(60)),
    StoreKind::of("sql", false, Some(30)),
    StoreKind::of("directory", false, None),
    StoreKind::of("file", true, Some(5)),
    StoreKind::of("memory", true, None),
    StoreKind::of("other", false, None),
];

impl BrokerKind {
    /// Whether it keeps all that a handler can ask for.
    pub const fn can_all(&self) -> bool {
        self.can.len() == PROMISES.len()
    }
}

impl StoreKind {
    const fn of(kind: &'static str, local: bool, restore: Option<u32>) -> Self {
        Self { kind, local, restore }
    }
}

/// A kind of broker.
pub fn broker(kind: &str) -> Option<&'static BrokerKind> {
    BROKERS.iter().find(|row| row.kind == kind)
}

/// A kind of store.
pub fn store(kind: &str) -> Option<&'static StoreKind> {
    STORES.iter().find(|row| row.kind == kind)
}

#[cfg(test)]
mod tests {
    use archwright_grammar::vocabulary::{BROKER_KINDS, STORE_KINDS};

    use super::{BROKERS, STORES};

    #[test]
    fn every_kind_of_the_vocabulary_has_a_row() {
        assert!(
            BROKERS
                .iter()
                .map(|row| row.kind)
                .eq(BROKER_KINDS.iter().copied())
        );
        assert!(STORES.iter().map(|row| row.kind).eq(STORE_KINDS.iter().copied()));
    }
}
