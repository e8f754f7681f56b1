//! Makes blueprints of any size that a real team could have written: contexts of a hundred services, each with a store, an
//! entity, an endpoint, and a call to its neighbour, in chains as long as a request may wait for.

use std::fmt::Write as _;

/// Services in one context.
const PER_CONTEXT: usize = 100;

/// Services in one chain of calls.
const PER_CHAIN: usize = 5;

/// How long the last one of a chain may take, in milliseconds; each one before it has as much more.
const STEP: usize = 400;

/// A healthy blueprint with `services` services; ten lines each.
pub fn blueprint(services: usize) -> String {
    let mut text = String::from(
        "system Big { auth Session; owner Core; observe logs, traces, metrics; limit 100 per minute by caller; tls required }\n\
         team Core { contact \"core@big.example\" }\n\
         role Member: staff\n\
         auth Session: cookie { lifetime 12h; idle 30m }\n",
    );
    let contexts = services.div_ceil(PER_CONTEXT);
    for context in 0..contexts {
        let _ = if context + 1 < contexts {
            writeln!(text, "context C{context} {{ uses C{} }}", context + 1)
        } else {
            writeln!(text, "context C{context}")
        };
    }
    for service in 0..services {
        // Chains begin two services before a context ends, so that one of them leads into the next context.
        let place = (service + 2) % PER_CHAIN;
        let time = STEP * (PER_CHAIN - place);
        let _ = write!(
            text,
            "service S{service} in C{} {{\n  store Db{service}: postgres {{ encrypted; backup daily keep 30d }}\n  \
             entity Thing{service} {{ id: uuid @id; name: string @len(1..80) }}\n  \
             endpoint health GET /health -> {{ status: string }} {{ public because \"load balancer probe\" }}\n  \
             endpoint get GET /v1/things/{{id}} -> Thing{service} {{\n    \
             allow Member\n    reads Thing{service}; timeout {time}ms\n",
            service / PER_CONTEXT
        );
        let _ = if service + 1 < services && place + 1 < PER_CHAIN {
            writeln!(
                text,
                "    calls S{}.get {{ timeout {}ms; breaker }}",
                service + 1,
                time - STEP
            )
        } else {
            writeln!(text, "    log id")
        };
        text.push_str("  }\n}\n");
    }
    text
}
