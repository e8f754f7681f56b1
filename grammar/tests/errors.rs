//! What is said about broken texts. `UPDATE_EXPECT=1 cargo test -p archwright-grammar --test errors` rewrites the
//! expectations; read the difference as a user would.
#![allow(
    clippy::needless_raw_string_hashes,
    reason = "expect-test writes the expectations"
)]

use expect_test::{Expect, expect};

mod common;

#[track_caller]
fn check(text: &str, expected: &Expect) {
    expected.assert_eq(&common::report(text));
}

#[test]
fn items() {
    check(
        "servce Orders {\n  owner A\n}\n",
        &expect![[r#"
        1:1 unknown_item `servce`: `servce` is not an item that can stand at top level.
            help: Did you mean `service`?
            fix: Replace by `service`: "servce" -> "service"
    "#]],
    );
    check(
        "service\n",
        &expect![[r#"
        1:1 missing_argument `service`: `service` is not complete: a name is missing.
            help: For example: `service Orders in Ordering { }`.
    "#]],
    );
    check(
        "service 3rd { }\nservice \"Orders\" { }\nservice my-orders { }\nservice Größe { }\n",
        &expect![[r#"
            1:9 invalid_character `3rd`: `3rd` begins with a digit.
                help: Names begin with a letter or `_`.
                fix: Write `_3rd`: "3rd" -> "_3rd"
            2:9 unexpected_token `"Orders"`: A name stands without quotes.
                fix: Remove the quotes: "\"Orders\"" -> "Orders"
            3:9 invalid_character `my-orders`: `-` cannot stand in a name.
                help: Names are made of the letters A to Z and a to z, digits and `_`.
                fix: Write `my_orders`: "my-orders" -> "my_orders"
            4:9 invalid_character `Größe`: `ö` (U+00F6) cannot stand in a name.
                help: Names are made of the letters A to Z and a to z, digits and `_`.
                fix: Write `Groesse`: "Größe" -> "Groesse"
        "#]],
    );
    check(
        "entity Order { id: uuid }\n",
        &expect![[r#"
        1:1 misplaced_statement `entity`: `entity` cannot stand at top level; it belongs in a service.
            help: Move it into the service that it belongs to: `service Name { entity … }`.
    "#]],
    );
    check(
        "team A { }\nhello world\n",
        &expect![[r#"
        2:1 unknown_item `hello`: `hello` is not an item that can stand at top level.
            help: Among others, these can: `system`, `team`, `role`, `auth`, `context`, `service`, `vendor`, `client`, `broker`, `policy` or `decision`.
    "#]],
    );
    check(
        "service Orders\n{\n  owner A\n}\n",
        &expect![[r#"
        2:1 unexpected_token `{`: The `{` stands on a line of its own.
            help: A block opens on the line of its head.
            fix: Move `{` up: "\n{" -> " {"
    "#]],
    );
    check(
        "role A: stuff includes\n",
        &expect![[r#"
            1:9 unknown_word `stuff`: `stuff` is not one of the words that can stand here in `role A`.
                help: Did you mean `staff`?
                fix: Replace by `staff`: "stuff" -> "staff"
            1:15 missing_argument `includes`: `role A` is not complete: the name of a role is missing behind `includes`.
                help: For example: `role Admin: staff includes Clinician`.
        "#]],
    );
    check(
        "store\n",
        &expect![[r#"
            1:1 misplaced_statement `store`: `store` cannot stand at top level; it belongs in a service.
                help: Move it into the service that it belongs to: `service Name { store … }`.
        "#]],
    );
}

#[test]
fn blocks() {
    check(
        "service A {\n  endpoint e GET /e {\n    allow B\n  entity C {\n    id: uuid @id\n  }\n}\nteam D\n",
        &expect![[r#"
        2:21 unclosed_block `{`: The block of `endpoint e` has no closing `}`.
            help: Add `}` where the block ends.
            at `entity`: It is missing here at the latest.
            fix: Add `}`: "  " -> "  }\n  "
    "#]],
    );
    check(
        "service A {\n  endpoint e GET /e {\n    allow B\n}\nteam D\n",
        &expect![[r#"
        2:21 unclosed_block `{`: The block of `endpoint e` has no closing `}`.
            help: Add `}` where the block ends.
            at `}`: It is missing here at the latest.
            fix: Add `}`: "" -> "  }\n"
    "#]],
    );
    check(
        "service A {\n  owner B\n/// C.\nservice C { }\n",
        &expect![[r#"
        1:11 unclosed_block `{`: The block of `service A` has no closing `}`.
            help: Add `}` where the block ends.
            at ``: It is missing here at the latest.
            fix: Add `}`: "" -> "\n}"
    "#]],
    );
    check(
        "team A { } }\n",
        &expect![[r#"
        1:12 unexpected_close `}`: This `}` closes nothing: no block is open here.
            help: Remove it, or open a block before it.
            fix: Remove it: "}" -> ""
    "#]],
    );
    check(
        "service A { owner B { x } outbox }\n",
        &expect![[r#"
        1:21 unexpected_token `{`: `owner` takes no block.
            help: Remove the braces and what stands between them.
            fix: Remove the block: " { x }" -> ""
        1:27 unexpected_token `outbox`: Found `outbox` where a line end or `;` is expected.
            help: Statements on one line have `;` between them.
            fix: Insert `;`: "" -> ";"
    "#]],
    );
    check(
        "service A { slo }\n",
        &expect![[r#"
        1:13 missing_block `slo`: `slo` lacks its block `{ … }`.
            help: For example: `slo { availability 99.9%; latency p99 300ms }`.
            fix: Add a block: "" -> " { }"
    "#]],
    );
    check(
        "service A { slo { availability 99% } runtime { pinned } }\n",
        &expect![[r#"
        1:38 unexpected_token `runtime`: Found `runtime` where a line end or `;` is expected.
            help: Statements on one line have `;` between them.
            fix: Insert `;`: "" -> ";"
    "#]],
    );
    check(
        "service A { { } }\n",
        &expect![[r#"
        1:13 unexpected_token `{ }`: Found `{` where a statement is expected.
            help: A block belongs behind a head, on the same line.
    "#]],
    );
}

#[test]
fn statements() {
    check(
        "service A {\n  endpont e GET /e { alow B }\n}\n",
        &expect![[r#"
        2:3 unknown_statement `endpont`: `endpont` is not a statement that can stand in a service.
            help: Did you mean `endpoint`?
            at `service`: It stands in `service A`.
            fix: Replace by `endpoint`: "endpont" -> "endpoint"
        2:22 unknown_statement `alow`: `alow` is not a statement that can stand in an endpoint.
            help: Did you mean `allow`?
            at `endpont`: It stands in `endpont e`.
            fix: Replace by `allow`: "alow" -> "allow"
    "#]],
    );
    check(
        "service A {\n  allow B\n  service C { owner D }\n}\n",
        &expect![[r#"
        2:3 misplaced_statement `allow`: `allow` cannot stand in a service; it belongs in an endpoint, in `list` of a resource, in an operation of a resource or in a policy.
            help: For example: `allow Patient where patient == caller.id`.
            at `service`: It stands in `service A`.
        3:3 misplaced_statement `service`: `service` cannot stand in a service; it belongs at top level.
            help: Close the block before it with `}`, or move it out.
            at `service`: It stands in `service A`.
    "#]],
    );
    check(
        "service A {\n  owner B\n  owner C\n  stack = python\n  stack rust\n}\n",
        &expect![[r#"
            3:3 duplicate_statement `owner`: `owner` is already said in this block.
                help: Keep one of them.
                at `owner B`: The first `owner`.
                fix: Remove this `owner`: "  owner C\n" -> ""
            4:9 unexpected_token `=`: Found `=` in `stack` where `python`, `typescript`, `rust` or `none` is expected.
                help: For example: `stack python`.
                fix: Remove `=`: " =" -> ""
        "#]],
    );
    check(
        "service A {\n  frobnicate all { owner B }\n  owner C\n}\n",
        &expect![[r#"
        2:3 unknown_statement `frobnicate`: `frobnicate` is not a statement that can stand in a service.
            help: Among others, these can: `type`, `enum`, `error`, `store`, `entity`, `event`, `query`, `endpoint`, `resource`, `on` or `job`.
            at `service`: It stands in `service A`.
    "#]],
    );
    check(
        "service A {\n  entity E {\n    id uuid @id\n    name = string\n    total\n    uniqe (id)\n  }\n}\n",
        &expect![[r#"
        3:8 unexpected_token `uuid`: Found `uuid` in `id` where `:` is expected.
            help: For example: `status: OrderStatus = placed`.
            fix: Insert `:`: "" -> ":"
        4:10 unexpected_token `=`: Found `=` in `name` where `:` is expected.
            help: For example: `status: OrderStatus = placed`.
            fix: Replace by `:`: "=" -> ":"
        5:5 missing_argument `total`: `total` is not complete: `:` is missing.
            help: For example: `status: OrderStatus = placed`.
        6:5 unknown_statement `uniqe`: `uniqe` is not a statement that can stand in an entity.
            help: Did you mean `unique`?
            at `entity`: It stands in `entity E`.
            fix: Replace by `unique`: "uniqe" -> "unique"
    "#]],
    );
    check(
        "enum E { a b, c: 1, d }\n",
        &expect![[r#"
            1:12 unexpected_token `b`: Found `b` where a line end or `,` is expected.
                help: Names on one line have `,` between them.
                fix: Insert `,`: "" -> ","
            1:16 unexpected_token `:`: Found `:` in `c` where `,` or a line end is expected.
                help: For example: `placed`.
        "#]],
    );
    check(
        "service A { owner B, outbox }\n",
        &expect![[r#"
            1:20 unexpected_token `,`: After `owner` there is no `,`.
                help: Statements end with their line, or with `;`.
                fix: Replace by `;`: "," -> ";"
        "#]],
    );
}

#[test]
fn arguments() {
    check(
        "service A { timeout }\nservice B { timeout soon }\nservice C { timeout 5 }\nservice D { timeout 5min }\n",
        &expect![[r#"
            1:13 missing_argument `timeout`: `timeout` is not complete: `off` or a duration such as `30s` is missing.
                help: For example: `timeout 2s`.
            2:21 unexpected_token `soon`: Found `soon` in `timeout` where `off` or a duration such as `30s` is expected.
                help: For example: `timeout 2s`.
            3:21 unexpected_token `5`: `5` is a number without a unit where a duration is expected.
                help: Durations end in ms, s, m, h, d, w, mo or y.
                fix: Write `5s`: "5" -> "5s"
            4:21 invalid_literal `5min`: `5min` is neither a number nor a duration nor a size.
                fix: Write `5m`: "5min" -> "5m"
        "#]],
    );
    check(
        "service A { endpoint e get /e }\nservice B { endpoint e PSOT /e -> X }\nservice C { endpoint e /e }\n",
        &expect![[r#"
            1:24 unknown_word `get`: `get` is not a method.
                help: Possible are `GET`, `HEAD`, `POST`, `PUT`, `PATCH` or `DELETE`.
                fix: Replace by `GET`: "get" -> "GET"
            2:24 unknown_word `PSOT`: `PSOT` is not a method.
                help: Possible are `GET`, `HEAD`, `POST`, `PUT`, `PATCH` or `DELETE`.
                fix: Replace by `POST`: "PSOT" -> "POST"
            3:24 unexpected_token `/e`: Found `/e` in `endpoint e` where a method (`GET`, `HEAD`, `POST`, `PUT`, `PATCH` or `DELETE`) is expected.
                help: For example: `endpoint health GET /health -> { status: string } { public because "load balancer probe" }`.
                fix: Insert `GET`: "" -> "GET "
        "#]],
    );
    check(
        "service A { job j evry 1d { audited } }\nservice B { scale 3 }\nservice C { scale 9..3 on cpu }\n",
        &expect![[r#"
            1:19 unexpected_token `evry`: Found `evry` in `job j` where `every`, `cron` or `at` is expected.
                help: Did you mean `every`?
                fix: Replace by `every`: "evry" -> "every"
            2:19 unexpected_token `3`: `3` is one number where a range is expected.
                help: A range has two ends.
                fix: Write `3..3`: "3" -> "3..3"
            3:19 invalid_literal `9..3`: The range ends before it begins.
                fix: Write `3..9`: "9..3" -> "3..9"
            3:27 missing_argument `cpu`: `scale` is not complete: a percentage such as `70%` is missing behind `cpu`.
                help: For example: `scale 2..10 on cpu 70%`.
        "#]],
    );
    check(
        "service A { limit 60 }\nservice B { limit 60 per minut by caller }\nservice C { limit 60 pro minute }\n",
        &expect![[r#"
            1:19 missing_argument `60`: `limit` is not complete: `per` is missing behind `60`.
                help: For example: `limit 60 per minute by caller`.
            2:26 unknown_word `minut`: `minut` is not a unit of time.
                help: Possible are `millisecond`, `second`, `minute`, `hour`, `day`, `week`, `month` or `year`, or a duration such as `15m`.
                fix: Replace by `minute`: "minut" -> "minute"
            3:19 unexpected_token `60 pro minute`: `60 pro minute` is no rate.
                help: A rate is written as `60 per minute` or `10 per 15m`.
                fix: Write `60 per minute`: "60 pro minute" -> "60 per minute"
        "#]],
    );
    check(
        "service A { uses B, }\nservice C { uses D. }\nservice E { uses F G }\n",
        &expect![[r#"
            1:19 missing_argument `,`: After this `,` the name of a service, a context or a vendor is missing.
                help: Add it, or remove the `,`.
                fix: Remove `,`: "," -> ""
            2:19 missing_argument `.`: After this `.` a name is missing.
                help: Add it, or remove the `.`.
                fix: Remove `.`: "." -> ""
            3:20 unexpected_token `G`: Found `G` in `uses` where the end of the line is expected.
                help: For example: `uses Billing`.
                fix: Insert `,`: "" -> ","
        "#]],
    );
    check(
        "service A { entity E { unique id\n    index (a b)\n    index (a, b\n    rows 1\n  } }\n",
        &expect![[r#"
            1:31 unexpected_token `id`: Found `id` in `unique` where a list in parentheses of the name of a field is expected.
                help: For example: `unique (patient, placed_at)`.
                fix: Add parentheses: "id" -> "(id)"
            2:14 unexpected_token `b`: Found `b` in `index` where `,` or `)` is expected.
                help: For example: `index (status, placed_at)`.
                fix: Insert `,`: "" -> ","
            3:11 unclosed_block `(`: This `(` has no closing `)`.
                at ``: It is missing here at the latest.
                fix: Add `)`: "" -> ")"
        "#]],
    );
    check(
        "vendor V: http { key \"literal\"; password secret(X); url secret(\"U\" }\n",
        &expect![[r#"
            1:49 unexpected_token `X`: Found `X` in `password` where the secret's name in double quotes is expected.
                help: A secret is named in parentheses and double quotes: `secret("NAME")`.
                fix: Write `secret("X")`: "secret(X)" -> "secret(\"X\")"
            1:63 unclosed_block `(`: This `(` has no closing `)`.
                at ``: It is missing here at the latest.
                fix: Add `)`: "" -> ")"
        "#]],
    );
    check(
        "service A { on B.C handle d { audited } }\n",
        &expect![[r#"
            1:20 unexpected_token `handle`: Found `handle` in `on` where `as` is expected.
                help: For example: `on Billing.InvoicePaid as settle { idempotent by invoice; dead_letter }`.
                fix: Replace by `as`: "handle" -> "as"
        "#]],
    );
}

#[test]
fn literals() {
    check(
        "decision D \"x\" { status accepted 2026-02-30 }\ndecision E \"x\" { status accepted 2026-2-3 }\n",
        &expect![[r#"
        1:34 invalid_literal `2026-02-30`: `2026-02-30` is not in the calendar.
            help: That month has 28 days.
        2:34 invalid_literal `2026-2-3`: Months and days have two digits.
            fix: Write `2026-02-03`: "2026-2-3" -> "2026-02-03"
    "#]],
    );
    check(
        "service A { pool 1 }\nservice B { store D: sql { pool 99999999999999999999; rpo 3x } }\n",
        &expect![[r#"
        1:13 misplaced_statement `pool`: `pool` cannot stand in a service; it belongs in a store.
            help: For example: `pool 20`.
            at `service`: It stands in `service A`.
        2:33 invalid_literal `99999999999999999999`: `99999999999999999999` is too large.
            help: The largest whole number is 9223372036854775807.
        2:59 invalid_literal `3x`: `3x` is neither a number nor a duration nor a size.
            help: Durations end in ms, s, m, h, d, w, mo or y; sizes in B, KB, MB, GB or TB.
    "#]],
    );
    check(
        "team T { contact \"a\\qb\\u{110000}\" }\nteam U { contact \"open }\nteam V { contact 'single' }\n",
        &expect![[r#"
        1:20 invalid_escape `\q`: `\q` is not an escape.
            help: Escapes are `\"`, `\\`, `\n`, `\t` and `\u{1F600}`; a backslash itself is `\\`.
            fix: Write a backslash: "" -> "\\"
        1:23 invalid_escape `\u{110000}`: `\u{110000}` is not an escape.
            help: Escapes are `\"`, `\\`, `\n`, `\t` and `\u{1F600}`; a backslash itself is `\\`.
            fix: Write a backslash: "" -> "\\"
        2:18 unterminated_string `"open`: This text has no closing `"`.
            help: A text ends on the line on which it begins.
            fix: Close the text: "" -> "\""
        3:18 invalid_character `'single'`: Texts stand in double quotes.
            fix: Use double quotes: "'single'" -> "\"single\""
    "#]],
    );
    check(
        "service A { slo { availability 99.12345% } }\n",
        &expect![[r#"
        1:32 invalid_literal `99.12345%`: `99.12345%` is not a percentage that can be used.
            help: At most four digits stand behind the point, and the number is not larger than 400000%.
    "#]],
    );
    check(
        "team T {\u{a0}contact “x” }\0\n# comment\n/* block */\n",
        &expect![[r##"
            1:9 invalid_character `\u{a0}`: U+00A0 has no meaning here.
                help: Use an ordinary space.
                fix: Replace it by a space: "\u{a0}" -> " "
            1:19 invalid_character `“x”`: `“` (U+201C) is no quote of the language.
                help: Texts stand in straight double quotes.
                fix: Use double quotes: "“x”" -> "\"x\""
            1:28 invalid_character `\u{0}`: U+0000 has no meaning here.
                help: A file with NUL bytes is not text; remove them.
                fix: Remove it: "\0" -> ""
            2:1 invalid_character `#`: `#` does not begin a comment.
                help: Comments begin with `//`.
                fix: Make it a comment: "#" -> "//"
            3:1 unexpected_token `/* block */`: There are no comments between `/*` and `*/`.
                help: Each line of a comment begins with `//`, each line of documentation with `///`.
                fix: Make it a comment: "/* block */" -> "// block"
        "##]],
    );
    check(
        "team T { } /// behind\n",
        &expect![[r#"
        1:12 misplaced_documentation `/// behind`: Documentation stands behind something.
            help: It belongs on the lines above what it describes; a remark begins with `//`.
            fix: Make it a comment: "///" -> "//"
    "#]],
    );
    check(
        "<<<<<<< HEAD\nteam A\n=======\nteam B\n>>>>>>> other\n",
        &expect![[r#"
            1:1 unexpected_token `<<<<<<< HEAD`: This line was left by a merge that could not be completed.
                help: Choose what should stay, and remove the marks.
            3:1 unexpected_token `=======`: This line was left by a merge that could not be completed.
                help: Choose what should stay, and remove the marks.
            5:1 unexpected_token `>>>>>>> other`: This line was left by a merge that could not be completed.
                help: Choose what should stay, and remove the marks.
        "#]],
    );
}

#[test]
fn paths() {
    check(
        "service A {\n  endpoint a GET /v1/:id\n  endpoint b GET /v1/{order-id}\n  endpoint c GET /v1/{id\n  endpoint d GET /v1/\n  \
         endpoint e GET /v1?x=1\n  endpoint f GET v1/x\n  endpoint g GET /a/*/b\n  endpoint h GET /ä\n  endpoint i GET /{id}/b/{id}\n}\n",
        &expect![[r#"
            2:22 invalid_path `:id`: `:` cannot stand in a path.
                help: A path parameter is written `{id}`.
                fix: Write `{id}`: ":id" -> "{id}"
            3:22 invalid_path `{order-id}`: `{order-id}` is not a path parameter.
                help: The name in braces is made of the letters A to Z and a to z, digits and `_`.
                fix: Write `{order_id}`: "{order-id}" -> "{order_id}"
            4:22 invalid_path `{id`: `{id` has no closing `}`.
                fix: Add `}`: "" -> "}"
            5:18 invalid_path `/v1/`: The path `/v1/` ends in `/`.
                fix: Remove the last `/`: "/" -> ""
            6:19 invalid_path `v1?x=1`: `?` cannot stand in a path.
                help: Query parameters are declared in parentheses behind the path: `(status: string)`.
                fix: Remove the query: "?x=1" -> ""
            7:18 unexpected_token `v1/x`: The path `v1/x` does not begin with `/`.
                help: Paths begin with `/`.
                fix: Write `/v1/x`: "v1/x" -> "/v1/x"
            8:21 invalid_path `*`: `*` can only be the last part of a path.
                help: Name the part instead: `{name}`.
            9:19 invalid_path `ä`: `ä` cannot stand in a path.
                help: The parts of a path are made of letters, digits and `. _ ~ -`.
                fix: Write `ae`: "ä" -> "ae"
            10:26 invalid_path `{id}`: The path names `{id}` twice.
                help: Give one of the two another name.
        "#]],
    );
}

#[test]
fn types_and_expressions() {
    check(
        "type T {\n  a: [string\n  b: ref\n  c: decimal(1,)\n  d: { x: int\n  e: string??\n  f: int = @id\n}\n",
        &expect![[r#"
            2:6 unexpected_token `[string`: `[string` is not how a type is written; here it is `[string]`.
                help: Lists are `[T]`, optional types `T?`, identities `ref T`.
                fix: Write `[string]`: "[string" -> "[string]"
            4:16 unexpected_token `)`: Found `)` in this type where a value is expected.
            5:11 missing_argument `int`: This type is not complete: `}` is missing behind `int`.
                fix: Insert `}`: "" -> " }"
            6:13 unexpected_token `?`: `?` stands twice.
                help: Once is enough.
                fix: Remove `?`: "?" -> ""
            7:12 missing_argument `@`: This value is not complete: a value is missing behind `@`.
                fix: Remove `@`: "@" -> ""
        "#]],
    );
    check(
        "type T { a: int @min(1 @max; b: int @; c: int @len(1..2..3) }\n",
        &expect![[r#"
            1:24 unexpected_token `@`: Found `@` in this attribute where `and` or another operator, a comparison such as `==`, `,`, `..` or `)` is expected.
                fix: Insert `)`: "" -> ")"
            1:37 missing_argument `@`: This attribute is not complete: the name of an attribute is missing behind `@`.
                fix: Remove `@`: " @" -> ""
            1:56 unexpected_token `..`: Found `..` in this attribute where `,` or `)` is expected.
        "#]],
    );
    check(
        "service A { endpoint e GET /e {\n  allow B where a = 1\n  allow B where a == \n  allow B where a == 1 && b\n  allow B where !a\n  \
         allow B where (a == 1\n  allow B where a in b\n  allow B where a is x\n  allow B where a < b < c\n} }\n",
        &expect![[r#"
            2:19 unexpected_token `=`: Found `=` in this predicate where `and` or another operator, a comparison such as `==` or the end of the line is expected.
                help: Values are compared with `==`, `!=`, `<`, `<=`, `>` and `>=`.
                fix: Write `==`: "=" -> "=="
            3:19 missing_argument `==`: This predicate is not complete: a value is missing behind `==`.
            4:24 invalid_character `&&`: Predicates are joined with `and`, not with `&&`.
                help: Predicates are joined with `and`, `or` and `not`.
                fix: Write `and`: "&&" -> "and"
            5:17 unexpected_token `!`: Found `!` in this predicate where a value is expected.
                help: Predicates are joined with `and`, `or` and `not`.
                fix: Write `not`: "!" -> "not "
            6:23 missing_argument `1`: This predicate is not complete: `)` is missing behind `1`.
                fix: Insert `)`: "" -> ")"
            7:22 unexpected_token `b`: Found `b` in this predicate where `[` is expected.
                help: The values behind `in` stand in brackets.
                fix: Write `[b]`: "b" -> "[b]"
            8:22 unexpected_token `x`: Found `x` in this predicate where `not` or `null` is expected.
                help: Only `null` stands behind `is`; values are compared with `==`.
                fix: Write `== x`: "is x" -> "== x"
            9:23 unexpected_token `<`: Found `<` in this predicate where `and` or another operator or the end of the line is expected.
                help: A comparison has two sides; two comparisons are joined with `and`.
                fix: Insert `and b`: "" -> "and b "
        "#]],
    );
    check(
        "service A { endpoint e GET /e (a, b: , c: int d, : int, e: int = ) -> { } }\n",
        &expect![[r#"
            1:32 missing_argument `a`: `endpoint e` is not complete: `:` and a type is missing behind `a`.
                help: For example: `endpoint health GET /health -> { status: string } { public because "load balancer probe" }`.
            1:36 missing_argument `:`: `endpoint e` is not complete: a type is missing behind `:`.
                help: For example: `endpoint health GET /health -> { status: string } { public because "load balancer probe" }`.
            1:47 unexpected_token `d`: Found `d` in this type where the end of the line is expected.
            1:50 unexpected_token `:`: Found `:` in `endpoint e` where a parameter such as `name: string` is expected.
                help: For example: `endpoint health GET /health -> { status: string } { public because "load balancer probe" }`.
            1:64 missing_argument `=`: `endpoint e` is not complete: a value is missing behind `=`.
                help: For example: `endpoint health GET /health -> { status: string } { public because "load balancer probe" }`.
        "#]],
    );
    check(
        "service A {\n  endpoint e GET /e (a: int\n  owner B\n}\n",
        &expect![[r#"
        2:21 unclosed_block `(`: This `(` has no closing `)`.
            at ``: It is missing here at the latest.
            fix: Add `)`: "" -> ")"
    "#]],
    );
}
