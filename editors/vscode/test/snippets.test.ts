import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

interface Snippet {
  readonly prefix: string;
  readonly description: string;
  readonly body: string | string[];
}

const snippets: Record<string, Snippet> = JSON.parse(readFileSync('snippets/arch.json', 'utf8'));

test('prefixes are unique', () => {
  const prefixes = Object.values(snippets).map((snippet) => snippet.prefix);
  assert.deepEqual(prefixes, [...new Set(prefixes)]);
});

for (const [name, snippet] of Object.entries(snippets)) {
  test(`the snippet ${name} is described and ends at one place`, () => {
    const body = Array.isArray(snippet.body) ? snippet.body.join('\n') : snippet.body;
    assert.match(snippet.description, /\.$/);
    assert.equal(body.split('$0').length, 2, 'exactly one $0');
    const stops = [...body.matchAll(/\$\{(\d+)/g)].map((match) => Number(match[1]));
    const numbers = [...new Set(stops)].sort((a, b) => a - b);
    assert.deepEqual(numbers, numbers.map((_, index) => index + 1), 'places are numbered from 1 without gaps');
  });
}
