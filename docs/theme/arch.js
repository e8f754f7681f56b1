// Generated from grammar/src/vocabulary.rs by `cargo xtask docs`; edit that table or xtask/src/reference/highlight.rs.
(function () {
  "use strict";
  const START = "(?<=(?:^|[{;])[ \\t]*)";
  const NAME = "[A-Za-z_][A-Za-z0-9_]*";
  function arch(hljs) {
    return {
      name: "Archwright blueprint",
      contains: [
        { className: "quote", begin: "//[/!]", end: "$" },
        { className: "comment", begin: "//", end: "$" },
        { className: "string", begin: '"(?:[^"\\\\\\n]|\\\\.)*"' },
        { className: "string", begin: "(?<=\\s)/[A-Za-z0-9._~{}/*-]*" },
        { className: "meta", begin: "@" + NAME },
        { className: "keyword", begin: START + "(?:auth|broker|cache|client|component|context|decision|endpoint|entity|enum|environment|error|event|job|on|policy|query|resource|role|service|store|system|team|type|vendor|webhook)\\b(?=[ \\t]+[A-Za-z_\\[])" },
        { className: "title", begin: "(?<=(?:^|[{;])[ \\t]*(?:auth|broker|client|component|context|decision|entity|enum|environment|error|event|policy|role|service|store|system|team|type|vendor|cache|endpoint|job|query|webhook)[ \\t]+)" + NAME },
        { className: "keyword", begin: START + "(?:affects|agreement|alert|allow|as|audited|auth|availability|backup|breached|breaker|broker|budget|cache|calls|cardholder|compensated|complies|connections|contact|create|data|dead_letter|delete|deletes|deny|deprecated|emits|encrypted|erases|errors|exposed|fallback|filter|get|header|history|host_socket|idempotent|idle|index|internal|invalidated|issuer|issues|key|kind|latency|layers|lifetime|limit|list|listens|load|lockout|log|mfa|min|observe|order|ordered|outbox|owner|paginate|parallel|partition|password|pinned|platform|pool|public|purpose|query|reads|receives|reference|region|replicas|required|retain|retry|rotate|route|rows|rpo|rto|runs|runtime|safe|scale|sends|slo|stack|status|supersedes|term|timeout|tls|ttl|unique|unprivileged|update|url|user|uses|verify|version|visible|waive|where|with|writes)\\b(?![ \\t]*:)" },
        { className: "keyword", begin: "(?<![.\\w])(?:alert|and|any|as|at|backoff|because|by|caller|cron|every|from|growth|in|includes|is|keep|masked|max|new|none|not|of|off|on|or|page|patch|pooled|ref|signature|strict|sunset|system|then|to|until|via|where|within)\\b(?![ \\t]*[:.])" },
        { className: "built_in", begin: "(?<![.\\w])(?:bool|bytes|date|decimal|duration|email|float|instant|int|json|long|money|phone|string|text|url|uuid)\\b(?![ \\t]*[:.])" },
        { className: "literal", begin: "(?<![.\\w])(?:false|now|null|true|DELETE|GET|HEAD|PATCH|POST|PUT)\\b" },
        { className: "number", begin: "\\b[0-9]{4}-[0-9]{2}-[0-9]{2}\\b" },
        { className: "number", begin: "\\b[0-9][0-9_]*(?:\\.[0-9]+)?(?:%|[A-Za-z]+\\b)?" },
      ],
    };
  }
  if (typeof module !== "undefined") {
    module.exports = arch;
  } else {
    hljs.registerLanguage("arch", arch);
    document.querySelectorAll("code.language-arch").forEach((block) => hljs.highlightBlock(block));
  }
})();
