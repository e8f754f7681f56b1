" Highlighting of Archwright blueprints.
" Generated from grammar/src/vocabulary.rs by `cargo xtask docs`; edit that table or xtask/src/grammars.

if exists('b:current_syntax')
  finish
endif

syntax case match
syntax sync minlines=1

syntax region archBlock start=/{/ end=/}/ transparent fold
syntax match archOperator /->\|[=!<>]=\|\.\.\|[<>=+*!?-]/
syntax match archType /\<\u\w*\>/
syntax match archConnective /[.@]\@1<!\<\%(alert\|as\|at\|backoff\|because\|by\|cron\|every\|from\|growth\|in\|includes\|keep\|max\|not\|of\|on\|signature\|sunset\|then\|to\|until\|via\|where\|within\)\>\%(\s*[:.,=)]\)\@!/
syntax match archConnective /\%(\d\s\+\)\@10<=per\>/
syntax match archConnective /\%([a-zA-Z0-9_,>*-]\s\)\@2<=\%(auth\|broker\|client\|context\|decision\|enum\|environment\|error\|policy\|role\|service\|system\|team\|type\|vendor\)\ze\s\+\u/
syntax match archLogic /[.@]\@1<!\<\%(and\|is\|not\|or\)\>\ze\s\+[^ :.,=)]/
syntax match archConstant /[.@]\@1<!\<\%(any\|caller\|masked\|none\|off\|pooled\|strict\|system\)\>\%(\s*[:.(=]\)\@!/
syntax match archConstant /[.@]\@1<!\<\%(false\|now\|null\|true\)\>\%(\s*[:.(]\)\@!/
syntax match archCaller /[.@]\@1<!\<caller\%(\.\%(id\|role\|tenant\)\)\?\>/
syntax match archFunction /[.@]\@1<!\<secret\ze\s*(/
syntax match archModifier /\%([:[]\|->\)\s*\zs\%(new\|page\|patch\|ref\)\>/ nextgroup=archScalar skipwhite
syntax match archScalar /\%(\%([:[]\|->\)\s*\)\@20<=\%(bool\|bytes\|date\|decimal\|duration\|email\|float\|instant\|int\|json\|long\|money\|phone\|string\|text\|url\|uuid\)\>\%(\s*[.:]\)\@!/
syntax match archNumber /\<\d[0-9_]*\%(\.\d[0-9_]*\)\?%\?\%(ms\|mo\|[smhdwy]\|[KMGT]\?B\)\?/
syntax match archNumber /\<\d\{4}-\d\d-\d\d\>/
syntax match archNumber /\<v\d\+\>/
syntax match archAttribute /@\%(created\|default\|deprecated\|encrypted\|hashed\|id\|internal\|len\|masked\|max\|min\|pattern\|pci\|phi\|pii\|public\|readonly\|secret\|tokenized\|unique\|updated\)\>/
syntax match archMethod /\<\%(DELETE\|GET\|HEAD\|PATCH\|POST\|PUT\)\ze\s\+\//
syntax match archParameter /{\h\w*}/ contained
syntax match archPath /\s\@1<=\/\/\@!\%([A-Za-z0-9._~*-]\|{\h\w*}\|\/\/\@!\)*/ contains=archParameter
syntax match archStatement /\<\%(affects\|agreement\|alert\|allow\|as\|audited\|auth\|availability\|backup\|breached\|breaker\|broker\|budget\|cache\|calls\|cardholder\|client\|compensated\|complies\|component\|connections\|contact\|context\|create\|data\|dead_letter\|decision\|delete\|deletes\|deny\|deprecated\|emits\|encrypted\|endpoint\|entity\|enum\|environment\|erases\|error\|errors\|event\|exposed\|fallback\|filter\|get\|header\|history\|host_socket\|idempotent\|idle\|index\|internal\|invalidated\|issuer\|issues\|job\|key\|kind\|latency\|layers\|lifetime\|limit\|list\|listens\|load\|lockout\|log\|mfa\|min\|observe\|on\|order\|ordered\|outbox\|owner\|paginate\|parallel\|partition\|password\|pinned\|platform\|policy\|pool\|public\|purpose\|query\|reads\|receives\|reference\|region\|replicas\|required\|retain\|retry\|role\|rotate\|route\|rows\|rpo\|rto\|runs\|runtime\|safe\|scale\|sends\|service\|slo\|stack\|status\|store\|supersedes\|system\|team\|term\|timeout\|tls\|ttl\|type\|unique\|unprivileged\|update\|url\|user\|uses\|vendor\|verify\|version\|visible\|waive\|webhook\|where\|with\|writes\)\>\%(\%(^\|[{;]\)\s*\w\+\)\@80<=\%(\s*[:,.=]\)\@!/
syntax match archChoice /\%(\%(^\|[{;]\)\s*agreement\s\+\%(\w\+\s*,\s*\)*\)\@80<=\%(baa\|dpa\|scc\)\>\%(\s*[.:(]\)\@!/
syntax match archChoice /\%(\%(^\|[{;]\)\s*backup\s\+\%(\w\+\s*,\s*\)*\)\@80<=\%(continuous\|daily\|hourly\|monthly\|weekly\)\>\%(\s*[.:(]\)\@!/
syntax match archChoice /\%(\%(^\|[{;]\)\s*breached\s\+\%(\w\+\s*,\s*\)*\)\@80<=\%(allow\|deny\|warn\)\>\%(\s*[.:(]\)\@!/
syntax match archChoice /\%(\%(^\|[{;]\)\s*complies\s\+\%(\w\+\s*,\s*\)*\)\@80<=\%(gdpr\|hipaa\|iso27001\|pci\|soc2\)\>\%(\s*[.:(]\)\@!/
syntax match archChoice /\%(\%(^\|[{;]\)\s*fallback\s\+\%(\w\+\s*,\s*\)*\)\@80<=\%(cached\|default\|queue\)\>\%(\s*[.:(]\)\@!/
syntax match archChoice /\%(\%(^\|[{;]\)\s*kind\s\+\%(\w\+\s*,\s*\)*\)\@80<=\%(gateway\|monolith\|prototype\|worker\)\>\%(\s*[.:(]\)\@!/
syntax match archChoice /\%(\%(^\|[{;]\)\s*latency\s\+\%(\w\+\s*,\s*\)*\)\@80<=\%(p50\|p90\|p95\|p99\)\>\%(\s*[.:(]\)\@!/
syntax match archChoice /\%(\%(^\|[{;]\)\s*observe\s\+\%(\w\+\s*,\s*\)*\)\@80<=\%(logs\|metrics\|traces\)\>\%(\s*[.:(]\)\@!/
syntax match archChoice /\%(\%(^\|[{;]\)\s*paginate\s\+\%(\w\+\s*,\s*\)*\)\@80<=\%(cursor\|offset\)\>\%(\s*[.:(]\)\@!/
syntax match archChoice /\%(\%(^\|[{;]\)\s*platform\s\+\%(\w\+\s*,\s*\)*\)\@80<=\%(compose\|kubernetes\|serverless\)\>\%(\s*[.:(]\)\@!/
syntax match archChoice /\%(\%(^\|[{;]\)\s*stack\s\+\%(\w\+\s*,\s*\)*\)\@80<=\%(none\|python\|rust\|typescript\)\>\%(\s*[.:(]\)\@!/
syntax match archChoice /\%(\%(^\|[{;]\)\s*status\s\+\%(\w\+\s*,\s*\)*\)\@80<=\%(accepted\|deprecated\|proposed\|superseded\)\>\%(\s*[.:(]\)\@!/
syntax match archChoice /\%(\%(^\|[{;]\)\s*tls\s\+\%(\w\+\s*,\s*\)*\)\@80<=\%(off\|required\)\>\%(\s*[.:(]\)\@!/
syntax match archRuleStatement /\<waive\>\%(\%(^\|[{;]\)\s*\w\+\)\@80<=\ze\s\+\h/ nextgroup=archRule skipwhite
syntax match archRule /\h\w*\%(\.\h\w*\)*/ contained
syntax match archField /\<\h\w*\>\%(\%(^\|[{;(,]\)\s*\w\+\)\@80<=\ze\s*:/
syntax match archHead /\<\%(client\|component\|context\|decision\|entity\|enum\|environment\|error\|event\|policy\|role\|service\|store\|system\|team\|type\|vendor\|resource\)\>\%(\%(^\|[{;]\)\s*\w\+\)\@80<=\ze\s\+\h/ nextgroup=archName skipwhite
syntax match archHead /\<\%(auth\|broker\)\>\%(\%(^\|[{;]\)\s*\w\+\)\@80<=\ze\s\+\h\w*\s*:/ nextgroup=archName skipwhite
syntax match archHead /\<\%(cache\|endpoint\|job\|query\|webhook\)\>\%(\%(^\|[{;]\)\s*\w\+\)\@80<=\ze\s\+\h/ nextgroup=archCallable skipwhite
syntax match archHead /\<\%(on\)\>\%(\%(^\|[{;]\)\s*\w\+\)\@80<=\ze\s\+\h[a-zA-Z0-9_.]*\s\+as\s/
syntax match archName /\h\w*/ contained nextgroup=archKindMark skipwhite
syntax match archKindMark /:/ contained nextgroup=archChoice,archKind skipwhite
syntax match archKind /\h\w*/ contained
syntax match archCallable /\h\w*/ contained
syntax match archEscape /\\\%(["\\nt]\|u{\x\{1,6}}\)/ contained
syntax region archString start=/"/ skip=/\\./ end=/"\|$/ oneline contains=archEscape
syntax match archComment /\/\/.*/ contains=@Spell
syntax match archDoc /\/\/[\/!].*/ contains=@Spell

highlight default link archAttribute PreProc
highlight default link archCallable Function
highlight default link archCaller Identifier
highlight default link archChoice Constant
highlight default link archComment Comment
highlight default link archConnective Keyword
highlight default link archConstant Constant
highlight default link archDoc SpecialComment
highlight default link archEscape SpecialChar
highlight default link archField Identifier
highlight default link archFunction Function
highlight default link archHead Structure
highlight default link archKind Constant
highlight default link archLogic Operator
highlight default link archMethod Special
highlight default link archModifier StorageClass
highlight default link archName Type
highlight default link archNumber Number
highlight default link archOperator Operator
highlight default link archParameter Special
highlight default link archPath String
highlight default link archRule Constant
highlight default link archRuleStatement Statement
highlight default link archScalar Type
highlight default link archStatement Statement
highlight default link archString String
highlight default link archType Type

let b:current_syntax = 'archwright'
