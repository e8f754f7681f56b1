// What tree-sitter shows as a type, a name, a number …, this grammar shows as such too, on the sample of all constructs.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { test } from 'node:test';
import { createOnigScanner, createOnigString, loadWASM } from 'vscode-oniguruma';
import { INITIAL, parseRawGrammar, Registry } from 'vscode-textmate';

const GRAMMAR = path.resolve('syntaxes/arch.tmLanguage.json');
const SAMPLE = path.resolve('../../grammar/tests/language.arch');
const CLASSES = path.resolve('test/classes.txt');

/**
 * The scopes that stand for a class of tree-sitter's. Signs need none: no theme colours them.
 * A regular expression cannot know what a lower-case name refers to, so plain names need none either.
 */
const SCOPES: Record<string, RegExp> = {
  'attribute': /^entity\.name\.function\.decorator/,
  'character.special': /^(string\.unquoted\.path|keyword\.operator)/,
  'comment': /^comment\.line/,
  'comment.documentation': /^(comment\.line\.documentation|punctuation\.definition\.comment)/,
  'constant': /^(variable\.other\.enummember|constant\.)/,
  'constant.builtin': /^(constant\.language|variable\.other\.enummember|variable\.language\.caller)/,
  'function': /^entity\.name\.function/,
  'function.builtin': /^support\.function/,
  'function.call': /^(variable\.other\.member|entity\.name\.function|$)/,
  'keyword': /^(keyword\.control|keyword\.other|storage\.type)/,
  'keyword.function': /^storage\.type/,
  'keyword.modifier': /^storage\.modifier/,
  'keyword.operator': /^keyword\.(operator|other)/,
  'keyword.type': /^(storage\.type|keyword\.control)/,
  'number': /^constant\.numeric/,
  'operator': /^(keyword\.operator|punctuation|$)/,
  'punctuation.bracket': /^(punctuation|meta|$)/,
  'punctuation.delimiter': /^(punctuation|entity\.name\.type|constant\.other\.rule|variable\.language|$)/,
  'string': /^string\.quoted/,
  'string.special.path': /^string\.unquoted\.path/,
  'type': /^entity\.name\.type/,
  'type.builtin': /^support\.type/,
  'variable.builtin': /^variable\.language/,
  'variable.member': /^(variable\.|$)/,
  'variable.parameter': /^variable\./,
};

test('the sample of all constructs is shown as tree-sitter shows it', async () => {
  const wasm = readFileSync(createRequire(path.resolve('package.json')).resolve('vscode-oniguruma/release/onig.wasm'));
  await loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength) as ArrayBuffer);
  const registry = new Registry({
    onigLib: Promise.resolve({ createOnigScanner, createOnigString }),
    loadGrammar: async (scope) => (scope === 'source.arch' ? parseRawGrammar(readFileSync(GRAMMAR, 'utf8'), GRAMMAR) : null),
  });
  const grammar = await registry.loadGrammar('source.arch');
  assert.ok(grammar);

  let stack = INITIAL;
  const lines = readFileSync(SAMPLE, 'utf8').split(/\r?\n/).map((line) => {
    const read = grammar.tokenizeLine(line, stack);
    stack = read.ruleStack;
    return read.tokens;
  });

  const wrong: string[] = [];
  let compared = 0;
  for (const entry of readFileSync(CLASSES, 'utf8').split('\n')) {
    const found = /^(\d+):(\d+) (\S+) (.*)$/.exec(entry);
    if (!found) {
      continue;
    }
    const [, line, column, name, piece] = found as unknown as [string, string, string, string, string];
    const at = Number(column) - 1;
    const token = lines[Number(line) - 1]?.find((each) => each.startIndex <= at && at < each.endIndex);
    const scope = (token?.scopes.at(-1) ?? '').replace(/^source\.arch$/, '');
    const wanted = SCOPES[name];
    assert.ok(wanted, `no scope is known for ${name}`);
    compared += 1;
    if (!wanted.test(scope)) {
      wrong.push(`${line}:${column} ${piece}: ${name} is shown as ${scope || 'nothing'}`);
    }
  }
  assert.deepEqual(wrong, []);
  assert.ok(compared > 900, `only ${compared} pieces were compared`);
});
