//! Which files there are, and what each of them waits for.

/// Files that are the same in every service: path, and when they are there.
pub(super) const PLAIN: &[(&str, When)] = &[
    (".dockerignore", When::Always),
    (".gitattributes", When::Always),
    (".gitignore", When::Always),
    ("alembic.ini", When::Database),
    ("app/__init__.py", When::Always),
    ("app/__main__.py", When::Always),
    ("app/api/__init__.py", When::Always),
    ("app/api/edge.py", When::Always),
    ("app/contracts/__init__.py", When::Always),
    ("app/contracts/base.py", When::Always),
    ("app/db/__init__.py", When::Database),
    ("app/db/joins.py", When::Joins),
    ("app/db/paging.py", When::Entities),
    ("app/db/pool.py", When::Database),
    ("app/db/values.py", When::Values),
    ("app/domain/__init__.py", When::Always),
    ("app/domain/ids.py", When::Entities),
    ("app/resilience/__init__.py", When::Idempotency),
    ("app/db/sealed.py", When::Sealed),
    ("app/security/__init__.py", When::Always),
    ("app/security/cipher.py", When::Sealed),
    ("dev/keys.py", When::Sealed),
    ("app/security/headers.py", When::Always),
    ("app/security/limits.py", When::Limits),
    ("app/telemetry/__init__.py", When::Always),
    ("app/telemetry/logs.py", When::Always),
    ("dev/__init__.py", When::Always),
    ("dev/database.py", When::Database),
    ("dev/sampling.py", When::Database),
    ("migrations/env.py", When::Database),
    ("scripts/dev-db", When::Database),
    ("tests/__init__.py", When::Always),
    ("tests/contract/test_layers.py", When::Always),
    ("tests/contract/test_openapi.py", When::Always),
    ("tests/security/test_image.py", When::Always),
    ("tests/migrations/test_migrations.py", When::Entities),
    ("tests/trial.py", When::Cases),
];

/// Packages of tests.
pub(super) const PACKAGES: &[(&str, When)] = &[
    ("tests/behaviour/__init__.py", When::Cases),
    ("tests/contract/__init__.py", When::Always),
    ("tests/migrations/__init__.py", When::Entities),
    ("tests/privacy/__init__.py", When::Sealed),
    ("tests/security/__init__.py", When::Always),
];

/// Files that show something of the service: path (its template has `.jinja` behind), and when they are there.
pub(super) const SHAPED: &[(&str, When)] = &[
    (".env.example", When::Always),
    (".github/workflows/ci.yml", When::Always),
    ("Dockerfile", When::Always),
    ("README.md", When::Always),
    ("app/api/operation.py", When::Always),
    ("app/api/problems.py", When::Always),
    ("app/api/service.py", When::Always),
    ("app/db/data.py", When::Entities),
    ("app/db/predicates.py", When::Predicates),
    ("app/db/tables.py", When::Entities),
    ("app/domain/changes.py", When::Changes),
    ("app/domain/entities.py", When::Entities),
    ("app/domain/errors.py", When::Always),
    ("app/domain/ports.py", When::Always),
    ("app/main.py", When::Always),
    ("app/resilience/idempotency.py", When::Idempotency),
    ("app/security/caller.py", When::Always),
    ("app/security/policies.py", When::Operations),
    ("app/security/policy.py", When::Always),
    ("app/security/sessions.py", When::Sessions),
    ("app/settings.py", When::Always),
    ("app/wiring.py", When::Always),
    ("compose.yaml", When::Always),
    ("dev/__main__.py", When::Always),
    ("dev/samples.py", When::Database),
    ("pyproject.toml", When::Always),
    ("tests/cases.py", When::Database),
    ("tests/conftest.py", When::Always),
    ("tests/support.py", When::Always),
];

/// Tests that show something of the service.
pub(super) const TESTS: &[(&str, When)] = &[
    ("tests/behaviour/test_operations.py", When::Cases),
    ("tests/contract/test_problems.py", When::Always),
    ("tests/privacy/test_encryption.py", When::Sealed),
    ("tests/security/test_access.py", When::Always),
    ("tests/security/test_limits.py", When::Limits),
    ("tests/security/test_sessions.py", When::Sessions),
    ("tests/security/test_settings.py", When::Always),
];

/// What a file waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    Always,
    Database,
    Entities,
    Sessions,
    Limits,
    Idempotency,
    Predicates,
    Changes,
    Operations,
    Joins,
    Values,
    Cases,
    Sealed,
}
