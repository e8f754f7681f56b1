import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { before, test } from 'node:test';
import { createOnigScanner, createOnigString, loadWASM } from 'vscode-oniguruma';
import { INITIAL, parseRawGrammar, Registry, type IGrammar } from 'vscode-textmate';

// Tests run from the extension's folder (`npm test`), where the grammar and the repository's examples are found.
const GRAMMAR = path.resolve('syntaxes/arch.tmLanguage.json');
const EXAMPLES = path.resolve('../../examples');

// Stands for the grammar that VS Code brings along: a paragraph over lines, and emphasis.
const MARKDOWN = {
  scopeName: 'text.html.markdown',
  patterns: [{ match: '\\*[^*]+\\*', name: 'markup.italic' }],
};

let grammar: IGrammar;

before(async () => {
  const wasm = readFileSync(createRequire(path.resolve('package.json')).resolve('vscode-oniguruma/release/onig.wasm'));
  await loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength) as ArrayBuffer);
  const registry = new Registry({
    onigLib: Promise.resolve({ createOnigScanner, createOnigString }),
    loadGrammar: async (scope) => (scope === MARKDOWN.scopeName ? parseRawGrammar(JSON.stringify(MARKDOWN), 'm.json')
      : parseRawGrammar(readFileSync(GRAMMAR, 'utf8'), GRAMMAR)),
  });
  const loaded = await registry.loadGrammar('source.arch');
  assert.ok(loaded);
  grammar = loaded;
});

/** The tokens of one line as `text` to innermost scope; those without a scope of their own are left out. */
function tokens(line: string): Array<[string, string]> {
  return grammar
    .tokenizeLine(line, INITIAL)
    .tokens.map((token): [string, string] => [
      line.slice(token.startIndex, token.endIndex).trim(),
      (token.scopes.at(-1) ?? '').replace(/\.arch$/, ''),
    ])
    .filter(([text, scope]) => text !== '' && scope !== 'source');
}

const LINES: Array<[string, Array<[string, string]>]> = [
  ['/// A *large* laboratory.', [
    ['///', 'punctuation.definition.comment'],
    ['A', 'comment.line.documentation'],
    ['*large*', 'markup.italic'],
    ['laboratory.', 'comment.line.documentation'],
  ]],
  ['//// a remark', [['//// a remark', 'comment.line.double-slash']]],
  ['owner A /// behind something', [
    ['owner', 'keyword.control'],
    ['A', 'entity.name.type'],
    ['/// behind something', 'comment.line.documentation'],
  ]],
  ['limit 60 per minute by caller', [
    ['limit', 'keyword.control'],
    ['60', 'constant.numeric'],
    ['per', 'keyword.other'],
    ['minute', 'variable.other.enummember'],
    ['by', 'keyword.other'],
    ['caller', 'variable.other.enummember'],
  ]],
  ['enum type { service, on; off }', [
    ['enum', 'storage.type'],
    ['type', 'entity.name.type'],
    ['{', 'punctuation.section.block'],
    ['service', 'variable.other.enummember'],
    ['on', 'variable.other.enummember'],
    ['off', 'variable.other.enummember'],
    ['}', 'punctuation.section.block'],
  ]],
  ['event: uuid', [
    ['event', 'variable.other.property'],
    [':', 'punctuation.separator.type'],
    ['uuid', 'support.type'],
  ]],
  ['  tls required // on every link', [
    ['tls', 'keyword.control'],
    ['required', 'variable.other.enummember'],
    ['// on every link', 'comment.line.double-slash'],
  ]],
  ['service Orders in Ordering {', [
    ['service', 'storage.type'],
    ['Orders', 'entity.name.type'],
    ['in', 'keyword.other'],
    ['Ordering', 'entity.name.type'],
  ]],
  ['auth Session: cookie {', [
    ['auth', 'storage.type'],
    ['Session', 'entity.name.type'],
    [':', 'punctuation.separator.type'],
    ['cookie', 'variable.other.enummember'],
  ]],
  ['auth Session, Partner', [
    ['auth', 'keyword.control'],
    ['Session', 'entity.name.type'],
    ['Partner', 'entity.name.type'],
  ]],
  ['  endpoint get GET /v1/orders/{id} -> page Order {', [
    ['endpoint', 'storage.type'],
    ['get', 'entity.name.function'],
    ['GET', 'constant.language.method'],
    ['/v1/orders/', 'string.unquoted.path'],
    ['{id}', 'variable.parameter'],
    ['->', 'keyword.operator.arrow'],
    ['page', 'storage.modifier'],
    ['Order', 'entity.name.type'],
  ]],
  // Words of the language are legal names of fields.
  ['    status: text? @pii', [
    ['status', 'variable.other.property'],
    [':', 'punctuation.separator.type'],
    ['text', 'support.type'],
    ['?', 'keyword.operator'],
    ['@pii', 'entity.name.function.decorator'],
  ]],
  ['type: string', [
    ['type', 'variable.other.property'],
    [':', 'punctuation.separator.type'],
    ['string', 'support.type'],
  ]],
  ['on Billing.InvoicePaid as settle {', [
    ['on', 'storage.type'],
    ['Billing.InvoicePaid', 'entity.name.type'],
    ['as', 'keyword.other'],
    ['settle', 'entity.name.function'],
  ]],
  ['allow Patient where patient == caller.id', [
    ['allow', 'keyword.control'],
    ['Patient', 'entity.name.type'],
    ['where', 'keyword.other'],
    ['==', 'keyword.operator'],
    ['caller.id', 'variable.language.caller'],
  ]],
  ['waive auth.missing_authorization until 2026-12-31 because "beta\\n"', [
    ['waive', 'keyword.control'],
    ['auth.missing_authorization', 'constant.other.rule'],
    ['until', 'keyword.other'],
    ['2026-12-31', 'constant.numeric.date'],
    ['because', 'keyword.other'],
    ['"', 'string.quoted.double'],
    ['beta', 'string.quoted.double'],
    ['\\n', 'constant.character.escape'],
    ['"', 'string.quoted.double'],
  ]],
  ['retry 5 backoff 1s..5m', [
    ['retry', 'keyword.control'],
    ['5', 'constant.numeric'],
    ['backoff', 'keyword.other'],
    ['1s', 'constant.numeric.duration'],
    ['..', 'keyword.operator'],
    ['5m', 'constant.numeric.duration'],
  ]],
];

for (const [line, wanted] of LINES) {
  test(`highlights ${line.trim()}`, () => assert.deepEqual(tokens(line), wanted));
}

test('documentation ends with its lines', () => {
  const first = grammar.tokenizeLine('  /// One', INITIAL);
  const second = grammar.tokenizeLine('  /// *two*', first.ruleStack);
  assert.equal(second.tokens.at(-1)?.scopes.at(-1), 'markup.italic');
  const third = grammar.tokenizeLine('  *three*', second.ruleStack);
  assert.ok(!third.tokens.some((token) => token.scopes.includes('markup.italic')));
});

test('an enum without its end leaves the next item alone', () => {
  const first = grammar.tokenizeLine('enum Colour { red', INITIAL);
  const second = grammar.tokenizeLine('service Orders {', first.ruleStack);
  assert.equal(second.tokens[0]?.scopes.at(-1), 'storage.type.arch');
});

test('a string that is not closed ends with its line', () => {
  const first = grammar.tokenizeLine('  contact "platform', INITIAL);
  const second = grammar.tokenizeLine('}', first.ruleStack);
  assert.deepEqual(second.tokens.map((token) => token.scopes), [['source.arch']]);
});

test('every line of the examples is read in time', () => {
  const files = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.arch'));
  assert.ok(files.length > 5, `found ${files.length} examples`);
  for (const file of files) {
    let stack = INITIAL;
    for (const line of readFileSync(path.join(EXAMPLES, file), 'utf8').split(/\r?\n/)) {
      const result = grammar.tokenizeLine(line, stack, 500);
      assert.ok(!result.stoppedEarly, `${file}: ${line}`);
      stack = result.ruleStack;
    }
  }
});
