; Generated from grammar/src/vocabulary.rs by `cargo xtask docs`; edit that table or xtask/src/grammars.

(system name: (identifier) @name) @definition.module
(team name: (identifier) @name) @definition.class
(role name: (identifier) @name) @definition.class
(auth name: (identifier) @name) @definition.class
(context name: (identifier) @name) @definition.module
(service name: (identifier) @name) @definition.module
(vendor name: (identifier) @name) @definition.class
(client name: (identifier) @name) @definition.class
(broker name: (identifier) @name) @definition.class
(policy name: (identifier) @name) @definition.class
(decision name: (identifier) @name) @definition.class
(environment name: (identifier) @name) @definition.class
(type name: (identifier) @name) @definition.class
(enum name: (identifier) @name) @definition.class
(error name: (identifier) @name) @definition.class
(store name: (identifier) @name) @definition.class
(entity name: (identifier) @name) @definition.class
(event name: (identifier) @name) @definition.class
(query name: (identifier) @name) @definition.function
(endpoint name: (identifier) @name) @definition.function
(handler name: (identifier) @name) @definition.function
(job name: (identifier) @name) @definition.function
(webhook name: (identifier) @name) @definition.function
(cache name: (identifier) @name) @definition.function
(component name: (identifier) @name) @definition.class

(reference (identifier) @name) @reference.class
