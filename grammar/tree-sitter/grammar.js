// The grammar is generated from the language's vocabulary as `src/grammar.json` (`cargo xtask docs`); the tools of
// tree-sitter look for this file first.
module.exports = { grammar: require('./src/grammar.json') };
