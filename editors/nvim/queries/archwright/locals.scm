; Generated from grammar/src/vocabulary.rs by `cargo xtask docs`; edit that table or xtask/src/grammars.

(source_file) @local.scope
(service) @local.scope
(endpoint) @local.scope
(query) @local.scope

(system name: (identifier) @local.definition.type)
(team name: (identifier) @local.definition.type)
(role name: (identifier) @local.definition.type)
(auth name: (identifier) @local.definition.type)
(context name: (identifier) @local.definition.type)
(service name: (identifier) @local.definition.type)
(vendor name: (identifier) @local.definition.type)
(client name: (identifier) @local.definition.type)
(broker name: (identifier) @local.definition.type)
(policy name: (identifier) @local.definition.type)
(decision name: (identifier) @local.definition.type)
(environment name: (identifier) @local.definition.type)
(type name: (identifier) @local.definition.type)
(enum name: (identifier) @local.definition.type)
(error name: (identifier) @local.definition.type)
(store name: (identifier) @local.definition.type)
(entity name: (identifier) @local.definition.type)
(event name: (identifier) @local.definition.type)
(query name: (identifier) @local.definition.function)
(endpoint name: (identifier) @local.definition.function)
(handler name: (identifier) @local.definition.function)
(job name: (identifier) @local.definition.function)
(webhook name: (identifier) @local.definition.function)
(cache name: (identifier) @local.definition.function)
(component name: (identifier) @local.definition.type)
(field name: (identifier) @local.definition.field)
(enum_member name: (identifier) @local.definition.enum)
(projected name: (identifier) @local.definition.field)
(parameter name: (identifier) @local.definition.parameter)

(reference . (identifier) @local.reference)
(field_path . (identifier) @local.reference)
(type_name . (identifier) @local.reference)
